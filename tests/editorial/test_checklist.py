"""The checklist: what is asked of a piece, and ticks that open again."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from editorial import checklist, workflow, writing
from editorial.models import ChecklistItem, RiskMark, Tick
from editorial.refusal import Refused
from editorial.workflow import take
from tests import factories
from tests.editorial.test_workflow import refusal, reread

ALL = factories.EVERY_ITEM + factories.OF_HIGH_RISK
QUEUE = "/admin/articles/article/?queue=second"


def url(name: str, piece: Article) -> str:
    return reverse(f"admin:{name}", args=[piece.pk])


def open_keys(piece: Article) -> set[str]:
    return {line.item.key for line in checklist.open_lines(reread(piece))}


def tick_all(piece: Article, by) -> None:
    checklist.tick(piece, by=by, said=dict.fromkeys(ALL, ("done", "")))


def said(piece: Article, **more) -> dict[str, str]:
    return {"seen": writing.working_hash(piece)} | {key.replace("_", "-"): value for key, value in more.items()}


@pytest.fixture
def piece(at_stage) -> Article:
    return at_stage("in_review")


@pytest.fixture
def risky(piece) -> Article:
    Article.objects.filter(pk=piece.pk).update(libel="yes", libel_detail="The mayor, in the second sentence")
    return reread(piece)


# What is asked


def test_asked_are_the_active_items_of_all_sections_and_of_its_own(piece, cast):
    other = factories.make_section("Science")
    for key, section in (("here", cast.section), ("there", other)):
        ChecklistItem.objects.create(key=key, words=f"It is right {key}.", section=section, position=50)
    ChecklistItem.objects.filter(key="minors").update(is_active=False)

    keys = [item.key for item in checklist.asked(piece)]

    assert keys == [key for key in factories.EVERY_ITEM if key != "minors"] + ["here"]


def test_asked_of_a_high_risk_piece_is_more(risky):
    assert [item.key for item in checklist.asked(risky)] == ALL


# Ticks


def test_ticks_of_two_editors_make_one_checklist(piece, cast):
    checklist.tick(piece, by=cast.emil, said=dict.fromkeys(factories.EVERY_ITEM[:4], ("done", "")))

    approved = take("approve", piece, by=cast.edda, checklist=factories.EVERY_ITEM[4:])

    assert approved.stage == "ready"
    assert [tick.by.username for tick in approved.ticks.order_by("pk")] == ["emil"] * 4 + ["edda"] * 6
    assert {tick.revision for tick in approved.ticks.all()} == {approved.revisions.latest("number")}


def test_approve_needs_no_tick_twice(piece, cast):
    tick_all(piece, cast.emil)

    approved = take("approve", piece, by=cast.edda)

    assert approved.stage == "ready"
    assert approved.ticks.filter(by=cast.edda).count() == 0
    assert set(approved.reviews.get(decision="approve").checklist) == set(factories.EVERY_ITEM)


def test_item_that_does_not_apply_holds_with_its_reason(piece, cast):
    tick_all(piece, cast.edda)
    checklist.tick(piece, by=cast.edda, said={"minors": ("na", "No child is in it.")})

    assert open_keys(piece) == set()
    assert piece.ticks.filter(key="minors").count() == 2


@pytest.mark.parametrize("state", ["na", "open"])
def test_tick_without_its_reason_is_refused(piece, cast, state):
    with pytest.raises(Refused, match="Say why"):
        checklist.tick(piece, by=cast.edda, said={"minors": (state, "  "), "links": ("done", "")})

    assert not Tick.objects.exists()


def test_newest_word_on_an_item_counts(piece, cast):
    tick_all(piece, cast.edda)

    checklist.tick(piece, by=cast.emil, said={"links": ("open", "The third link is dead.")})

    assert open_keys(piece) == {"links"}
    assert "links" in {line.item.key for line in checklist.open_lines(piece)}


@pytest.mark.parametrize("who", ["ana", "pia", "sten", "root", "axel"])
def test_tick_is_for_editors_who_are_no_authors(cast, who):
    piece = factories.make_piece(cast.ana, cast.section, cast.axel)
    take("submit", piece, by=cast.ana)

    with pytest.raises(Refused, match="Only an editor who is no author"):
        tick_all(piece, getattr(cast, who))

    assert not Tick.objects.exists()


def test_tick_of_somebody_recused_is_refused_also_by_the_database(piece, cast):
    tick_all(piece, cast.edda)
    take("recuse", piece, by=cast.emil, note="The mayor is my sister.")
    row = piece.ticks.first()

    with pytest.raises(Refused):
        tick_all(piece, cast.emil)
    with pytest.raises(DatabaseError), transaction.atomic():
        Tick.objects.create(article=piece, key="x", state="done", inputs={}, revision=row.revision, by=cast.emil)

    assert not Tick.objects.filter(by=cast.emil).exists()


def test_tick_of_a_text_that_was_not_on_the_screen_is_refused(piece, cast):
    seen = writing.working_hash(piece)
    factories.edit_by_desk(piece, cast.edda)

    with pytest.raises(Refused, match="The text changed while you were reading"):
        checklist.tick(piece, by=cast.edda, said={"links": ("done", "")}, seen=seen)

    assert not Tick.objects.exists()


# What opens an item again


@pytest.mark.parametrize(
    "changed, opened",
    [
        ({"headline": "Gulls at seven"}, {"headline", "libel", "reply", "minors"}),
        ({"dek": "An evening."}, {"headline", "libel"}),
        ({"ai_use": "assistive"}, {"ai"}),
        ({"label": "analysis"}, set()),
    ],
)
def test_item_opens_again_when_what_it_looks_at_changed(piece, cast, changed, opened):
    tick_all(piece, cast.edda)

    Article.objects.filter(pk=piece.pk).update(**changed)

    assert open_keys(piece) == opened


def test_item_holds_again_where_the_change_is_taken_back(piece, cast):
    tick_all(piece, cast.edda)
    headline = piece.headline

    Article.objects.filter(pk=piece.pk).update(headline="Other")
    assert open_keys(piece)
    Article.objects.filter(pk=piece.pk).update(headline=headline)

    assert open_keys(piece) == set()


def test_item_with_another_wording_opens_again(piece, cast):
    tick_all(piece, cast.edda)

    ChecklistItem.objects.filter(key="links").update(words="Every link was followed today.")

    assert open_keys(piece) == {"links"}


def test_tick_of_somebody_who_became_an_author_holds_nothing(piece, cast):
    tick_all(piece, cast.edda)

    piece.bylines.create(author=factories.make_author("Edda Desk", cast.edda), printed_name="Edda Desk")

    assert open_keys(piece) >= {"links", "headline", "embargo"}


# A template that grows


def test_new_item_holds_back_what_is_not_yet_published(cast, at_stage):
    ready, public = at_stage("ready"), at_stage("published")
    ChecklistItem.objects.create(key="tides", words="The tide table is right.", position=99)

    sentence = refusal("publish", ready, by=cast.pia)

    assert "The tide table is right." in sentence
    assert reread(public).standing == "live"


def test_new_item_is_ticked_on_its_page_and_the_piece_goes_on(cast, at_stage):
    ready = at_stage("ready")
    ChecklistItem.objects.create(key="tides", words="The tide table is right.", position=99)

    checklist.tick(ready, by=cast.emil, said={"tides": ("done", "")})

    assert take("publish", ready, by=cast.pia).stage == "published"


def test_scheduled_piece_with_an_open_item_is_held_when_its_time_comes(cast, at_stage):
    piece = at_stage("scheduled")
    ChecklistItem.objects.create(key="tides", words="The tide table is right.", position=99)

    with factories.clock.at(piece.scheduled_for):
        workflow.publish_due()

    piece = reread(piece)
    assert (piece.stage, piece.standing) == ("ready", "unpublished")
    assert "The tide table is right." in piece.trail.latest("seq").note


# Pages


@pytest.fixture
def edda(client, cast):
    client.force_login(cast.edda)
    return client


def test_checklist_page_keeps_what_is_ticked_and_leaves_the_rest(edda, piece, cast):
    edda.post(
        url("desk_checklist", piece),
        said(piece, links_state="done", minors_state="na", minors_reason="No child is in it."),
    )

    assert {(tick.key, tick.state, tick.by) for tick in piece.ticks.all()} == {
        ("links", "done", cast.edda),
        ("minors", "na", cast.edda),
    }
    shown = edda.get(url("desk_checklist", piece)).content.decode()
    assert "No child is in it." in shown
    assert "8 of 10 are open." in shown


def test_checklist_page_asks_for_the_reason_and_keeps_nothing(edda, piece):
    shown = edda.post(url("desk_checklist", piece), said(piece, links_state="done", minors_state="na")).content.decode()

    assert "Say why." in shown
    assert not Tick.objects.exists()


def test_checklist_page_of_another_text_keeps_nothing(edda, piece):
    edda.post(url("desk_checklist", piece), said(piece, links_state="done") | {"seen": "0" * 64})
    edda.post(url("desk_checklist", piece), {"links-state": "done"})

    assert not Tick.objects.exists()


@pytest.mark.parametrize("who", ["pia", "sten", "ana"])
def test_checklist_page_is_for_editors(client, cast, piece, who):
    client.force_login(getattr(cast, who))

    assert client.get(url("desk_checklist", piece)).status_code in (302, 403)
    client.post(url("desk_checklist", piece), said(piece, links_state="done"))
    client.post(url("desk_risk", piece), {"reason": "It names a minister."})

    assert not Tick.objects.exists()
    assert not RiskMark.objects.exists()


def test_checklist_page_marks_a_piece_as_high_risk(edda, piece):
    edda.post(url("desk_risk", piece), {"reason": "It names a minister."})

    assert piece.risk_marks.get().reason == "It names a minister."
    assert "It names a minister." in edda.get(url("articles_article_change", piece)).content.decode()


def test_approve_page_asks_only_for_what_is_open(edda, piece, cast):
    tick_all(piece, cast.emil)
    checklist.tick(piece, by=cast.emil, said={"links": ("open", "The third link is dead.")})

    shown = edda.get(reverse("admin:desk_step", args=[piece.pk, "approve"])).content.decode()

    assert shown.count('name="checklist"') == 1
    assert "emil" in shown
    assert "The third link is dead." in shown


def test_desk_shows_what_waits_for_second_eyes(client, cast, at_stage, risky):
    plain = at_stage("ready", headline="Nothing to fear")
    take("approve", risky, by=cast.edda, checklist=ALL)
    approve = reverse("admin:desk_step", args=[risky.pk, "approve"])
    for who, may in ((cast.edda, False), (cast.emil, True)):
        client.force_login(who)
        queue = client.get(QUEUE).content.decode()
        assert (risky.headline in queue) is may  # the eyes that are waited for are somebody else's
        assert plain.headline not in queue
        shown = client.get(url("articles_article_change", risky)).content.decode()
        assert "Waits for second eyes" in shown
        assert (approve in shown) is may

    take("approve", reread(risky), by=cast.emil)

    assert risky.headline not in client.get(QUEUE).content.decode()


def test_checklist_page_takes_as_many_queries_for_one_item_as_for_thirty(edda, piece):
    ChecklistItem.objects.exclude(key="links").update(is_active=False)
    edda.get(url("desk_checklist", piece))
    with CaptureQueriesContext(connection) as one:
        edda.get(url("desk_checklist", piece))
    for number in range(29):
        ChecklistItem.objects.create(key=f"item-{number}", words=f"Item {number} is right.")
    with CaptureQueriesContext(connection) as thirty:
        edda.get(url("desk_checklist", piece))

    assert len(thirty) == len(one)


# The template, in the admin


def test_template_is_edited_by_standards_alone(client, cast):
    item = ChecklistItem.objects.get(key="links")
    address = reverse("admin:editorial_checklistitem_change", args=[item.pk])
    typed = {"words": "Each link was followed.", "looks_at": ["body", "byline"], "position": 4, "is_active": "on"}
    for who, words in ((cast.edda, item.words), (cast.sten, typed["words"])):
        client.force_login(who)
        client.post(address, typed)
        item.refresh_from_db()
        assert (item.words, item.key) == (words, "links")
    assert (
        client.post(reverse("admin:editorial_checklistitem_delete", args=[item.pk]), {"post": "yes"}).status_code == 403
    )
    assert ChecklistItem.objects.filter(pk=item.pk).exists()
