"""What time it is."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from network import clock

MOMENT = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
LATER = datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)


def test_now_is_the_real_time_in_utc():
    with time_machine.travel(MOMENT, tick=False):
        assert clock.now() == MOMENT

    assert clock.now().utcoffset() == timedelta(0)


def test_at_stands_still_inside_the_block_only():
    with clock.at(MOMENT):
        assert clock.now() == clock.now() == MOMENT

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_at_inside_at_returns_to_the_outer_moment():
    with clock.at(MOMENT):
        with clock.at(LATER):
            inner = clock.now()
        outer = clock.now()

    assert (inner, outer) == (LATER, MOMENT)


def test_at_ends_with_an_error_too():
    with pytest.raises(LookupError), clock.at(MOMENT):
        raise LookupError

    assert clock.now() > datetime.now(UTC) - timedelta(seconds=5)
    assert clock.now() != MOMENT


def test_at_takes_a_moment_of_any_zone():
    moment = datetime(2027, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=2)))

    with clock.at(moment):
        assert clock.now() == MOMENT


def test_at_refuses_a_moment_without_a_zone():
    with pytest.raises(ValueError, match="needs a time zone"), clock.at(datetime(2027, 3, 1)):  # noqa: DTZ001
        pass

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_at_does_not_reach_another_thread():
    seen = []

    with clock.at(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen[0] != MOMENT
