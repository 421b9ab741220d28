"""What `deploy/` and `docs/operations.md` tell whoever runs it: systemd takes the units, settings read the environment,
and what the units write is readable to whom it should be."""

import re
import shlex
import shutil
import stat
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


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_a_unit_writes_is_its_own_alone(unit):
    assert re.findall(r"(?m)^UMask=(.+)$", unit.read_text()) == ["0077"]


def test_web_unit_lets_nginx_read_the_style_sheets_and_nothing_else(tmp_path):
    site = checkout(tmp_path / "site")
    unit = (ROOT / "deploy/network-web.service").read_text().replace("/srv/network/.venv/bin/python", sys.executable)
    before = [shlex.split(command) for command in re.findall(r"(?m)^ExecStartPre=-?(.+)$", unit)]

    for command in [*before, [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", WRITES]]:
        subprocess.run(command, check=True, cwd=site, env=ENVIRONMENT, umask=0o077)

    written = {str(file.relative_to(site / "var")) for file in (site / "var").rglob("*") if file.is_file()}
    public = {name for name in written if name.startswith("static/")}
    assert {name for name in written if is_readable_to_others(site, f"var/{name}")} == public
    assert {"network.sqlite3", "cache.sqlite3", "media/portrait.png"} <= written - public
    assert any(name.endswith(".css.gz") for name in public)


ENVIRONMENT = {
    "DEBUG": "0",
    "SECRET_KEY": "for-this-test-only-" * 3,
    "ALLOWED_HOSTS": "network.example",
    "SITE_URL": "https://network.example",
    "EMAIL_URL": "smtp://127.0.0.1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
}
WRITES = """
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
connection.ensure_connection()
cache.set("somebody", "private")
default_storage.save("portrait.png", ContentFile(b"not published yet"))
"""


def checkout(site: Path) -> Path:
    """One with a `var` of its own, as `make serve` leaves it: everybody gets through."""
    shutil.copytree(ROOT / "network", site / "network", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", site)
    for name in ("articles", "authors", "editorial", "templates"):
        (site / name).symlink_to(ROOT / name)
    (site / "var").mkdir()
    for folder in (site, site / "var"):
        folder.chmod(0o755)
    return site


def is_readable_to_others(site: Path, name: str) -> bool:
    """For an account that is neither the owner nor in its group, and gets as far as the checkout."""
    file = site / name
    folders = [folder for folder in file.parents if folder == site or site in folder.parents]
    ways = all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)
    return ways and bool(file.stat().st_mode & stat.S_IROTH)
