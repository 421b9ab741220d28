"""What `deploy/` and `docs/operations.md` tell whoever runs it: systemd takes the units, and settings read the environment."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
UNITS = sorted((ROOT / "deploy").glob("*.service"))
OF_UNITS = {"WEB_WORKERS", "LISTEN"}


def variables_of_example() -> list[str]:
    section = (ROOT / "docs/operations.md").read_text().partition("\n## One machine\n")[2]
    return re.findall(r"(?m)^#?([A-Z_]+)=", section.split("```")[1])


def read_by_settings() -> set[str]:
    settings = (ROOT / "network/settings.py").read_text()
    return set(re.findall(r'\b(?:text|flag|number|listing)\(\s*"([A-Z_]+)"', settings))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_is_one_that_systemd_takes(unit, tmp_path):
    (tmp_path / "bin").mkdir(parents=True)
    python = tmp_path / "bin" / "python"
    python.symlink_to(sys.executable)
    words = unit.read_text().replace("/srv/network/.venv/bin/python", str(python))
    (tmp_path / unit.name).write_text(words)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_only_one_unit_migrates_and_nothing_starts_it(unit):
    words = unit.read_text()

    assert ("manage.py migrate" in words) == (unit.name == "network-migrate.service")
    assert ("[Install]" in words) == (unit.name != "network-migrate.service")


@pytest.mark.parametrize("name", variables_of_example())
def test_example_environment_names_what_settings_read(name):
    assert name in read_by_settings() | OF_UNITS


def test_units_read_the_variables_that_are_theirs():
    web = (ROOT / "deploy/network-web.service").read_text()

    assert set(re.findall(r"\$\{([A-Z_]+)\}", web)) == OF_UNITS
    assert set(variables_of_example()) >= OF_UNITS


def test_loaded_site_has_opened_no_connection():
    """The web server loads it before its processes part (`--preload`), and a connection belongs to one process."""
    words = "import network.wsgi\nfrom django.db import connection\nprint(connection.connection)"
    environment = {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "network.settings", "PATH": "/usr/bin:/bin"}

    said = subprocess.run(
        [sys.executable, "-c", words], check=True, cwd=ROOT, env=environment, capture_output=True, text=True
    ).stdout

    assert said == "None\n"
