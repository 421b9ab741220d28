"""What whoever runs the site gets to know: a line a request without anybody's words, and what went wrong, counted."""

import json
import logging

import pytest
from django.test import Client

from editorial import doctor
from editorial.workflow import Refused, take
from network import lines, watch
from network.models import Tally
from tests import factories
from tests.network.test_outage import read_only

PRIVATE = "canary-7f3a"


@pytest.fixture
def told(caplog):
    """A function: the lines of JSON so far."""
    caplog.handler.setFormatter(lines.Lines())
    caplog.set_level(logging.INFO, logger="network.watch")
    watch.logger.disabled = False
    return lambda: [json.loads(line) for line in caplog.text.splitlines()]


def test_request_is_one_line_with_its_route_and_nothing_that_was_sent(client, cast, told):
    path = f"/letters/{PRIVATE}/?q={PRIVATE}"

    answer = client.post(path, {"text": PRIVATE}, headers={"user-agent": PRIVATE})

    (line,) = [line for line in told() if line["from"] == "network.watch"]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/letters/<slug:key>/", answer.status_code)
    assert line["request"] == answer["X-Request-ID"]
    assert PRIVATE not in json.dumps(told())


def test_what_django_says_of_an_answer_names_its_request(client, db, told):
    answer = client.get(f"/{PRIVATE}/")

    (line,) = [line for line in told() if line["from"] == "django.request"]
    assert (line["status"], line["request"]) == (404, answer["X-Request-ID"])
    assert PRIVATE not in json.dumps(told())


@pytest.mark.parametrize(
    "proxies, given, is_taken",
    [(1, "proxy-0123456789", True), (0, "proxy-0123456789", False), (1, "a\tb", False), (1, "x" * 65, False)],
)
def test_request_id_is_believed_from_a_trusted_proxy_only(client, db, settings, proxies, given, is_taken):
    settings.TRUSTED_PROXIES = proxies

    answer = client.get("/healthz", headers={"x-request-id": given})

    assert (answer["X-Request-ID"] == given) is is_taken
    assert watch.GIVEN.fullmatch(answer["X-Request-ID"])


def test_line_of_an_error_says_its_place_and_none_of_its_words(told, caplog):
    try:
        raise ValueError(PRIVATE)
    except ValueError:
        logging.getLogger("django.request").exception("It failed: %s", PRIVATE)

    (line,) = told()
    assert (line["error"], line["message"]) == ("builtins.ValueError", "It failed: %s")
    assert line["where"][-1].startswith("tests/network/test_watch.py:")


def counted() -> dict[tuple[str, str], int]:
    return {(row.kind, row.what): row.number for row in Tally.objects.all()}


def test_failed_sign_ins_are_counted_by_account(client, cast):
    for login in ("ana", "ANA@people.example", "nobody", "nobody"):
        client.post("/accounts/login/", {"login": login, "password": "wrong"})

    assert counted() == {("sign_in", "ana"): 2, ("sign_in", "a name that nobody has"): 2}


def test_refused_step_is_counted_with_the_guards_that_fail(client, cast):
    piece = factories.make_piece(cast.ana, cast.section, dek="")
    client.force_login(cast.ana)
    page = client.get(f"/contribute/{piece.pk}/submit/").context["form"].initial

    client.post(f"/contribute/{piece.pk}/submit/", page)

    assert counted() == {("refused", "submit"): 1, ("refused", "submit: has_dek"): 1}


def test_refusal_outside_of_a_request_counts_nothing(cast, draft):
    with pytest.raises(Refused):
        take("publish", draft, by=cast.ana)

    assert counted() == {}


@pytest.mark.django_db(transaction=True)
def test_error_is_counted_once_the_database_is_back(cast, draft):
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana)
    with read_only():
        client.get("/contribute/")
    assert counted() == {}

    Client().get("/")

    assert counted() == {("error", "/contribute/"): 1}


@pytest.mark.parametrize("who, sees", [("root", True), ("edda", False), ("sten", False)])
def test_only_administrators_see_what_went_wrong(client, cast, who, sees):
    client.post("/accounts/login/", {"login": "bo", "password": "wrong"})
    client.force_login(getattr(cast, who))

    answer = client.get("/admin/network/tally/")

    assert (answer.status_code == 200 and ">bo<" in answer.text) is sees


def test_doctor_tells_of_errors_and_of_many_tries(cast):
    hour = watch.clock.now()
    Tally.objects.create(kind="error", what="/search/", hour=hour, number=3)
    Tally.objects.create(kind="sign_in", what="ana", hour=hour, number=100)

    said = " ".join(finding.what for finding in doctor.findings())

    assert "3 errors are counted within a day, most at /search/." in said
    assert "100 failed sign-ins are counted within a day." in said
