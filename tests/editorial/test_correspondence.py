"""What readers write: nothing before it is confirmed, then to the other side by mail, and neither address to anybody."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as ours
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from authors.models import Author, Status
from editorial import correspondence, intake, writing
from editorial.models import CorrectionRequest, Correspondence, Letter, Message, Side
from editorial.models.correspondence import State, To
from editorial.refusal import Refused
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_post import mail_to, postbox  # noqa: F401 - fixtures

READER = "rosa.canary@reader.example"
SAID = {"name": "Rosa Reader", "email": READER, "text": "You forgot the terns.\nThey were there too."}
ASKED = {
    "quote": "nobody had told the gulls",
    "wrong": "Somebody had.",
    "right": "The harbour master had told them.",
    "source": "The harbour book, page 9",
    "name": "Rosa Reader",
    "email": READER,
}


@pytest.fixture
def piece(at_stage) -> Article:
    return at_stage("published")


def opened(room: str, ago: int = 60) -> str:
    with clock.at(clock.now() - timedelta(seconds=ago)):
        return intake.opened(room)


def to_author(client, about, ago: int = 60, headers=None, **more):
    address = reverse("articles:contact", args=[about.slug])
    return client.post(address, SAID | {"opened": opened(f"author-{about.pk}", ago)} | more, headers=headers)


def ask(client, about, **more):
    data = ASKED | {"opened": opened(f"correction-{about.pk}")} | more
    return client.post(reverse("ask_for_correction", args=[about.slug]), data)


def to_desk(client, **more):
    return client.post("/contact/", SAID | {"topic": "general", "opened": opened("desk")} | more)


def confirmed(client, begun: Correspondence | None = None) -> Correspondence:
    begun = begun or Correspondence.objects.latest("pk")
    client.post(reverse("letter_confirm", args=[begun.confirmation()]))
    begun.refresh_from_db()
    return begun


@pytest.fixture
def relayed(client, piece) -> Correspondence:
    """A letter of Rosa's to Ana, confirmed."""
    to_author(client, piece)
    return confirmed(client)


@pytest.fixture
def asked(client, piece) -> CorrectionRequest:
    ask(client, piece)
    confirmed(client)
    return CorrectionRequest.objects.get()


def kinds() -> list[str]:
    of_readers = Letter.objects.exclude(correspondence=None)
    return list(of_readers.order_by("pk").values_list("kind", flat=True))


# Nothing before it is confirmed


def test_contact_sends_only_a_letter_to_confirm_that_holds_nothing_typed(client, piece):
    answer = to_author(client, piece)

    assert answer.url == "/letters/sent/"
    assert kinds() == ["letter_confirm"]
    letter = Letter.objects.get(kind="letter_confirm")
    assert (letter.address, letter.to) == (READER, None)
    assert "terns" not in letter.subject + letter.body
    assert "Rosa" not in letter.subject + letter.body
    assert not Correspondence.objects.confirmed().exists()


def test_letters_to_readers_call_a_piece_what_readers_call_it(client, cast, piece):
    amended = take("amend", piece, by=cast.ana)
    writing.save(amended, {"headline": "What the canary knew"}, by=cast.ana)

    to_author(client, piece)
    correspondence.say(confirmed(client), Side.AUTHOR, "Thank you.", by=cast.ana)
    to_desk(client, topic="piece", piece=piece.get_absolute_url())
    confirmed(client)
    ask(client, piece)
    confirmed(client)

    mailed = Letter.objects.filter(address=READER)
    assert {"letter_answered", "letter_receipt", "fix_receipt"} < {letter.kind for letter in mailed}
    assert all("canary knew" not in letter.subject + letter.body for letter in mailed)
    assert f"“{piece.headline}”" in mailed.get(kind="fix_receipt").body


def test_looking_at_the_link_confirms_nothing(client, piece):
    to_author(client, piece)
    address = reverse("letter_confirm", args=[Correspondence.objects.get().confirmation()])

    pages = [client.get(address), client.head(address), client.get(address)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert kinds() == ["letter_confirm"]
    assert Correspondence.objects.get().state == State.UNCONFIRMED
    assert pages[0]["Referrer-Policy"] == "same-origin"
    assert "no-store" in pages[0]["Cache-Control"]


def test_confirm_passes_a_letter_on_once(client, piece, relayed):
    client.post(reverse("letter_confirm", args=[relayed.confirmation()]))

    assert kinds() == ["letter_confirm", "letter_relayed"]
    letter = Letter.objects.get(kind="letter_relayed")
    assert (letter.to.username, letter.subject) == ("ana", f"A reader wrote to you: {piece.headline}")
    assert SAID["text"] in letter.body
    assert READER not in letter.body


def test_confirm_is_too_late_after_three_days(client, piece):
    to_author(client, piece)
    begun = Correspondence.objects.get()

    with clock.at(clock.now() + timedelta(days=3, minutes=1)):
        answer = client.post(reverse("letter_confirm", args=[begun.confirmation()]))

    assert answer.status_code == 410
    assert kinds() == ["letter_confirm"]


@pytest.mark.parametrize("key", ["1", "1:x", "0:0", "é", "1" * 3000, "%00"])
def test_a_forged_key_opens_nothing(key, client, relayed):
    for name in ("confirm/", ""):
        assert client.get(f"/letters/{name}{key}/").status_code in (404, 410)
        assert client.post(f"/letters/{name}{key}/").status_code in (404, 410)
    assert client.get(f"/corrections/requests/{key}/").status_code in (404, 410)


# To whom


def test_contact_sets_no_cookie_and_names_authors_and_the_desk(client, piece):
    page = client.get(reverse("articles:contact", args=[piece.slug]))

    assert not page.cookies
    assert "csrf" not in page.text
    assert not to_author(client, piece).cookies
    assert not client.get("/contact/").cookies
    assert "https://twitter.com/ana" in page.text or "https://x.com/ana" in page.text
    assert "ana@people.example" not in page.text


def test_contact_of_several_authors_goes_to_the_one_who_is_chosen(client, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece = _published_by_both(piece, cast)

    missing = to_author(client, piece)
    to_author(client, piece, author=str(cast.bo.author.pk))

    assert "Choose to whom." in missing.text
    assert Correspondence.objects.get().author == cast.bo.author


def _published_by_both(piece, cast):
    piece = take("claim", take("submit", piece, by=cast.ana), by=cast.edda)
    piece = factories.approve(piece, cast.edda)
    piece = take("sign", piece, by=cast.bo)
    return take("publish", piece, by=cast.pia)


@pytest.mark.parametrize("why", ["no account", "wants none", "suspended", "inactive", "no address"])
def test_contact_offers_the_desk_for_an_author_who_is_not_reached_and_does_not_say_why(why, client, cast, piece):
    ana = Author.objects.filter(user=cast.ana)
    changes = {
        "no account": {"user": None},
        "wants none": {"takes_letters": False},
        "suspended": {"status": Status.SUSPENDED},
    }
    ana.update(**changes.get(why, {"mail": "each"}))
    if why in ("inactive", "no address"):
        type(cast.ana).objects.filter(pk=cast.ana.pk).update(is_active=why != "inactive", email="")

    page = client.get(reverse("articles:contact", args=[piece.slug])).text
    to_author(client, piece)
    between = confirmed(client)

    assert "Your letter goes to the desk" in page
    assert not re.search("account|turned off|suspended|does not want|muted", page.split("<main")[1].split("</main")[0])
    assert (between.to, between.author, between.article) == (To.DESK, None, piece)
    assert kinds() == ["letter_confirm", "letter_receipt"]


def test_a_letter_goes_to_the_desk_when_its_author_stops_taking_any_meanwhile(client, cast, piece):
    to_author(client, piece)
    Author.objects.filter(user=cast.ana).update(takes_letters=False)

    assert confirmed(client).to == To.DESK
    assert "letter_relayed" not in kinds()


def test_to_desk_finds_the_piece_by_its_address_or_keeps_what_was_typed(client, piece):
    to_desk(client, topic="piece", piece=f"https://signal.example{piece.get_absolute_url()}")
    first = Correspondence.objects.latest("pk")
    to_desk(client, topic="piece", piece="The gull thing")
    second = Correspondence.objects.latest("pk")

    assert (first.article, first.topic) == (piece, "piece")
    assert second.article is None
    assert second.messages.get().text.startswith("About: The gull thing\n\nYou forgot")


# Going on


def test_say_goes_back_and_forth(client, cast, relayed):
    correspondence.say(relayed, Side.AUTHOR, "The terns were asleep.", by=cast.ana)
    page = client.get(reverse("letter_thread", args=[relayed.reader_key])).text
    answer = client.post(
        reverse("letter_thread", args=[relayed.reader_key]),
        {"text": "They never are.", "opened": opened(f"answer-{relayed.pk}")},
    )

    assert "The terns were asleep." in page
    assert answer.status_code == 302
    assert kinds() == ["letter_confirm", "letter_relayed", "letter_answered", "letter_relayed"]
    relayed.refresh_from_db()
    assert relayed.state == State.OPEN


def test_mute_keeps_mail_away_and_letters_on_the_page(client, cast, relayed):
    client.force_login(cast.ana)
    client.post(f"/contribute/letters/{relayed.pk}/mute/")

    correspondence.say(relayed, Side.READER, "Hello?")

    assert kinds().count("letter_relayed") == 1
    assert "Hello?" in client.get(f"/contribute/letters/{relayed.pk}/").text


def test_report_hands_it_to_the_desk_and_keeps_the_reader_from_the_author(client, cast, piece, relayed):
    assert not Correspondence.objects.at_desk_of(cast.edda).exists()
    client.force_login(cast.ana)

    client.post(f"/contribute/letters/{relayed.pk}/report/", {"why": "Threats."})
    correspondence.say(relayed, Side.READER, "You again.")
    to_author(client, piece, text="And again.")
    other = confirmed(client)

    assert kinds().count("letter_relayed") == 1
    assert other.to == To.DESK
    assert set(Correspondence.objects.at_desk_of(cast.edda)) == {relayed, other}
    with pytest.raises(Refused, match="The desk has"):
        correspondence.say(relayed, Side.AUTHOR, "No.", by=cast.ana)
    assert relayed.messages.count() == 2


def test_close_ends_it_for_both(client, cast, relayed):
    client.force_login(cast.ana)
    client.post(f"/contribute/letters/{relayed.pk}/close/")

    for side in (Side.READER, Side.AUTHOR):
        with pytest.raises(Refused, match="closed"):
            correspondence.say(relayed, side, "More.", by=None)
    page = client.get(reverse("letter_thread", args=[relayed.reader_key])).text
    assert "This correspondence is closed." in page
    assert relayed.messages.count() == 1


def test_whatever_answers_by_itself_ends_after_twenty_letters_a_day(relayed):
    for number in range(correspondence.MOST_A_DAY - 1):
        correspondence.say(relayed, Side.READER, f"Away {number}")

    with pytest.raises(Refused, match="many letters"):
        correspondence.say(relayed, Side.READER, "Away")

    assert relayed.messages.count() == correspondence.MOST_A_DAY


@pytest.mark.parametrize("who", ["bo", "edda", "root"])
@pytest.mark.parametrize("path", ["", "mute/", "report/", "close/"])
def test_letters_of_another_author_are_not_there(path, who, client, cast, relayed):
    client.force_login(getattr(cast, who))

    assert client.get(f"/contribute/letters/{relayed.pk}/{path}").status_code in (404, 405)
    assert client.post(f"/contribute/letters/{relayed.pk}/{path}", {"text": "x", "why": "x"}).status_code == 404
    assert Correspondence.objects.get().state == State.OPEN
    assert not Correspondence.objects.get().is_muted


def test_letters_cost_the_same_for_one_and_for_thirty(client, cast, piece, relayed, django_assert_num_queries):
    client.force_login(cast.ana)
    client.get("/contribute/letters/")
    with CaptureQueriesContext(connection) as one:
        client.get("/contribute/letters/")
    for number in range(11):
        said = {
            "digest": f"{number}",
            "state": State.OPEN,
            "confirmed_at": clock.now(),
            "name": "Rosa",
            "email": READER,
        }
        Correspondence.objects.create(to=To.AUTHOR, article=piece, author=cast.ana.author, **said)

    with django_assert_num_queries(len(one)):
        client.get("/contribute/letters/")


# Deleting


def test_tidy_deletes_what_was_never_confirmed(client, piece):
    to_author(client, piece)

    with clock.at(clock.now() + timedelta(days=3, minutes=1)):
        assert correspondence.tidy() == 1

    assert kinds() == []
    assert not Message.objects.exists()


def test_tidy_deletes_what_is_closed_after_the_days_that_are_promised(client, cast, asked, relayed):
    correspondence.close(relayed)
    days = ours.LETTERS_KEPT_DAYS

    with clock.at(clock.now() + timedelta(days=days - 1)):
        assert correspondence.tidy() == 0
    with clock.at(clock.now() + timedelta(days=days, hours=1)):
        assert correspondence.tidy() == 1

    assert set(Correspondence.objects.all()) == {asked.correspondence}
    assert kinds() == ["letter_confirm", "fix_receipt"]


def test_tidy_closes_what_nobody_goes_on_with_but_not_what_the_desk_owes(client, relayed):
    to_desk(client)
    owed = confirmed(client)

    with clock.at(clock.now() + timedelta(days=ours.LETTERS_KEPT_DAYS, hours=1)):
        correspondence.tidy()

    relayed.refresh_from_db()
    owed.refresh_from_db()
    assert (relayed.state, owed.state) == (State.CLOSED, State.OPEN)


def test_a_reader_deletes_their_own_letters(client, relayed):
    client.post(reverse("letter_thread", args=[relayed.reader_key]), {"delete": "1"})

    assert kinds() == []
    assert not Correspondence.objects.exists()


def test_a_reader_does_not_delete_what_is_reported(client, relayed):
    correspondence.report(relayed, "Threats.")

    client.post(reverse("letter_thread", args=[relayed.reader_key]), {"delete": "1"})

    assert relayed.messages.count() == 1


def test_forget_reader_is_for_standards(cast, asked, relayed, capsys):
    for who in ("edda", "root", "nobody"):
        with pytest.raises(CommandError):
            call_command("forget_reader", READER, by=who)
    assert Correspondence.objects.count() == 2

    call_command("forget_reader", READER.upper(), by="sten")

    assert (Correspondence.objects.count(), kinds()) == (0, [])
