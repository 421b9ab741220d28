"""What was acknowledged survives kills: the short form of `bench/kills.py`, which says what is killed and what is counted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

KILLS = 5
CAN_CRASH = connection.vendor != "postgresql" or any(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


@pytest.mark.database
@pytest.mark.skipif(not CAN_CRASH, reason="PostgreSQL's own programs are not here")
def test_site_killed_again_and_again_loses_nothing_that_it_acknowledged():
    own = ["--postgres"] if connection.vendor == "postgresql" else []
    command = [sys.executable, "bench/kills.py", "--kills", str(KILLS), "--seed", "4", *own]

    done = subprocess.run(
        command, check=False, cwd=settings.BASE_DIR, env=os.environ.copy(), capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing was lost, no step is half, the trail holds." in done.stdout
