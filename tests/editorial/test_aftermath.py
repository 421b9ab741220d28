"""What happens to a piece after readers have it: challenged, retracted, removed, merged; and a signature by standards."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from articles.models import Article, Notice
from editorial import guards, trail
from editorial.models import Event, Letter, Override, Proposal
from editorial.notifications import owe
from editorial.workflow import Refused, steps_for, take
from network import clock
from tests import factories

WHY = "Two of its figures were made up."
RETRACTION = {"notice": WHY, "says": "the network"}


@pytest.fixture
def piece(at_stage):
    return at_stage("published")


def retracted(piece: Article, cast, **more) -> Article:
    take("retract", piece, by=cast.sten, **RETRACTION | more)
    return take("retract", piece, by=cast.edda, proposal=Proposal.objects.open().get().pk)


def removed(piece: Article, cast, basis: str = "privacy") -> Article:
    take("remove", piece, by=cast.sten, notice="It named a child.", basis=basis)
    return take("remove", piece, by=cast.pia, proposal=Proposal.objects.open().get().pk)


def merged(piece: Article, into: Article, cast) -> Article:
    take("merge", piece, by=cast.sten, notice="The same story.", into=into)
    return take("merge", piece, by=cast.edda, proposal=Proposal.objects.open().get().pk)


def standing_of(piece: Article) -> str:
    return Article.objects.get(pk=piece.pk).standing


# Challenge


def test_challenge_marks_a_piece_and_leaves_its_text(client, cast, piece):
    take("challenge", piece, by=cast.sten, notice="A figure is being checked.")

    answer = client.get(piece.get_absolute_url())
    assert standing_of(piece) == "under_review"
    assert "A figure is being checked." in answer.text
    assert "The harbour was quiet" in answer.text
    assert "noindex" in answer.text
    assert piece.headline not in client.get("/articles/").text
    assert Letter.objects.filter(kind="challenged", to=cast.ana).count() == 1


def test_challenge_without_a_note_for_readers_is_refused(cast, piece):
    with pytest.raises(Refused, match="public note"):
        take("challenge", piece, by=cast.sten, notice="  ")

    assert standing_of(piece) == "live"
    assert not Notice.objects.exists()


def test_clear_lists_the_piece_again(client, cast, piece):
    take("challenge", piece, by=cast.sten, notice="A figure is being checked.")
    take("clear", piece, by=cast.sten, notice="The figure is right.")

    assert standing_of(piece) == "live"
    assert piece.headline in client.get("/articles/").text
    assert [notice.kind for notice in piece.notices.order_by("pk")] == ["challenge", "clear"]
    assert list(trail.verify()) == []


@pytest.mark.parametrize("name", ["ana", "edda", "pia", "root", "bo"])
def test_challenge_is_for_standards(name, cast, piece):
    with pytest.raises(Refused):
        take("challenge", piece, by=getattr(cast, name), notice="Doubtful.")

    assert standing_of(piece) == "live"


# Two people


def test_retract_is_proposed_by_one_and_done_by_another(client, cast, piece):
    proposed = take("retract", piece, by=cast.sten, **RETRACTION)

    assert proposed.standing == "live"
    assert WHY not in client.get(piece.get_absolute_url()).text

    done = take("retract", piece, by=cast.edda, proposal=Proposal.objects.open().get().pk)

    answer = client.get(piece.get_absolute_url())
    assert done.standing == "retracted"
    assert answer.status_code == 200
    assert WHY in answer.text
    assert "Retracted by the network." in answer.text
    assert "The harbour was quiet" in answer.text
    assert "noindex" in answer.text
    assert list(Event.objects.filter(article=piece).order_by("-seq").values_list("step", flat=True)[:2]) == [
        "retract",
        "propose",
    ]
    assert list(trail.verify()) == []


def test_note_that_closes_a_review_is_promised_where_readers_find_it(client, cast, piece):
    take("challenge", piece, by=cast.sten, notice="A figure is being checked.")
    client.force_login(cast.sten)
    form = client.get(f"/admin/articles/article/{piece.pk}/steps/clear/").text
    take("clear", piece, by=cast.sten, notice="The figure holds.")

    page = client.get(piece.get_absolute_url()).text
    assert "It stands, dated, above the text of the piece, and where readers see how it got here." in form
    assert "The review of this piece is closed" in page
    assert "The figure holds." in page
    assert "A figure is being checked." not in page
    assert "The figure holds." in client.get(f"{piece.get_absolute_url()}how/").text


def test_desk_offers_the_second_person_only_what_is_proposed(client, cast, piece):
    address = f"/admin/articles/article/{piece.pk}/"
    take("retract", piece, by=cast.sten, **RETRACTION)
    client.force_login(cast.edda)

    page = client.get(f"{address}change/").text

    offered = [step for step in ("retract", "remove", "merge") if f"{address}steps/{step}/" in page]
    assert offered == ["retract"]


def test_desk_says_that_a_retraction_is_proposed_before_it_is_done(client, cast, piece):
    address = f"/admin/articles/article/{piece.pk}/steps/retract/"
    client.force_login(cast.sten)
    proposed = client.post(address, RETRACTION | {"keeps_text": "yes"}, follow=True).text
    client.force_login(cast.edda)
    done = client.post(address, {"proposal": Proposal.objects.open().get().pk}, follow=True).text

    assert "Retract: proposed." in proposed
    assert "Retract: done" not in proposed
    assert "Retract: done. Readers see it marked as retracted." in done


def test_desk_says_what_readers_see_once_a_piece_is_gone(client, cast, piece, at_stage):
    address = f"/admin/articles/article/{piece.pk}/steps/"
    other = at_stage("published", headline="Terns at seven")
    merged = f"/admin/articles/article/{other.pk}/steps/merge/"
    take("remove", piece, by=cast.sten, notice="It named a child.", basis="privacy")
    take("merge", other, by=cast.sten, notice="The same news.", into=at_stage("published", headline="Gulls at eight"))
    client.force_login(cast.edda)

    removed = client.post(f"{address}remove/", {"proposal": piece.proposals.open().get().pk}, follow=True).text
    gone = client.post(merged, {"proposal": other.proposals.open().get().pk}, follow=True).text

    assert "Remove: done. Readers are told that it was removed." in removed
    assert "Merge into another piece: done. Its address leads to “Gulls at eight”." in gone


def test_retract_is_not_done_by_whoever_proposed_it(cast, piece):
    take("retract", piece, by=cast.sten, **RETRACTION)

    with pytest.raises(Refused):
        take("retract", piece, by=cast.sten, proposal=Proposal.objects.open().get().pk)

    assert standing_of(piece) == "live"
    assert "retract" not in {step.name for step in steps_for(piece, cast.sten)}
    assert "retract" in {step.name for step in steps_for(piece, cast.edda)}


def test_retract_by_an_author_on_the_desk_is_refused(cast, piece):
    take("retract", piece, by=cast.sten, **RETRACTION)
    cast.ana.groups.set(cast.edda.groups.all())

    with pytest.raises(Refused):
        take("retract", piece, by=cast.ana, proposal=Proposal.objects.open().get().pk)

    assert standing_of(piece) == "live"


def test_retract_is_confirmed_only_as_it_was_read(cast, piece):
    take("retract", piece, by=cast.sten, **RETRACTION)
    read = Proposal.objects.open().get().pk
    take("recall", piece, by=cast.sten)
    take("retract", piece, by=cast.sten, **RETRACTION | {"notice": "Quite another reason."})

    for proposal in (read, None):
        with pytest.raises(Refused, match="proposed this already"):
            take("retract", piece, by=cast.edda, proposal=proposal)

    assert standing_of(piece) == "live"


def test_confirming_what_was_taken_back_does_nothing(cast, piece):
    take("retract", piece, by=cast.sten, **RETRACTION)
    read = Proposal.objects.open().get().pk
    take("recall", piece, by=cast.sten)

    with pytest.raises(Refused):
        take("retract", piece, by=cast.edda, proposal=read)

    assert standing_of(piece) == "live"
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "step, asked, sentence",
    [
        ("retract", {"notice": "", "says": "the network"}, "public note"),
        ("retract", {"notice": WHY, "says": ""}, "who retracts"),
        ("remove", {"notice": WHY, "basis": ""}, "on what basis"),
        ("remove", {"notice": WHY, "basis": "because"}, "on what basis"),
        ("merge", {"notice": WHY, "into": None}, "another piece that is live"),
    ],
)
def test_proposal_that_lacks_something_is_refused(step, asked, sentence, cast, piece):
    with pytest.raises(Refused, match=sentence):
        take(step, piece, by=cast.sten, **asked)

    assert not Proposal.objects.exists()


@pytest.mark.parametrize("standing", ["retracted", "removed"])
def test_database_refuses_a_piece_taken_back_by_one_person(standing, cast, piece):
    take("retract", piece, by=cast.sten, **RETRACTION)
    trail.append(
        piece, step="retract", role="standards", from_stage=piece.stage, to_stage=piece.stage, to_standing=standing
    )

    with pytest.raises(IntegrityError, match="Two people"), transaction.atomic():
        Article.objects.filter(pk=piece.pk).update(standing=standing)

    assert standing_of(piece) == "live"


def test_database_refuses_one_person_on_both_sides_of_a_proposal(cast, piece):
    take("retract", piece, by=cast.sten, **RETRACTION)

    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(confirmed_by=cast.sten, closed_at=clock.now())

    assert Proposal.objects.get().confirmed_by is None


def test_reinstate_takes_two_people_too(client, cast, piece):
    retracted(piece, cast)
    take("reinstate", piece, by=cast.sten, notice="The figures were right after all.")
    assert standing_of(piece) == "retracted"

    take("reinstate", piece, by=cast.emil, proposal=Proposal.objects.open().get().pk)

    page = client.get(piece.get_absolute_url()).text
    assert standing_of(piece) == "live"
    assert "This piece is reinstated" in page
    assert "The figures were right after all." in page
    assert "retracted" not in page


def test_retraction_can_drop_the_text_from_every_address(client, cast, draft):
    picture = factories.make_picture(draft, cast.ana)
    Article.objects.filter(pk=draft.pk).update(lead_picture=picture)
    for step, by in (("submit", cast.ana), ("claim", cast.edda)):
        piece = take(step, Article.objects.get(pk=draft.pk), by=by)
    piece = take("publish", factories.approve(piece, cast.edda), by=cast.pia)
    retracted(piece, cast, keeps_text=False)

    for address in (piece.get_absolute_url(), f"{piece.get_absolute_url()}versions/1/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert WHY in answer.text
        assert "The harbour was quiet" not in answer.text
        assert picture.reference not in answer.text
    assert client.get(picture.get_absolute_url()).status_code == 404


# Gone


@pytest.mark.parametrize("basis, status", [("privacy", 410), ("safety", 410), ("legal", 451)])
def test_remove_leaves_a_tombstone_at_every_address(basis, status, client, cast, piece):
    address = piece.get_absolute_url()
    removed(piece, cast, basis)

    for page in (address, f"{address}versions/1/", f"{address}write-to-the-author/"):
        answer = client.get(page)
        assert answer.status_code == status
        assert "It named a child." in answer.text
        assert "The harbour was quiet" not in answer.text
        assert piece.headline not in answer.text


def test_remove_reaches_the_old_address_too(client, cast, piece):
    old = piece.get_absolute_url()
    piece.old_slugs.create(slug="gulls-of-old")
    removed(piece, cast)

    assert client.get("/articles/gulls-of-old/").status_code == 410
    assert client.get(old).status_code == 410


def test_merge_leads_to_the_other_piece_in_one_hop(client, cast, piece, at_stage):
    other = at_stage("published", headline="Gulls at seven")
    merged(piece, other, cast)

    answer = client.get(piece.get_absolute_url())

    assert (answer.status_code, answer["Location"]) == (301, other.get_absolute_url())
    assert standing_of(other) == "live"


def test_merge_into_itself_is_refused(cast, piece):
    with pytest.raises(Refused, match="another piece"):
        take("merge", piece, by=cast.sten, notice="The same.", into=piece)

    assert not Proposal.objects.exists()


# Before publication


@pytest.mark.parametrize("stage", ["proof", "ready", "scheduled"])
def test_kill_drops_an_accepted_piece_with_a_letter(stage, cast, at_stage):
    piece = at_stage(stage)

    killed = take("kill", piece, by=cast.edda, note="The story has moved on.")

    assert (killed.stage, killed.scheduled_for) == ("killed", None)
    letter = Letter.objects.get(kind="killed")
    assert (letter.to, "The story has moved on." in letter.body) == (cast.ana, True)
    assert not killed.submissions.open().exists()


def test_kill_without_a_letter_is_refused(cast, at_stage):
    piece = at_stage("ready")

    with pytest.raises(Refused, match="letter"):
        take("kill", piece, by=cast.edda)

    assert Article.objects.get(pk=piece.pk).stage == "ready"


def remind_twice(piece: Article, cast) -> None:
    for kind in guards.REMINDERS:
        owe(kind, to=cast.ana, piece=piece, due=clock.now(), key=f"{kind}-{piece.pk}")
    piece.letters.filter(kind__in=guards.REMINDERS).update(sent_at=clock.now())


def test_override_after_two_reminders_lets_the_piece_be_published(client, cast, at_stage):
    piece = at_stage("proof")
    remind_twice(piece, cast)

    piece = take("override", piece, by=cast.sten, note="The vote is tomorrow.")
    piece = take("publish", piece, by=cast.pia)

    assert (piece.stage, piece.standing) == ("published", "live")
    assert Override.objects.get().reason == "The vote is tomorrow."
    assert Letter.objects.filter(kind="overridden", to=cast.ana).exists()
    assert list(trail.verify()) == []


def test_override_before_two_reminders_is_refused(cast, at_stage):
    piece = at_stage("proof")
    owe("proof_half", to=cast.ana, piece=piece, due=clock.now())

    with pytest.raises(Refused, match="reminded twice"):
        take("override", piece, by=cast.sten, note="The vote is tomorrow.")

    assert not Override.objects.exists()


def test_reminders_of_an_earlier_proof_do_not_count(cast, at_stage):
    piece = at_stage("proof")
    with clock.at(clock.now() - timedelta(days=30)):
        remind_twice(piece, cast)

    assert guards.reminded_twice(piece) is not None


@pytest.mark.parametrize("change", ["quotation", "bio", "disclosure"])
def test_override_never_signs_for_words_of_the_author(change, cast, at_stage):
    piece = at_stage("in_review")
    if change == "quotation":
        piece = factories.edit_by_desk(piece, cast.edda, factories.BODY + "\n“We never said that,” they said.\n")
    else:
        piece.bylines.update(**{change: "Changed."})
    piece = factories.approve(Article.objects.get(pk=piece.pk), cast.edda)
    remind_twice(piece, cast)

    with pytest.raises(Refused, match="changed since the author signed"):
        take("override", piece, by=cast.sten, note="The vote is tomorrow.")

    assert not Override.objects.exists()


def test_database_refuses_an_override_by_the_editor_who_approved(cast, at_stage):
    piece = at_stage("proof")
    remind_twice(piece, cast)
    cast.edda.groups.set([*cast.edda.groups.all(), *cast.sten.groups.all()])

    with pytest.raises(Refused, match="Somebody other than the editor"):
        take("override", piece, by=cast.edda, note="The vote is tomorrow.")

    assert not Override.objects.exists()


def test_reminders_that_never_left_do_not_count(cast, at_stage):
    piece = at_stage("proof")
    remind_twice(piece, cast)
    piece.letters.filter(kind="proof_due").update(sent_at=None)

    with pytest.raises(Refused, match="reminded twice"):
        take("override", piece, by=cast.sten, note="The vote is tomorrow.")

    assert not Override.objects.exists()


def test_whoever_signed_for_an_author_is_no_second_key_either(cast, at_stage):
    """One person in two groups: standing in for the author, then approving anew under a newer disclaimer."""
    piece = at_stage("proof")
    remind_twice(piece, cast)
    piece = take("override", piece, by=cast.sten, note="The vote is tomorrow.")
    factories.make_disclaimer()
    cast.sten.groups.set([*cast.sten.groups.all(), *cast.edda.groups.all()])
    with pytest.raises(Refused, match="Another editor approves it"):
        factories.approve(piece, cast.sten)

    assert not piece.reviews.filter(editor=cast.sten).exists()


@pytest.mark.parametrize("standing", ["removed", "live"])
def test_database_lets_no_proposal_serve_for_another_act(standing, cast, piece):
    """The two who retracted a piece have not removed it: what they agreed on is what the database lets happen."""
    piece = retracted(piece, cast)
    moved = {"from_stage": piece.stage, "to_stage": piece.stage, "from_standing": "retracted", "to_standing": standing}
    trail.append(piece, actor=cast.sten, role="standards", step="remove", at=clock.now(), **moved)

    with pytest.raises(IntegrityError, match="nobody alone"), transaction.atomic():
        Article.objects.filter(pk=piece.pk).update(standing=standing)

    assert standing_of(piece) == "retracted"


def test_database_keeps_a_proposal_as_it_was_read(cast, piece):
    take("retract", piece, by=cast.sten, **RETRACTION)
    proposal = Proposal.objects.get()
    before = Proposal.objects.values().get()

    for change in ({"step": "remove"}, {"notice": "Something else."}, {"proposed_by": cast.edda}, {"into": piece}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(**change)

    assert Proposal.objects.values().get() == before
