"""What the documents say is so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATHS = re.findall(r"`([\w./-]+\.(?:py|md|html|css|js|toml|txt)|[\w./-]+/)`", (ROOT / "docs/structure.md").read_text())


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_structure_names_only_paths_that_exist(path):
    assert (ROOT / path).exists()


def test_structure_names_every_package():
    packages = {path.name + "/" for path in ROOT.iterdir() if (path / "__init__.py").exists()}

    assert packages <= set(PATHS)


def test_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text()

    assert "make demo" in readme
    assert "make test" in readme
