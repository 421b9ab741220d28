"""What a letter about a piece under embargo says, as a mail server gets it: nothing of what the piece says."""

from datetime import timedelta
from functools import partial

import pytest

from articles.models import Article
from authors.models import Author, Mail
from editorial import byline, checkout, conversation, notifications, post, reminders, workflow
from editorial.models import Letter
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_post import mail_to, postbox  # noqa: F401 - fixtures

CANARY = "kanarie"
WORDS = {name: f"{CANARY} {name}" for name in ("headline", "dek", "body")}


@pytest.fixture
def secret(cast):
    """A piece under embargo with the canary in every field, at the desk."""
    answers = factories.NO_INTERESTS | {"money": {"yes": True, "detail": f"{CANARY} money"}}
    piece = factories.make_piece(cast.ana, cast.section, **WORDS)
    factories.declare(piece, cast.ana, answers=answers)
    Article.objects.filter(pk=piece.pk).update(embargo_until=clock.now() + timedelta(days=90))
    return take("claim", take("submit", piece, by=cast.ana), by=cast.edda)


def go_through_all(piece: Article, cast) -> None:
    """Every step and comment that owes a letter while the embargo holds, its words with the canary."""
    note = {"note": f"{CANARY} note"}
    conversation.say(piece, by=cast.edda, text=f"{CANARY} comment", quote=f"{CANARY} body")
    conversation.say(piece, by=cast.ana, text=f"{CANARY} answer", quote=f"{CANARY} body")
    piece = take("ask_changes", piece, by=cast.edda, **note)
    share_the_byline(piece, cast)
    piece = take("claim", take("submit", piece, by=cast.ana), by=cast.edda)
    piece = lend(piece, cast)
    piece = factories.approve(factories.edit_by_desk(piece, cast.edda, f"{CANARY} edited\n"), cast.edda)
    for days in (2.5, 4.5):
        with clock.at(clock.now() + timedelta(days=days)):
            reminders.send()
    piece = take("suggest", piece, by=cast.ana, **note)
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana, **note)
    notifications.write(["held"], piece, f"{CANARY} reason")
    Author.objects.filter(user=cast.ana).update(mail=Mail.DIGEST)
    conversation.say(piece, by=cast.edda, text=f"{CANARY} digest", quote=f"{CANARY} edited")
    with clock.at(clock.now() + timedelta(days=2)):
        reminders.send()
    stand_in_and_drop(piece, cast)


def share_the_byline(piece: Article, cast) -> None:
    """Every answer that somebody can give who is asked to share the byline."""
    ask = partial(byline.ask, piece, email=cast.bo.email, name="Bo", by=cast.ana)
    byline.decline(ask(), cast.bo)
    byline.take_back(ask(), cast.ana)
    byline.accept(ask(), cast.bo)
    byline.leave(piece, cast.bo)
    byline.take_back(byline.ask(piece, email="noor@people.example", name="Noor", by=cast.ana), cast.ana)


def lend(piece: Article, cast) -> Article:
    """One editor loses the text by force and hands the piece to the other, who leaves it alone; and the first takes up
    both again."""
    checkout.take(piece, by=cast.edda)
    piece = take("check_in", piece, by=cast.sten, note=f"{CANARY} reason")
    piece = take("hand_over", piece, by=cast.edda, to=cast.emil, note=f"{CANARY} word")
    with clock.at(clock.now() + timedelta(days=8)):
        (piece,) = workflow.lapse_claims()
    piece = take("claim", piece, by=cast.edda)
    checkout.take(piece, by=cast.edda)
    return piece


def stand_in_and_drop(piece: Article, cast) -> None:
    """The author does not answer a second proof, standards sign for them, and the desk drops the piece."""
    piece = take("edit", piece, by=cast.edda, changes={"body": f"{CANARY} edited again\n"})
    piece = factories.approve(piece, cast.edda)
    for days in (2.5, 4.5):
        with clock.at(clock.now() + timedelta(days=days)):
            reminders.send()
            post.sweep()
    piece = take("override", piece, by=cast.sten, note=f"{CANARY} reason")
    take("kill", piece, by=cast.edda, note=f"{CANARY} reason")


def test_no_letter_says_what_a_piece_under_embargo_says(secret, cast, postbox):  # noqa: F811
    go_through_all(secret, cast)
    take("decline", take("submit", take("reopen", secret, by=cast.ana), by=cast.ana), by=cast.edda, note=CANARY)
    with clock.at(clock.now() + timedelta(days=10)):
        post.sweep()

    sent = {letter.message["Message-ID"]: letter.message for letter in postbox.letters}
    kinds = set(Letter.objects.values_list("kind", flat=True))
    assert len(sent) == Letter.objects.count()
    assert kinds == set(notifications.SUBJECTS) - OF_PUBLIC_PIECES - OF_READERS - OTHERS
    for message in sent.values():
        words = message["Subject"] + "".join(part.get_content() for part in message.iter_parts())
        assert CANARY not in words.lower()


OF_PUBLIC_PIECES = {"announced", "published", "challenged", "cleared", "retracted", "reinstated", "removed", "merged"}
OTHERS = {
    "password_reset",
    "bio_due",
    "applied",
    "applied_again",
    "application",
    "application_declined",
    "invitation",
}  # about no piece
OF_READERS = {kind for kind in notifications.SUBJECTS if kind.startswith(("letter_", "fix_"))}  # of public pieces


def test_a_letter_with_very_long_lines_and_other_alphabets_arrives_whole(cast, at_stage, postbox):  # noqa: F811
    words = "Γλάροι " * 400 + "naïve “Möwen”"
    piece = at_stage("in_review")
    conversation.say(piece, by=cast.edda, text=words)

    with clock.at(clock.now() + timedelta(minutes=1)):
        post.sweep()

    taken = next(letter.message for letter in postbox.letters if "comment" in letter.message["Subject"])
    assert all(words in " ".join(part.get_content().split()) for part in taken.iter_parts())
    assert max(len(line) for line in taken.as_bytes().splitlines()) <= 998  # RFC 5322, 2.1.1


def test_a_comment_makes_no_header(cast, at_stage, postbox):  # noqa: F811
    Article.objects.filter(pk=(piece := at_stage("in_review")).pk).update(headline="Gulls\r\nBcc: x@people.example")
    Author.objects.filter(user=cast.ana).update(name="Ana\nBcc: y@people.example")
    conversation.say(piece, by=cast.edda, text="Hello\r\n.\r\nMAIL FROM:<z@people.example>\r\n.")
    conversation.say(piece, by=cast.ana, text="Hello.")

    with clock.at(clock.now() + timedelta(minutes=1)):
        post.sweep()

    assert len(postbox.letters) == Letter.objects.count()
    assert {address for letter in postbox.letters for address in letter.to} == {
        "ana@people.example",
        "edda@people.example",
    }
    assert [letter.message["Bcc"] for letter in postbox.letters if letter.message["Bcc"]] == []
