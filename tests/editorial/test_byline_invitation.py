"""Being asked to share a byline: asked by an author, credited once accepted, or declined, or taken back."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from articles.models import Article
from authors.models import Agreement, Author, Invitation, Status
from editorial import byline, guards, writing
from editorial.models import Letter
from editorial.post import KEY
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_byline import FORBIDDEN, OPEN, STAGES, ask, letters, names, refused
from tests.editorial.test_workflow import refusal, reread

# Asking


def test_ask_credits_nobody_yet(cast, draft):
    before = writing.working_hash(draft)

    asked = ask(draft, cast.ana, name=" Bo \n Lindqvist ")

    assert (asked.answer, asked.name, asked.invited_by) == ("pending", "Bo Lindqvist", cast.ana)
    assert names(draft) == ["Ana Ruiz"]
    assert writing.working_hash(reread(draft)) == before


def test_ask_writes_to_the_account_that_has_proved_the_address(cast, draft):
    ask(draft, cast.ana, email="BO@People.example")

    letter = draft.letters.get()
    assert (letter.kind, letter.to, letter.invitation) == ("byline_asked", cast.bo, None)
    assert letter.subject == "Ana Ruiz asks you to share a byline: Gulls at six"
    assert reverse("editorial:bylines") in letter.body
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("why", ["no account", "not verified", "not active", "no author record"])
def test_ask_invites_an_address_that_nobody_writes_under(why, cast, draft):
    email = {"no account": "new@people.example", "no author record": "emil@people.example"}.get(why, cast.bo.email)
    if why == "not verified":
        EmailAddress.objects.filter(user=cast.bo).update(verified=False)
    if why == "not active":
        cast.bo.is_active = False
        cast.bo.save()

    ask(draft, cast.ana, email=email, name="Noor Aziz")

    letter, invitation = draft.letters.get(), Invitation.objects.get()
    assert (letter.kind, letter.to, letter.address) == ("byline_invited", None, email)
    assert letter.invitation == invitation
    assert (invitation.email, invitation.name, invitation.invited_by) == (email, "Noor Aziz", cast.ana)
    assert letter.body.count(KEY) == 1
    assert "Hello Noor Aziz," in letter.body


def test_ask_uses_an_open_invitation_again(cast, draft):
    open_one = Invitation.objects.create(email="New@people.example", name="Noor", invited_by=cast.edda)

    ask(draft, cast.ana, email="new@people.example")

    assert Invitation.objects.get() == open_one
    assert draft.letters.get().invitation == open_one


def test_ask_puts_a_new_invitation_in_the_place_of_an_expired_one(cast, draft):
    past = clock.now() - timedelta(days=1)
    old = Invitation.objects.create(email="new@people.example", name="Noor", invited_by=cast.edda, expires_at=past)

    ask(draft, cast.ana, email="new@people.example")

    old.refresh_from_db()
    assert old.revoked_by == cast.ana
    assert draft.letters.get().invitation.is_open


def test_letters_about_an_embargoed_piece_say_nothing_of_it(cast, draft):
    Article.objects.filter(pk=draft.pk).update(embargo_until=clock.now() + timedelta(days=3))

    asked = ask(draft, cast.ana)
    ask(draft, cast.ana, email="new@people.example")
    byline.accept(asked, cast.bo)

    assert len(letters(draft)) == 3
    for letter in draft.letters.all():
        assert "Gulls" not in letter.subject + letter.body
        assert letter.address or f"piece number {draft.pk}" in letter.body  # a stranger is not told what it is about


@pytest.mark.parametrize("username", ["bo", "axel", "edda", "pia", "root"])
def test_ask_is_an_authors_own(username, cast, draft):
    refused("Only an author of the piece changes its byline", ask, draft, getattr(cast, username), email="x@x.example")


def test_ask_by_a_barred_author_is_refused(cast, draft):
    Author.objects.filter(user=cast.ana).update(status=Status.SUSPENDED)
    ana = type(cast.ana).objects.get(pk=cast.ana.pk)

    refused("Ana Ruiz is suspended", ask, draft, ana)


@pytest.mark.parametrize("stage", STAGES)
def test_ask_is_possible_only_while_the_text_is_with_its_authors(stage, cast, at_stage):
    piece = at_stage(stage)

    if stage in OPEN:
        assert ask(piece, cast.ana).answer == "pending"
    else:
        refused(FORBIDDEN, ask, piece, cast.ana)


def test_the_byline_of_what_readers_had_stays_as_it_is(cast, at_stage):
    piece = take("amend", at_stage("published"), by=cast.ana)

    assert piece.stage == "draft"
    refused(FORBIDDEN, ask, piece, cast.ana)


def test_ask_refuses_who_is_on_the_byline_already(cast, shared):
    refused("You are on the byline already", ask, shared, cast.ana, email="ANA@people.example")
    refused("Bo Lindqvist is on the byline already", ask, shared, cast.ana)


def test_ask_refuses_an_address_that_is_asked_already(cast, draft, asked):
    refused("This address has been asked already", ask, draft, cast.ana, email="Bo@people.example")


def test_ask_stops_at_five_who_have_not_answered(cast, draft):
    for number in range(5):
        ask(draft, cast.ana, email=f"{number}@people.example")

    refused("5 people have not answered yet", ask, draft, cast.ana)


def test_ask_stops_at_ten_authors(cast, draft):
    for number in range(9):
        factories.share(draft, cast.ana, factories.make_contributor(f"c{number}", f"Author {number}"))

    refused("A byline has room for 10 authors", ask, draft, cast.ana)
    assert draft.bylines.count() == 10


# Accepting


def test_accept_prints_the_person_last_as_they_are_today(cast, draft, asked):
    count = draft.revisions.count()

    byline.accept(asked, cast.bo)

    asked.refresh_from_db()
    last = draft.bylines.last()
    assert (asked.answer, asked.author) == ("accepted", cast.bo.author)
    assert asked.answered_at is not None
    assert names(draft) == ["Ana Ruiz", "Bo Lindqvist"]
    assert (last.bio, last.links, last.disclosure) == ("Bo Lindqvist writes.", cast.bo.author.follow_links(), "")
    assert draft.revisions.count() == count + 1
    assert draft.revisions.first().names == "Ana Ruiz and Bo Lindqvist"
    assert letters(draft)[-1] == ("byline_accepted", "ana")


def test_accept_voids_the_signatures_under_the_text_before(cast, at_stage):
    piece = at_stage("changes_requested")
    assert guards.unsigned(piece) == []

    byline.accept(ask(piece, cast.ana), cast.bo)

    assert guards.unsigned(reread(piece)) == ["Ana Ruiz", "Bo Lindqvist"]


def test_accept_is_for_the_address_that_was_asked(cast, asked):
    refused("This invitation went to another address", byline.accept, asked, cast.axel)


def test_accept_needs_the_address_to_be_verified(cast, asked):
    EmailAddress.objects.filter(user=cast.bo).update(verified=False)

    refused("This invitation went to another address", byline.accept, asked, cast.bo)


def test_an_address_with_a_wildcard_is_not_another_address(cast, draft):
    EmailAddress.objects.filter(user=cast.bo).update(email="b_o@people.example")
    asked = ask(draft, cast.ana, email="bxo@people.example")
    EmailAddress.objects.filter(user=cast.axel).update(email="%@people.example")

    refused("This invitation went to another address", byline.accept, asked, cast.bo)
    refused("This invitation went to another address", byline.accept, asked, cast.axel)


def test_accept_does_not_mind_capitals(cast, draft):
    asked = ask(draft, cast.ana, email="Bo@People.Example")

    byline.accept(asked, cast.bo)

    assert names(draft) == ["Ana Ruiz", "Bo Lindqvist"]


def test_accept_needs_an_author_record(cast, draft):
    refused("no author record yet", byline.accept, ask(draft, cast.ana, email=cast.emil.email), cast.emil)


def test_accept_by_a_barred_author_is_refused(cast, asked):
    cast.bo.author.status = Status.FABRICATED
    cast.bo.author.save()

    refused("Bo Lindqvist is fabricated", byline.accept, asked, cast.bo)


def test_accept_by_somebody_who_shares_the_byline_already_is_refused(cast, draft, asked):
    EmailAddress.objects.create(user=cast.bo, email="bo@home.example", verified=True)
    second = ask(draft, cast.ana, email="bo@home.example")
    byline.accept(asked, cast.bo)

    refused("You are on the byline already", byline.accept, second, cast.bo)


def test_accept_is_not_possible_while_the_piece_is_with_nobody(cast, draft, asked):
    take("withdraw", draft, by=cast.ana)

    refused(FORBIDDEN, byline.accept, asked, cast.bo)

    take("reopen", draft, by=cast.ana)
    byline.accept(asked, cast.bo)
    assert names(draft) == ["Ana Ruiz", "Bo Lindqvist"]


@pytest.mark.parametrize("answer", ["accept", "decline", "take_back"])
@pytest.mark.parametrize("earlier", ["accept", "decline", "take_back"])
def test_an_invitation_is_answered_once(earlier, answer, cast, asked):
    who = {"accept": cast.bo, "decline": cast.bo, "take_back": cast.ana}
    getattr(byline, earlier)(asked, who[earlier])

    refused("answered or taken back already", getattr(byline, answer), asked, who[answer])


def test_an_editor_who_shares_a_byline_no_longer_decides_on_the_piece(cast, at_stage, edit_author):
    piece = at_stage("changes_requested")
    assert piece.submissions.get().claimed_by == cast.edda
    Agreement.objects.in_force().accept(edit_author, by=cast.edda)

    byline.accept(ask(piece, cast.ana, email=cast.edda.email), cast.edda)
    factories.declare(piece, cast.edda)
    take("submit", piece, by=cast.ana)

    assert "You are an author of this piece" in refusal("claim", piece, by=cast.edda)
    take("claim", piece, by=cast.emil)
    for step in ("approve", "ask_changes", "decline", "release"):
        assert "You are an author of this piece" in refusal(step, piece, by=cast.edda)


# Declining, taking back


def test_decline_leaves_the_piece_as_it_is(cast, draft, asked):
    before = writing.working_hash(draft)

    byline.decline(asked, cast.bo)

    asked.refresh_from_db()
    assert (asked.answer, asked.author) == ("declined", None)
    assert writing.working_hash(reread(draft)) == before
    assert letters(draft)[-1] == ("byline_declined", "ana")
    assert ask(draft, cast.ana).answer == "pending"


def test_decline_is_for_the_address_that_was_asked(cast, asked):
    refused("This invitation went to another address", byline.decline, asked, cast.ana)


def test_take_back_tells_the_account_that_was_asked(cast, draft, asked):
    byline.take_back(asked, cast.ana)

    asked.refresh_from_db()
    assert asked.answer == "revoked"
    assert letters(draft)[-1] == ("byline_taken_back", "bo")
    refused("answered or taken back already", byline.accept, asked, cast.bo)


def test_take_back_is_any_authors_and_nobody_elses(cast, shared, edit_author):
    asked = ask(shared, cast.ana, email="new@people.example")
    for person in (cast.axel, cast.edda, cast.root):
        refused("Only an author of the piece", byline.take_back, asked, person)

    byline.take_back(asked, cast.bo)

    asked.refresh_from_db()
    assert asked.answer == "revoked"


def test_take_back_closes_the_way_in_that_was_opened_for_it(cast, draft):
    asked = ask(draft, cast.ana, email="new@people.example")

    byline.take_back(asked, cast.ana)

    assert Invitation.objects.get().revoked_by == cast.ana
    assert letters(draft) == [("byline_invited", "new@people.example")]


@pytest.mark.parametrize("reason", ["another byline", "the desk's own"])
def test_take_back_leaves_a_way_in_that_is_still_good_for_something(reason, cast, draft):
    if reason == "another byline":
        ask(factories.make_piece(cast.axel, cast.section), cast.axel, email="New@people.example")
    else:
        Invitation.objects.create(email="new@people.example", name="Noor", invited_by=cast.edda)
        desks = Letter.objects.create(address="new@people.example", kind="invited", subject="Come", body="Come.")
        Letter.objects.filter(pk=desks.pk).update(invitation=Invitation.objects.get())
    asked = ask(draft, cast.ana, email="new@people.example")

    byline.take_back(asked, cast.ana)

    assert Invitation.objects.get().is_open


def test_answers_are_not_told_to_an_author_who_has_left(cast, shared):
    asked = ask(shared, cast.bo, email=cast.axel.email, name="Axel")
    byline.leave(shared, cast.bo)

    byline.accept(asked, cast.axel)

    assert names(shared) == ["Ana Ruiz", "Axel Both"]
    assert "byline_accepted" not in dict(letters(shared))
