"""Letters that a person at the desk writes: from a template, seen as they will arrive, and sent word for word."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import escape

from articles.models import Article
from authors.models import Application, Invitation
from editorial import joining, letters, notifications, post
from editorial.models import Comment, Letter, LetterKind, LetterTemplate
from network import clock
from network.models import Network
from tests import factories

STEPS = [("decline", "in_review"), ("ask_changes", "in_review"), ("kill", "ready")]


def step(piece: Article, name: str) -> str:
    return reverse("admin:desk_step", args=[piece.pk, name])


def template(kind: str, words: str = "{name}, “{title}” is not for {network}.") -> LetterTemplate:
    return LetterTemplate.objects.create(kind=kind, reason="A reason of ours", words=words)


@pytest.fixture
def edda(client, cast):
    client.force_login(cast.edda)
    return client


@pytest.fixture
def at_desk(at_stage, cast):
    """A function: a piece where this step is legal, with a comment that its author sees."""

    def reach(stage: str) -> Article:
        piece = at_stage(stage)
        Comment.objects.create(article=piece, writer=cast.edda, is_from_desk=True, text="Who told you?")
        return piece

    return reach


# Templates


def test_every_kind_has_several_templates_whose_placeholders_are_filled_in(cast):
    for kind in LetterKind:
        found = LetterTemplate.objects.filter(kind=kind)
        assert found.count() >= 3
        for row in found:
            row.full_clean()
            assert "{" not in row.filled(title="Gulls at six", name="Ana", network="The Signal")


@pytest.mark.parametrize("words", ["Dear {author},", "{title", "} {name}", "{title.__class__}", "{}"])
def test_template_with_another_placeholder_is_refused(db, words):
    with pytest.raises(ValidationError, match="are filled in"):
        LetterTemplate(kind="declined", reason="Odd", words=words).full_clean()


def test_template_fills_in_nothing_that_stands_in_a_headline():
    row = LetterTemplate(kind="declined", reason="Odd", words="On {title}, {name}.")

    assert row.filled(title="{name} and {network}", name="Ana", network="The Signal") == "On {name} and {network}, Ana."


def test_template_names_every_author_and_no_piece_under_embargo(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    assert letters.values_of(piece) == {"title": "Gulls at six", "name": "Ana and Bo"}

    piece.embargo_until = clock.now() + timedelta(days=1)
    assert letters.values_of(piece)["title"] == f"piece number {piece.pk}"


def test_template_is_changed_by_standards_alone(client, cast):
    row = template("declined")
    address = reverse("admin:editorial_lettertemplate_change", args=[row.pk])
    typed = {"kind": "declined", "reason": "Another reason", "words": "No.", "position": 0, "is_active": "on"}
    for who, reason in ((cast.edda, "A reason of ours"), (cast.sten, "Another reason")):
        client.force_login(who)
        client.post(address, typed)
        row.refresh_from_db()
        assert row.reason == reason


# The page of a step


@pytest.mark.parametrize("name, stage", STEPS)
def test_page_starts_from_the_chosen_template(edda, at_desk, name, stage):
    piece, row = at_desk(stage), template(letters.OF_STEP[name])

    offered = edda.get(step(piece, name)).content.decode()
    chosen = edda.get(step(piece, name), {"letter": row.pk}).content.decode()

    filled = escape("Ana, “Gulls at six” is not for The Signal.")
    assert f'href="?letter={row.pk}"' in offered
    assert filled not in offered
    assert chosen.count(filled) == 3  # in the field, and in both forms of the letter
    assert not piece.letters.filter(kind=letters.OF_STEP[name]).exists()


def test_page_offers_no_template_of_another_kind_or_that_is_switched_off(edda, at_desk):
    piece, other, off = at_desk("in_review"), template("killed"), template("declined")
    LetterTemplate.objects.filter(pk=off.pk).update(is_active=False)

    shown = edda.get(step(piece, "decline"), {"letter": other.pk}).content.decode()

    assert "is not for The Signal" not in shown
    assert f"?letter={off.pk}" not in shown


@pytest.mark.parametrize("name, stage", STEPS)
def test_preview_is_the_letter_word_for_word_and_sends_nothing(edda, at_desk, cast, name, stage):
    piece, kind = at_desk(stage), letters.OF_STEP[name]
    note = "We read it twice.\n\nSee https://signal.example/why and <b>think</b>."

    shown = edda.post(step(piece, name), {"note": note, "preview": "1"})

    piece.refresh_from_db()
    assert piece.stage == stage
    assert not piece.letters.filter(kind=kind).exists()
    assert "<b>think</b>" not in shown.content.decode()
    (seen,) = shown.context["drafts"]
    edda.post(step(piece, name), {"note": note})
    sent = piece.letters.get(kind=kind)
    assert (sent.subject, sent.body, sent.to) == (seen.subject, seen.body, seen.to)
    assert escape(sent.body.strip().splitlines()[0]) in shown.content.decode()


def test_preview_in_the_page_is_the_html_of_the_mail(edda, at_desk, cast):
    piece = at_desk("in_review")
    note = "See https://signal.example/why and <b>think</b>."

    shown = edda.post(step(piece, "decline"), {"note": note, "preview": "1"}).content.decode()
    edda.post(step(piece, "decline"), {"note": note})
    post.deliver.call(piece.letters.get(kind="declined").pk)

    html = mail.outbox[-1].alternatives[0][0]
    body = html.split("<body>")[1].split("</body>")[0].strip()
    assert body in shown


def test_preview_of_a_shared_piece_shows_a_letter_for_each_author(edda, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    factories.workflow.take("submit", piece, by=cast.ana)

    shown = edda.get(step(piece, "decline"))

    assert {draft.to for draft in shown.context["drafts"]} == {cast.ana, cast.bo}


@pytest.mark.parametrize("name, stage", [("decline", "in_review"), ("kill", "ready")])
def test_letter_that_says_nothing_is_not_sent(edda, at_desk, name, stage):
    piece = at_desk(stage)

    edda.post(step(piece, name), {"note": "  "})

    piece.refresh_from_db()
    assert piece.stage == stage


def test_step_without_a_letter_shows_none(edda, at_stage):
    shown = edda.get(step(at_stage("submitted"), "claim"))

    assert "drafts" not in shown.context
    assert 'name="preview"' not in shown.content.decode()


# Invitations and applications


@pytest.fixture
def application(cast) -> Application:
    said = {"place": "Ystad", "links": "", "sample": "The lamp turns.", "why": "I see far."}
    return joining.apply(name="Nina Sand", email="nina@elsewhere.example", **said)


def test_application_is_declined_from_a_template_with_a_preview(edda, application):
    row = template("application_declined", "{name}, not now. {network}")
    address = reverse("admin:application_decline", args=[application.pk])

    assert "Nina Sand, not now. The Signal" in edda.get(address, {"letter": row.pk}).content.decode()
    shown = edda.post(address, {"words": "Not this year.", "preview": "1"})
    application.refresh_from_db()
    assert application.decision == "pending"
    assert not Letter.objects.filter(kind="application_declined").exists()

    edda.post(address, {"words": "Not this year."})
    assert Letter.objects.get(kind="application_declined").body == shown.context["drafts"][0].body


def test_invitation_is_shown_with_its_words_and_without_its_key(edda, cast):
    row = template("invitation", "{name}, write for {network}.")
    typed = {"name": "Ivo Brand", "email": "ivo@elsewhere.example", "words": "{name}, write for The Signal."}
    address = reverse("admin:authors_invitation_add")

    assert "{name}, write for The Signal." in edda.get(address, {"letter": row.pk}).content.decode()
    shown = edda.post(address, typed | {"preview": "1"})
    assert not Invitation.objects.exists()

    edda.post(address, typed)
    sent = Letter.objects.get(kind="invitation")
    assert "Ivo Brand, write for The Signal." in sent.body
    assert shown.context["drafts"][0].body == sent.body.replace(post.KEY, "(their own address stands here)")


def test_draft_keeps_nothing(cast, draft):
    notifications.draft("killed", to=cast.ana, piece=draft, note="No.")

    assert not Letter.objects.exists()
    assert Network.objects.count() == 1
