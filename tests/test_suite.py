"""What the workers that share the tests have to agree on."""

import os

import pytest

LONGEST = 300  # characters of a name, of which LONG_ID are at most a parameter's


@pytest.mark.xdist_group("suite")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process has every group")
def test_group_is_known_to_who_spreads_the_tests(request):
    assert request.node.nodeid.endswith("@suite")


def test_no_test_is_called_by_what_each_worker_makes_anew(request):
    assert max(len(item.nodeid) for item in request.session.items) < LONGEST
