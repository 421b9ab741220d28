"""So many times in so many seconds."""

from datetime import UTC, datetime, timedelta

import time_machine

from network import limits

START = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)


def calls(count: int, who: object = "ana", most: int = 3, what: str = "preview") -> list[bool]:
    return [limits.is_over(what, who, most=most, seconds=60) for _ in range(count)]


def test_is_over_from_the_first_call_too_many_on():
    assert calls(5) == [False, False, False, True, True]


def test_is_over_counts_each_person_for_themselves():
    calls(4, who="ana")

    assert calls(1, who="bo") == [False]
    assert calls(1, who="ana") == [True]


def test_is_over_counts_each_thing_for_itself():
    calls(4, what="preview")

    assert calls(1, what="upload") == [False]


def test_is_over_forgets_after_its_window():
    with time_machine.travel(START, tick=False) as traveller:
        first = calls(4)
        traveller.shift(timedelta(seconds=59))
        within = calls(1)
        traveller.shift(timedelta(seconds=2))
        after = calls(4)

    assert first == after == [False, False, False, True]
    assert within == [True]


def test_window_starts_with_the_first_call_and_is_not_drawn_out_by_others():
    with time_machine.travel(START, tick=False) as traveller:
        for _ in range(5):
            calls(1)
            traveller.shift(timedelta(seconds=13))

        assert calls(1) == [False]


def test_is_over_takes_any_name_for_who():
    for who in (7, "::1", "ünïcode", "a" * 150):
        assert calls(1, who=who) == [False]
