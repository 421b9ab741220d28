"""`deploy/receive-letter`, as a mail server starts it: the real script, its two places moved into a scratch folder."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ADDRESS = "reply+0123456789abcdef@letters.network.example"
MAIL = b"From: Rosa <rosa@reader.example>\nSubject: Gulls\n\nM\xf6wen $HOME `id`\r\n.\n\x00"
# In the place of the site's Python: what it was started with.
RECORDS = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
found = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "mail": sys.stdin.buffer.read().hex()}}
found |= {{"settings": dict(os.environ), "umask": os.umask(0)}}
Path("found.json").write_text(json.dumps(found))
sys.exit(int(os.environ.get("STATUS", 67)))
"""


class Machine:
    """A site and its settings below one folder, and the script that knows them there."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.settings, self.site, self.script = folder / "environment", folder / "site", folder / "receive-letter"
        words = (ROOT / "deploy/receive-letter").read_text()
        words = words.replace("/etc/network/environment", str(self.settings)).replace("/srv/network", str(self.site))
        self.script.write_text(words)
        self.script.chmod(0o755)
        python = self.site / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(RECORDS)
        python.chmod(0o755)

    def receive(self, address: str = ADDRESS, mail: bytes = MAIL, **more) -> int:
        command, environment = [self.script, address], {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
        return subprocess.run(command, check=False, cwd=self.folder, env=environment, input=mail, **more).returncode

    @property
    def found(self) -> dict:
        return json.loads((self.site / "found.json").read_text())

    @property
    def has_run_what_it_read(self) -> bool:
        return any(self.folder.rglob("made"))

    @property
    def has_started_the_site(self) -> bool:
        return (self.site / "found.json").exists()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_script_can_be_started_and_names_its_places():
    script = ROOT / "deploy/receive-letter"

    assert script.stat().st_mode & stat.S_IXUSR
    assert script.read_text().count("/etc/network/environment") == 1
    assert script.read_text().count("/srv/network") == 1


def test_mail_reaches_the_command_and_its_answer_the_server(machine):
    machine.settings.write_text("DEBUG=0\n")

    status = machine.receive()

    assert status == 67
    assert machine.found["arguments"] == ["manage.py", "receive_letter", f"--to={ADDRESS}"]
    assert machine.found["folder"] == str(machine.site)
    assert bytes.fromhex(machine.found["mail"]) == MAIL
    assert machine.found["umask"] == 0o077


@pytest.mark.parametrize(("said", "status"), [(0, 0), (65, 65), (67, 67), (1, 75), (2, 75), (137, 75)])
def test_server_tries_again_where_the_letter_is_not_to_blame(said, status, machine):
    machine.settings.write_text(f"STATUS={said}\n")

    assert machine.receive() == status


def test_server_tries_again_while_a_release_is_put_in_place(machine):
    machine.settings.write_text("DEBUG=0\n")
    (machine.site / ".venv" / "bin" / "python").unlink()

    assert machine.receive() == 75


@pytest.mark.parametrize(
    "address", ["", "two words@x", "-h", "*", "$(touch made)", "a;touch made", "`touch made`'\"\\"]
)
def test_address_is_one_argument_whatever_is_in_it(machine, address):
    machine.settings.write_text("DEBUG=0\n")

    machine.receive(address)

    assert machine.found["arguments"] == ["manage.py", "receive_letter", f"--to={address}"]
    assert not machine.has_run_what_it_read


LINES = {
    "a plain value": ("SITE_URL=https://network.example", "https://network.example"),
    "no value": ("SITE_URL=", ""),
    "words": ("SITE_URL=two  words", "two  words"),
    "what looks like a setting": ("SITE_URL=postgres://a:b@c/d?e=f&g=h", "postgres://a:b@c/d?e=f&g=h"),
    "what a shell would fill in": ("SITE_URL=a$HOME${HOME}$1*~", "a$HOME${HOME}$1*~"),
    "what a shell would run": ("SITE_URL=$(touch made)`touch made`;touch made", "$(touch made)`touch made`;touch made"),
    "quotes inside": ('SITE_URL=it\'s "so"', 'it\'s "so"'),
    "a number sign inside": ("SITE_URL=a #b", "a #b"),
    "other letters": ("SITE_URL=Möwen", "Möwen"),
    # The rest as systemd's EnvironmentFile= has it: the units and this script read one file.
    "spaces around": (" SITE_URL = a b \t", "a b"),
    "single quotes around": ("SITE_URL=' it is \\$1 \"so\" '", ' it is \\$1 "so" '),
    "double quotes around": ('SITE_URL=" it\'s so "', " it's so "),
    "double quotes with a blank behind": ('SITE_URL="a \\"b" \t', 'a "b'),
    "double quotes in a file of Windows": ('SITE_URL="a b"\r', "a b"),
    "backslashes in double quotes": (r'SITE_URL="\"\\\$\`\n"', r'"\$`\n'),
    "backslashes": (r"SITE_URL=a\b\\c\$d\"", r'ab\c$d"'),
}


@pytest.mark.parametrize("name", LINES)
def test_setting_is_what_stands_in_its_line(machine, name):
    line, value = LINES[name]
    machine.settings.write_text(f"SECRET_KEY=before\n{line}\nEMAIL_URL=after\n")

    machine.receive()

    settings = machine.found["settings"]
    assert [settings[name] for name in ("SECRET_KEY", "SITE_URL", "EMAIL_URL")] == ["before", value, "after"]
    assert not machine.has_run_what_it_read


def test_last_line_may_lack_its_end(machine):
    machine.settings.write_text("SITE_URL=one\nEMAIL_URL=two")

    machine.receive()

    assert machine.found["settings"]["EMAIL_URL"] == "two"


def test_later_line_wins_and_what_is_no_setting_sets_nothing(machine):
    machine.settings.write_text(
        "# A comment\n\n  \n#SITE_URL=no\n;SITE_URL=no\nSITE_URL=one\nnonsense\nNo name=no\nSITE_URL=two\n"
    )

    machine.receive()

    settings = machine.found["settings"]
    assert settings["SITE_URL"] == "two"
    assert settings.keys() - {"PATH", "HOME", "PWD", "OLDPWD", "LC_CTYPE"} == {"SITE_URL"}


def test_server_keeps_the_mail_where_there_are_no_settings(machine):
    assert machine.receive() == os.EX_TEMPFAIL
    assert not machine.has_started_the_site


def test_server_keeps_the_mail_while_the_site_is_not_there(machine):
    machine.settings.write_text("DEBUG=0\n")
    machine.site.rename(machine.folder / "elsewhere")

    assert machine.receive() == os.EX_TEMPFAIL


def test_server_keeps_the_mail_while_the_settings_the_settings_cannot_be_read():
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        machine = Machine(Path(folder))
        machine.settings.write_text("DEBUG=0\n")
        machine.settings.chmod(0)
        somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}

        assert machine.receive(**somebody) == os.EX_TEMPFAIL
        assert not machine.has_started_the_site
