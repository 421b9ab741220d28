"""Who may what: docs/access.md, asked of the running site. The table there is what is tested; nothing is said twice.

With ACCESS_WRITE=1 the table is written as the site answers, for whoever has added a route: read the difference.
"""

import logging
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction
from django.test import override_settings

from editorial import post
from network import clock
from tests import world

TABLE = Path(__file__).parent.parent / "docs" / "access.md"
COLUMNS = ["signed out", *world.PEOPLE[1:-2]]
SIGNED_OUT = ("stranger", "suspended", "expired")
METHODS = ("GET", "POST")
BESIDE = ("/healthz", "/readyz", "/nowhere-at-all/")  # answered before, or for want of, a route
REFUSALS = {"in", "401", "403", "404", "405", "410", "429"}
# The holder's sheet keeps its check-out alive; whoever tries what they are recused from stands in the trail with it.
WRITTEN_ALL_THE_SAME = {"editor": {"editorial_checkout"}, "recused": {"editorial_event"}}
# Whom a refusal tells nothing new: of their own pieces, and of what lies on their desk.
KNOWN = {who: {"draft", "at the desk", "secret"} for who in ("author", "co-author")}
KNOWN |= {who: {"at the desk"} for who in ("editor", "publisher", "standards")}
OF_THE_SESSION = {"django_session", "usersessions_usersession"}
# Each group runs on one worker without a break, with one site; what belongs to nobody runs with the stranger's.
with_stranger = pytest.mark.xdist_group("stranger")
by_person = pytest.mark.parametrize("who", [pytest.param(p, marks=pytest.mark.xdist_group(p)) for p in world.PEOPLE])


def lines_of_table() -> dict[tuple[str, str, str], list[str]]:
    """By route, of what, and method: the answer to each column."""
    rows = (line.strip("| \n").split("|") for line in TABLE.read_text().splitlines() if line.startswith("| `/"))
    cells = ([cell.strip() for cell in row] for row in rows)
    return {(route.strip("`"), of, method): answers for route, of, method, *answers in cells}


EXPECTED = lines_of_table() if TABLE.exists() else {}


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """Built once. Whatever a test does to it is rolled back."""
    logging.disable(logging.ERROR)
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(REQUIRE_SECOND_STEP=True):
        yield world.make_world()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def walk(site, who: str) -> dict[tuple[str, str, str], world.Seen]:
    """Every route as this person, once for all tests. Where anybody is let in, it is asked for one of those who are
    signed out, and not for three."""
    if who not in site.walked:
        found = site.walked[who] = {}
        for route in (*world.routes(), *BESIDE):
            for of, address in world.filled(site, route).items():
                for method in METHODS:
                    is_open = EXPECTED.get((route, of, method), [""])[0] == "200"
                    if who not in SIGNED_OUT[1:] or not is_open:
                        found[route, of, method] = world.ask(site.clients[who], method, address)
    return site.walked[who]


def column(who: str) -> int:
    return 0 if who in SIGNED_OUT else COLUMNS.index(who)


@with_stranger
def test_table_has_a_line_for_every_route_and_no_other(site, db):
    there = {
        (route, of, method)
        for route in (*world.routes(), *BESIDE)
        for of in world.filled(site, route)
        for method in METHODS
    }

    assert there == set(EXPECTED) or os.environ.get("ACCESS_WRITE"), "\n".join(
        line_of(site, *key) if key in there else f"not there any more: {key}" for key in there ^ set(EXPECTED)
    )


def line_of(site, route: str, of: str, method: str) -> str:
    """How the line would read, if what the site answers is what you want."""
    people = ["stranger", *COLUMNS[1:]]
    address = world.filled(site, route)[of]
    words = [world.ask(site.clients[who], method, address).word for who in people]
    return f"| `{route}` | {of} | {method} | {' | '.join(words)} |"


@by_person
def test_every_route_answers_as_the_table_says(who, site, db):
    answers = walk(site, who)

    wrong = [
        f"{method} {route} {of}: {seen.word}, not {EXPECTED[route, of, method][column(who)]}"
        for (route, of, method), seen in answers.items()
        if (route, of, method) in EXPECTED and seen.word != EXPECTED[route, of, method][column(who)]
    ]
    assert wrong == [], "\n".join(wrong)


@by_person
def test_nothing_is_written_by_looking_or_for_who_is_refused(who, site, db):
    wrong = [
        (method, route, of, seen.word, dict(seen.written))
        for (route, of, method), seen in walk(site, who).items()
        if method == "GET" or seen.word in REFUSALS
        if seen.written.keys() - OF_THE_SESSION - WRITTEN_ALL_THE_SAME.get(who, set())
    ]

    assert wrong == [], "\n".join(map(str, wrong))


@by_person
def test_what_is_secret_is_like_what_does_not_exist(who, site, db):
    wrong = []
    for (route, of, method), seen in walk(site, who).items():
        is_secret = seen.word == "404" and of not in ("", "public", *KNOWN.get(who, ()))
        if is_secret and (address := world.nowhere(route)):
            other = world.ask(site.clients[who], method, address)
            same = (other.word, len(other.body)) == (seen.word, len(seen.body))
            if not same or abs(other.queries - seen.queries) > 1:
                wrong.append(
                    (method, route, of, len(seen.body), seen.queries, other.word, len(other.body), other.queries)
                )

    assert wrong == [], "\n".join(map(str, wrong))


@by_person
def test_headers_stand_on_every_answer(who, site, db):
    wrong = []
    for (route, of, method), seen in walk(site, who).items():
        got = seen.response.headers
        for name, value in HEADERS.items():
            if not re.fullmatch(value, got.get(name, "")) and route not in ("/healthz", "/readyz"):
                wrong.append((method, route, of, name, got.get(name)))
        policy = got.get("Content-Security-Policy", "")
        if "unsafe" in policy or "*" in policy:
            wrong.append((method, route, of, policy))

    assert wrong == [], "\n".join(map(str, wrong))


# The canary


@with_stranger
def test_canary_is_seen_by_those_it_is_for(site, db):
    """Or the next tests would find nothing wherever it went."""
    desk = world.ask(site.clients["editor"], "GET", f"/admin/articles/article/{site.desk.pk}/change/")
    own = world.ask(site.clients["author"], "GET", f"/contribute/{site.draft.pk}/")

    assert world.has_canary(desk)
    assert world.has_canary(own)


@with_stranger
def test_no_canary_in_anything_that_is_told_to_who_is_signed_out(site, db):
    """By every route with what it can be given, by every link from there, and by every word that is searched for."""
    asked = {f"{route} {of} {method}": seen for (route, of, method), seen in walk(site, "stranger").items()}
    waiting = ["/?page=2", "/search/?q=kanarie", "/search/?q=money", "/authors/?letter=H", "/authors/?letter=K"]
    waiting += [f"/feeds/{form}" for form in ("rss.xml", "atom.xml", "feed.json")]
    while waiting:
        address = waiting.pop()
        if address not in asked:
            seen = asked[address] = world.ask(site.clients["stranger"], "GET", address)
            waiting += world.links_in(seen)

    wrong = [address for address, seen in asked.items() if world.has_canary(seen) and not is_for_its_holder(address)]
    assert wrong == [], "\n".join(wrong)


def is_for_its_holder(address: str) -> bool:
    """Whose address is a key that came by mail: the reader's own letter, the invited person's own name. And a page that
    searches says what was searched for."""
    return address.startswith(("/join/", "/letters/", "/corrections/requests/", "/search/?q=kanarie"))


# Whoever is asked to share a byline reads of which piece; the subject of a letter names it, for who looks after the mail.
NAMES_THE_PIECE = {"contributor": ("/contribute/bylines/",), "administrator": ("/admin/editorial/letter/",)}


@pytest.mark.parametrize(
    "who", [pytest.param(p, marks=pytest.mark.xdist_group(p)) for p in ("contributor", "administrator", "one step")]
)
def test_no_canary_of_pieces_for_who_has_no_part_in_them(who, site, db):
    """What an administrator reads of accounts and settings is theirs; no text is."""
    for words in (b"kanarie headline", b"kanarie dek", b"kanarie body", b"kanarie question", b"kanarie money"):
        found = {route for (route, _, _), seen in walk(site, who).items() if words in seen.body.lower()}
        wrong = [route for route in found if not route.startswith(NAMES_THE_PIECE.get(who, ()))]
        assert wrong == [], words


@with_stranger
def test_no_canary_in_mail_to_others(site, db):
    """A letter to a reader, an applicant or somebody else's account tells nothing of a piece, but to who is asked for
    their name its headline."""
    with clock.at(clock.now() + timedelta(minutes=5)):
        post.sweep()

    to_others = [letter for letter in mail.outbox if not set(letter.to) & {"ana@people.example", "bo@people.example"}]
    secret = re.compile(
        r"kanarie (dek|body|typed|again|alt|caption|question|answer|risk|money|why|of the desk)", re.IGNORECASE
    )
    desk = {f"{name}@people.example" for name in ("edda", "emil", "olga", "pia", "sten", "zoe")}
    wrong = [(m.to, m.subject) for m in to_others if not set(m.to) & desk and secret.search(m.message().as_string())]
    assert len(to_others) > 3
    assert wrong == [], "\n".join(map(str, wrong))


HEADERS = {
    "Content-Security-Policy": r".*frame-ancestors 'none'.*",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin|cross-origin",
    "Permissions-Policy": "camera=.*",
    "Referrer-Policy": "strict-origin-when-cross-origin|same-origin|no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.skipif("ACCESS_WRITE" not in os.environ, reason="writes the table; only when asked to")
def test_table_is_written_anew(site, db):
    keys = [(route, of, m) for route in (*world.routes(), *BESIDE) for of in world.filled(site, route) for m in METHODS]
    before = TABLE.read_text().partition("| route |")[0]
    head = f"| route | of | | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 3)}\n"

    TABLE.write_text(before + head + "\n".join(line_of(site, *key) for key in keys) + "\n")
