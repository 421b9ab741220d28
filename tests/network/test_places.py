"""Where a request comes from, for whoever counts: one home is one place."""

import pytest
from django.test import RequestFactory

from network import limits


def place(address: str) -> str:
    return limits.place(RequestFactory().get("/", REMOTE_ADDR=address))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:200::1", "2001:db8:1:200::2", True),
        ("2001:db8:1:200::1", "2001:db8:1:2ff:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:200::1", "2001:0DB8:0001:0200:0:0:0:0001", True),
        ("2001:db8:1:2ff:ffff:ffff:ffff:ffff", "2001:db8:1:300::", False),
        ("2001:db8:1:200::1", "2001:db8:1:100::1", False),
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.6", False),
        ("203.0.113.7", "203.0.113.8", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
    ],
)
def test_place_is_a_home_in_ipv6_and_an_address_in_ipv4(one, other, is_same):
    assert (place(one) == place(other)) == is_same


def test_place_names_nobody():
    for address in ("2001:db8:1:200::1", "203.0.113.7"):
        assert len(place(address)) == 32
        assert address[:8] not in place(address)
