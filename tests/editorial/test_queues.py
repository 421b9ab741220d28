"""The first page of the admin, the queues it counts, the list they lead to, and the calendar."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from articles.models import Article, Byline
from authors.models import Application, Author, Employment, Identity, Tie
from editorial import conversation, guards, queues, risk
from editorial.checklist import tick
from editorial.models import BrokenGlass, ChecklistItem, Recusal, State
from editorial.workflow import take
from network import clock
from tests import factories

QUEUE = "/admin/articles/article/"
CALENDAR = f"{QUEUE}calendar/"


@pytest.fixture
def known(at_stage) -> Article:
    """Readers know Ana, so that no limit holds for what she has with the desk."""
    return at_stage("published")


@pytest.fixture
def edda(client, cast):
    client.force_login(cast.edda)
    return client


def counts(user) -> dict[str, int]:
    return {counted.queue.key: counted.number for counted in queues.counted(user) if counted.number}


def blocked(user) -> dict[str, int]:
    return {key: number for counted in queues.counted(user) for key, _, number in counted.blocks}


def listed(client, queue: str, *headlines: str) -> set[str]:
    page = client.get(QUEUE, {"queue": queue}).content.decode()
    return {headline for headline in headlines if headline in page}


# What is in a queue


@pytest.mark.parametrize(
    "stage, found",
    [
        ("submitted", {"unclaimed": 1}),
        ("in_review", {"mine": 1}),
        ("changes_requested", {"author": 1}),
        ("proof", {"author": 1, "mine": 1}),
        ("ready", {"ready": 1, "mine": 1}),
        ("scheduled", {"scheduled": 1, "mine": 1}),
        ("published", {}),
        ("declined", {}),
    ],
)
def test_a_piece_is_counted_where_it_is(stage, found, cast, at_stage):
    at_stage(stage)

    assert counts(cast.edda) == found


def test_counts_and_lists_agree_for_every_queue(edda, cast, known, at_stage):
    for stage in ("submitted", "in_review", "changes_requested", "proof", "ready", "scheduled"):
        at_stage(stage, headline=f"Now {stage}.")
    Article.objects.filter(headline="Now ready.").update(is_on_legal_hold=True)
    take("retract", known, by=cast.sten, notice="Untrue.", says="the network")

    found = counts(cast.edda)

    assert set(found) == {*queues.BY_KEY} - {"risk"}
    for key, number in found.items():
        page = edda.get(QUEUE, {"queue": key}).content.decode()
        assert page.count('class="field-headline"') == number, key


def test_a_promise_is_at_risk_a_day_before_it_and_no_more_once_it_is_answered(cast, known, at_stage):
    for stage in ("submitted", "in_review", "ready"):
        at_stage(stage)
    promised = Article.objects.in_review().get().submissions.get().promised_by

    with clock.at(promised - timedelta(days=1, minutes=5)):
        assert "risk" not in counts(cast.edda)
    with clock.at(promised - timedelta(hours=23)):
        assert counts(cast.edda)["risk"] == 2
    with clock.at(promised + timedelta(days=3)):
        assert counts(cast.edda)["risk"] == 2


def test_second_eyes_are_somebody_elses(cast, known):
    take("retract", known, by=cast.sten, notice="Untrue.", says="the network")

    assert counts(cast.edda) == {"second": 1}
    assert counts(cast.sten) == {}


def test_the_oldest_says_since_when(cast, known):
    for days in (2, 9, 4):
        with clock.at(clock.now() - timedelta(days=days)):
            factories.make_piece_at("submitted", cast)

    (unclaimed,) = (counted for counted in queues.counted(cast.edda) if counted.queue.key == "unclaimed")

    assert (clock.now() - unclaimed.since).days == 9


def test_a_recused_editor_and_an_author_on_the_desk_find_no_piece_of_theirs_counted(client, cast, known, at_stage):
    take("recuse", at_stage("submitted", headline="Of a cousin."), by=cast.emil, note="My cousin's.")
    own = factories.make_piece(cast.axel, cast.section, headline="My own.")
    take("submit", own, by=cast.axel)

    assert counts(cast.edda) == {"unclaimed": 2}
    for person, left in ((cast.emil, {"My own."}), (cast.axel, {"Of a cousin."})):
        client.force_login(person)
        assert counts(person) == {"unclaimed": 1}
        assert listed(client, "unclaimed", "Of a cousin.", "My own.") == left
        assert listed(client, "everything", "Of a cousin.", "My own.") == left


# What holds an approved piece up


def hold(piece: Article, cast) -> None:
    Article.objects.filter(pk=piece.pk).update(is_on_legal_hold=True)


def comment(piece: Article, cast) -> None:
    conversation.say(piece, by=cast.edda, text="Who says so?", is_shared=False, is_blocking=True)


def embargo(piece: Article, cast) -> None:
    Article.objects.filter(pk=piece.pk).update(embargo_until=clock.now() + timedelta(days=9))


def identity(piece: Article, cast) -> None:
    Author.objects.filter(user=cast.ana).update(identity=Identity.PENDING)


def bio(piece: Article, cast) -> None:
    Author.objects.filter(user=cast.ana).update(bio_confirmed_at=clock.now() - timedelta(days=400))


def agreement(piece: Article, cast) -> None:
    factories.make_agreement()


def disclaimer(piece: Article, cast) -> None:
    factories.make_disclaimer()


def signature(piece: Article, cast) -> None:
    Byline.objects.create(article=piece, author=cast.bo.author, position=1, printed_name="Bo")


def checklist(piece: Article, cast) -> None:
    ChecklistItem.objects.create(key="newer", words="Nobody was asked in vain.", section=cast.section)


HOLDERS = (hold, comment, embargo, identity, bio, agreement, disclaimer, signature, checklist)


@pytest.mark.parametrize("how", ["tie", "recusal", "employer", "glass"])
def test_approval_of_somebody_who_cannot_judge_the_piece_holds_it_up(how, cast, at_stage):
    piece = at_stage("ready")
    if how == "tie":
        Tie.objects.create(author=cast.ana.author, user=cast.edda, kind="family")
    if how in ("recusal", "glass"):
        Recusal.objects.create(article=piece, user=cast.edda, reason="We are friends.")
    if how == "glass":
        BrokenGlass.objects.create(article=piece, user=cast.edda, reason="Nobody else is left.")
    if how == "employer":
        for user in (cast.ana, cast.edda):
            Employment.objects.create(user=user, employer="Harbour Board")

    found = blocked(cast.emil)

    assert found.get("approver", 0) == (how != "glass")
    assert ("approver" in found) == (guards.approver_still_stands(piece) is not None)


def test_high_risk_piece_with_one_approval_is_held_up_by_the_second(cast, at_stage):
    piece = at_stage("ready")
    risk.mark(piece, by=cast.emil, reason="It names a person.")

    assert blocked(cast.emil) == {"second": 1, "checklist": 1}
    factories.approve(piece, cast.emil)
    assert blocked(cast.emil) == {}


@pytest.mark.parametrize("how", ["opened again", "worded otherwise", "asked no more", "of another section"])
def test_checklist_holds_up_what_its_guard_would(how, cast, at_stage):
    piece, item = at_stage("ready"), ChecklistItem.objects.filter(is_high_risk_only=False).first()
    if how == "opened again":
        tick(piece, by=cast.edda, said={item.key: (State.OPEN, "One link is dead.")})
    if how == "worded otherwise":
        ChecklistItem.objects.filter(pk=item.pk).update(words="Every link leads somewhere.")
    if how == "asked no more":
        ChecklistItem.objects.filter(pk=item.pk).update(is_active=False)
    if how == "of another section":
        ChecklistItem.objects.create(key="newer", words="Scores are right.", section=factories.make_section("Sport"))

    assert (blocked(cast.edda) == {"checklist": 1}) == (guards.checklist_complete(piece) is not None)
    assert (blocked(cast.edda) == {}) == (how in ("asked no more", "of another section"))


@pytest.mark.parametrize("stage", ["ready", "scheduled"])
@pytest.mark.parametrize("holds", HOLDERS, ids=lambda holds: holds.__name__)
def test_what_holds_a_piece_up_is_named_as_its_guard_would(holds, stage, edda, cast, at_stage):
    piece = at_stage(stage, headline="Held up.")
    assert blocked(cast.edda) == {}

    holds(piece, cast)

    name = holds.__name__
    assert blocked(cast.edda) == {name: 1}
    assert counts(cast.edda)["blocked"] == 1
    assert queues.held_up([piece.pk]) == {piece.pk: [queues.BLOCKS[name]]}
    assert f"held up by {queues.BLOCKS[name]}" in edda.get(QUEUE).content.decode()
    for queue in ("blocked", f"blocked:{name}"):
        assert listed(edda, queue, "Held up.") == {"Held up."}
    other = "bio" if name != "bio" else "hold"
    assert listed(edda, f"blocked:{other}", "Held up.") == set()


def test_a_piece_that_lacks_nothing_is_not_blocked(cast, at_stage):
    piece = at_stage("ready")

    assert "blocked" not in counts(cast.edda)
    assert factories.workflow.lacking("publish", piece) == []


def test_a_piece_in_review_is_not_blocked(cast, at_stage):
    comment(at_stage("in_review"), cast)

    assert "blocked" not in counts(cast.edda)


# The pages


def test_the_index_shows_the_desk_its_queues_and_leads_to_each(edda, cast, at_stage):
    at_stage("submitted")
    hold(at_stage("ready"), cast)

    page = edda.get("/admin/").content.decode()

    for key in queues.BY_KEY:
        assert f"{QUEUE}?queue={key}" in page, key
    assert f'{QUEUE}?queue=blocked:hold">1 by legal hold' in page
    assert "/admin/authors/author/?bio=due" in page
    assert CALENDAR in page
    assert "Everything else" in page
    assert "/admin/authors/agreement/" in page


def test_the_index_counts_applications_and_bios(edda, cast):
    bio(None, cast)
    values = {"name": "Noor", "email": "noor@people.example", "place": "Here", "sample": "Words.", "why": "Because."}
    Application.objects.create(promised_by=clock.now(), **values)

    rows = {row["title"]: row for row in edda.get("/admin/").context["rows"]}

    assert (rows["Applications"]["number"], rows["Bios due"]["number"]) == (1, 1)
    ana = Author.objects.get(user=cast.ana)
    assert rows["Bios due"]["since"] == ana.bio_confirmed_at + timedelta(days=365)
    due = edda.get("/admin/authors/author/?bio=due").content.decode()
    assert "Ana Ruiz" in due
    assert "Bo Lindqvist" not in due


def test_the_index_of_somebody_who_is_not_on_the_desk_is_the_usual_one(client, cast, at_stage):
    at_stage("submitted")
    client.force_login(cast.root)

    page = client.get("/admin/").content.decode()

    assert "?queue=" not in page
    assert "/admin/auth/user/" in page
    client.force_login(cast.ana)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("address", ["/admin/", QUEUE, f"{QUEUE}?queue=blocked", f"{QUEUE}?q=gulls", CALENDAR])
def test_pages_take_as_many_queries_for_one_piece_as_for_thirty(address, edda, known, at_stage):
    at_stage("ready")
    at_stage("scheduled")
    edda.get(address)
    with CaptureQueriesContext(connection) as one:
        edda.get(address)
    for _ in range(14):
        at_stage("ready")
        at_stage("scheduled")
    with CaptureQueriesContext(connection) as thirty:
        edda.get(address)

    assert len(thirty) == len(one)


def test_the_list_is_searched_and_filtered_by_section(edda, cast, known, at_stage):
    at_stage("submitted", headline="About bells.")
    other = factories.make_section("Culture")
    Article.objects.filter(pk=at_stage("submitted", headline="About gulls.").pk).update(section=other)

    both = ("About bells.", "About gulls.")
    searched = edda.get(QUEUE, {"q": "bells"}).content.decode()
    sectioned = edda.get(QUEUE, {"section__id__exact": other.pk}).content.decode()

    assert [headline in searched for headline in both] == [True, False]
    assert [headline in sectioned for headline in both] == [False, True]


@pytest.mark.parametrize("queue", ["nonsense", "blocked:nonsense", "unclaimed:bio", ":", "%00"])
def test_a_made_up_queue_is_no_error(queue, edda, at_stage):
    at_stage("submitted")

    assert edda.get(f"{QUEUE}?queue={queue}").status_code == 200


# The list


def cell(client, column: str, query: str = "") -> str:
    """What the list's first row says in a column, without its tags."""
    page = client.get(QUEUE + query).text
    return strip_tags(re.search(rf'<td class="field-{column}[^>]*>(.*?)</td>', page)[1])


def test_the_list_says_by_how_much_a_promise_is_late(edda, at_stage):
    at_stage("submitted").submissions.update(promised_by=clock.now() - timedelta(days=2, hours=3))

    assert cell(edda, "promised").endswith(" UTC, late by 2\xa0days")


@pytest.mark.parametrize("stage", ["published", "declined"])
def test_the_list_says_of_a_piece_that_is_done_neither_who_has_it_nor_what_is_owed(stage, edda, known, at_stage):
    piece = at_stage(stage, headline="Done.")

    assert [cell(edda, column, f"?queue=everything&q={piece.slug}") for column in ("promised", "editor")] == ["", ""]


def test_the_list_says_that_nobody_has_a_piece_that_waits_and_that_it_has_no_section_yet(edda, at_stage):
    piece = at_stage("submitted")
    Article.objects.filter(pk=piece.pk).update(section=None)

    assert (cell(edda, "editor"), cell(edda, "section")) == ("nobody yet", "None chosen yet")
    assert edda.get(QUEUE).text.count(">None chosen yet</a>") == 2


def test_a_narrow_list_names_each_column_as_its_head_does(edda, at_stage):
    at_stage("submitted")
    sheet = Path(finders.find("css/queues.css")).read_text()
    head = r'<th scope="col" class="[^"]*column-(\w+)[^>]*>.*?<div class="text">(.*?)</div>'

    heads = re.findall(head, edda.get(QUEUE).text, re.DOTALL)
    names = {column: strip_tags(words) for column, words in heads if column != "headline"}

    assert set(names) == {"promised", "where", "editor", "by", "section"}
    for column, name in names.items():
        assert f'#result_list .field-{column}::before {{\n    content: "{name}: ";' in sheet


# The calendar


def test_the_calendar_shows_what_goes_out_and_what_ends_twice_and_says_the_zone(edda, cast, known, at_stage):
    moment = datetime(2031, 12, 24, 17, 0, tzinfo=UTC)
    take("schedule", at_stage("ready", headline="On Christmas Eve."), by=cast.pia, at=moment)
    held = at_stage("submitted", headline="Under embargo.")
    Article.objects.filter(pk=held.pk).update(embargo_until=moment.replace(day=2, hour=6))

    page = edda.get(f"{CALENDAR}?month=2031-12").content.decode()

    assert page.count("On Christmas Eve.") == 2
    assert page.count("Under embargo.") == 2
    assert "17:00 UTC" in page
    assert "Wednesday, 24 December" in page
    assert "?month=2031-11" in page
    assert "?month=2032-01" in page


def test_the_calendar_says_what_holds_a_scheduled_piece_up(edda, cast, at_stage):
    month = f"{CALENDAR}?month={at_stage('scheduled').scheduled_for:%Y-%m}"
    before = edda.get(month).text
    factories.make_disclaimer(text="Newer words.", line="Newer.")

    after = edda.get(month).text

    assert "held up by" not in before
    assert after.count(", held up by a newer disclaimer") == 2


def test_the_calendar_is_in_the_zone_of_whoever_looks(client, cast, at_stage):
    take("schedule", at_stage("ready"), by=cast.pia, at=datetime(2031, 12, 31, 23, 30, tzinfo=UTC))
    Author.objects.filter(user=cast.axel).update(time_zone="Europe/Berlin")
    client.force_login(cast.axel)

    for month in ("2032-01", "2031-12"):
        page = client.get(f"{CALENDAR}?month={month}").text
        assert page.count("00:30 CET") == 2
        assert "Thursday, 1 January" in page


def test_the_calendars_list_has_every_day_of_its_grid(edda, cast, known, at_stage):
    shown = {"Before.": datetime(2031, 11, 24, tzinfo=UTC), "Inside.": datetime(2031, 12, 1, tzinfo=UTC)}
    shown |= {"After.": datetime(2032, 1, 4, 23, tzinfo=UTC)}
    for headline, moment in (shown | {"Later.": datetime(2032, 1, 5, tzinfo=UTC)}).items():
        take("schedule", at_stage("ready", headline=headline), by=cast.pia, at=moment)

    november, december = (edda.get(f"{CALENDAR}?month=2031-{month}").text for month in (11, 12))

    assert [november.count(headline) for headline in ("Before.", "Inside.", "After.")] == [2, 0, 0]
    assert [december.count(headline) for headline in ("Before.", "Inside.", "After.", "Later.")] == [0, 2, 2, 0]
    assert "Sunday, 4 January" in december


def test_the_calendar_of_an_empty_month_says_how_it_is_filled(edda, cast):
    assert "A publisher schedules a piece" in edda.get(CALENDAR).content.decode()


@pytest.mark.parametrize("month", ["2031-13", "x", "2031", "2031-12-01", "0001-01", "99999-01", "%00"])
def test_a_month_that_is_none_is_not_found(month, edda, cast):
    assert edda.get(f"{CALENDAR}?month={month}").status_code == 404


def test_the_calendar_is_for_the_desk_and_shows_nothing_to_the_recused(client, cast, at_stage):
    piece = take("schedule", at_stage("ready"), by=cast.pia, at=datetime(2031, 12, 24, tzinfo=UTC))
    take("recuse", piece, by=cast.emil, note="My cousin's.")

    for person, answer in ((cast.root, 403), (cast.ana, 302), (cast.emil, 200)):
        client.force_login(person)
        response = client.get(f"{CALENDAR}?month=2031-12")
        assert response.status_code == answer
        assert piece.headline not in response.content.decode()


# What stops at a ceiling


def test_a_queue_over_the_ceiling_says_so_and_still_knows_its_oldest(edda, cast, known, monkeypatch):
    monkeypatch.setattr(queues, "MOST", 2)
    for days in (2, 4, 9):
        with clock.at(clock.now() - timedelta(days=days)):
            factories.make_piece_at("submitted", cast)

    (row,) = (row for row in edda.get("/admin/").context["rows"] if row["title"] == "Unclaimed")

    assert row["said"] == "over 2"
    assert (clock.now() - row["since"]).days == 9


def test_a_queue_at_the_ceiling_is_counted(edda, known, at_stage, monkeypatch):
    monkeypatch.setattr(queues, "MOST", 2)
    for _ in range(2):
        at_stage("submitted")

    (row,) = (row for row in edda.get("/admin/").context["rows"] if row["title"] == "Unclaimed")

    assert row["said"] == "2"


def test_blocks_are_looked_at_for_so_many_and_the_page_says_so(edda, cast, known, at_stage, monkeypatch):
    monkeypatch.setattr(queues, "MOST", 2)
    pieces = [at_stage("ready", headline=f"Held up {number}.") for number in range(3)]
    for piece in (pieces[0], pieces[2]):
        hold(piece, cast)

    page = edda.get("/admin/").content.decode()

    assert "at least 1<" in page
    assert "Looked at here: the 2 approved pieces with the lowest numbers. The list looks at all." in page
    assert listed(edda, "blocked", *(piece.headline for piece in pieces)) == {"Held up 0.", "Held up 2."}


def test_a_long_list_says_over_how_many_and_goes_on_where_somebody_is(edda, known, at_stage, monkeypatch):
    monkeypatch.setattr("editorial.admin.COUNTED", 2)
    monkeypatch.setattr("editorial.admin.QueueAdmin.list_per_page", 1)
    for _ in range(6):
        at_stage("submitted")

    first, third = (edda.get(QUEUE, query).content.decode() for query in ({}, {"p": "3"}))
    last = edda.get(QUEUE, {"p": "6"})

    assert "over 2 pieces" in first
    assert "over 4 pieces" in third
    assert "6 pieces" in last.content.decode()
    assert len(last.context["cl"].result_list) == 1


@pytest.mark.parametrize("number", ["0", "x", "-1", "99999999999999999999", "%00", "1.5"])
def test_a_page_that_is_none_is_no_error(number, edda, at_stage):
    at_stage("submitted")

    assert edda.get(f"{QUEUE}?p={number}").status_code in (200, 302)


def test_a_full_day_of_the_calendar_leads_to_the_rest(edda, cast, known, at_stage, monkeypatch):
    monkeypatch.setattr("editorial.month.MOST", 1)
    moment = datetime(2031, 12, 24, 17, 0, tzinfo=UTC)
    for hour, headline in enumerate(("At first.", "And then.", "At last.")):
        piece = at_stage("ready", headline=headline)
        take("schedule", piece, by=cast.pia, at=moment + timedelta(hours=hour))
    take("schedule", at_stage("ready", headline="A day on."), by=cast.pia, at=moment + timedelta(days=1))

    page = edda.get(f"{CALENDAR}?month=2031-12").content.decode()
    rest = edda.get(f"{QUEUE}?queue=everything&on=2031-12-24").content.decode()

    assert page.count("And then.") == 0
    assert page.count("and 2 more") == 2
    assert "?queue=everything&amp;on=2031-12-24" in page
    assert [word in rest for word in ("At first.", "And then.", "At last.", "A day on.")] == [True, True, True, False]
    assert "24 December 2031" in rest


@pytest.mark.parametrize("day", ["x", "2031-13-01", "0001-01-01", "99999-01-01", "%00", "9" * 5000])
def test_a_day_that_is_none_filters_nothing(day, edda, at_stage):
    at_stage("submitted", headline="Here.")

    page = edda.get(f"{QUEUE}?on={day}")

    assert page.status_code == 200
    assert "Here." in page.content.decode()


def test_a_search_finds_by_headline_address_and_byline_and_needs_every_word(edda, cast, known, at_stage):
    at_stage("submitted", headline="About bells.")
    at_stage("submitted", headline="About gulls.")

    def found(typed: str) -> set[str]:
        page = edda.get(QUEUE, {"q": typed}).content.decode()
        return {headline for headline in ("About bells.", "About gulls.") if headline in page}

    assert found("about-bells") == {"About bells."}
    assert found("ruiz gulls") == {"About gulls."}
    assert found("RUIZ") == {"About bells.", "About gulls."}
    assert found("bells gulls") == found("nobody") == set()
