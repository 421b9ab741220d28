"""One hash for the same data, on every machine and for ever."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.fingerprint import fingerprint

TEXT = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.dictionaries(TEXT, VALUES, max_size=5)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        ({"b": 1, "a": [True, None, "x"]}, "54a65415ad370228851a1da4b31b6fd42dc58b19a50d35cae759325f7388ce64"),
        ({"a": "“é” 中"}, "c2892b54c1b6f1b306b4d957edff2eb375004b9a8ff3d51ad938c880ad1adf90"),
        (
            {"at": datetime(2027, 3, 1, 7, 0, tzinfo=UTC)},
            "a8d5449aadef17406340c436c8d6f21f648462eb8d0f0157348091a2afad9dc5",
        ),
    ],
)
def test_fingerprint_never_changes_from_one_release_to_the_next(record, expected):
    """Written down once: every record in every database depends on these."""
    assert fingerprint(record) == expected


@given(RECORDS)
def test_fingerprint_does_not_depend_on_the_order_of_keys(record):
    turned = dict(reversed(record.items()))

    assert fingerprint(turned) == fingerprint(record)


@given(RECORDS, RECORDS)
def test_fingerprint_tells_different_records_apart(one, other):
    assert (fingerprint(one) == fingerprint(other)) == (repr_of(one) == repr_of(other))


def repr_of(value) -> str:
    """As Python writes it, keys sorted: True and 1 are not the same, nor is “1”."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{repr_of(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(repr_of, value)) + "]"
    return repr(value)


def test_fingerprint_is_of_the_moment_not_of_its_zone():
    utc = datetime(2027, 3, 1, 7, 0, 0, 1, tzinfo=UTC)

    assert fingerprint({"at": utc}) == fingerprint({"at": utc.astimezone(timezone(timedelta(hours=5, minutes=45)))})
    assert fingerprint({"at": utc}) != fingerprint({"at": utc + timedelta(microseconds=1)})


def test_fingerprint_takes_a_whole_second_like_any_other():
    whole = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)

    assert fingerprint({"at": whole}) == fingerprint({"at": "2027-03-01T07:00:00.000000+00:00"})


@pytest.mark.parametrize("value", [Decimal("1.0"), b"bytes", {1, 2}, object(), datetime(2027, 3, 1, tzinfo=UTC).date()])
def test_fingerprint_refuses_what_has_no_canonical_form(value):
    with pytest.raises(TypeError, match=f"not {type(value).__name__}"):
        fingerprint({"value": value})


def test_fingerprint_refuses_a_moment_without_a_zone():
    with pytest.raises(TypeError, match="times with a zone"):
        fingerprint({"at": datetime(2027, 3, 1, 7, 0)})  # noqa: DTZ001
