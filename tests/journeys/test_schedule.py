"""A scheduled piece appears by itself, with no worker running."""

import time
from datetime import timedelta

import pytest

from editorial import workflow
from network import clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_scheduled_piece_appears_at_its_time(visitor, cast, at_stage):
    piece = at_stage("ready")
    moment = clock.now() + timedelta(seconds=4)
    workflow.take("schedule", piece, by=cast.pia, at=moment)
    reader = visitor()

    reader.go("/")
    reader.does_not_see(piece.headline)
    time.sleep(max(0, (moment - clock.now()).total_seconds()) + 0.2)
    reader.go("/")

    reader.sees(piece.headline)
    reader.follow(piece.headline)
    reader.sees("nobody had told the gulls")
