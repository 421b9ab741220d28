"""Every page of the desk about one piece, and every list it could stand in, is closed to whoever must not judge it."""

import pytest

from articles.models import Article
from authors.models import Tie
from editorial import assignment, checklist, trail, workflow
from editorial.models import CheckOut, Event, RiskMark, Tick
from editorial.refusal import Refused
from tests import factories

CANARY = "Kanarie"
OF_PIECE = (
    "change/",
    "edit/",
    "check-out/",
    "stop/",
    "beat/",
    "steps/check_in/",
    "revisions/",
    "details/",
    "checklist/",
    "risk/",
    "steps/claim/",
    "steps/hand_over/",
    "history/",
)
LISTS = (
    "/admin/",
    "/admin/articles/article/",
    "/admin/articles/article/?queue=everything",
    "/admin/articles/article/?queue=mine",
    "/admin/articles/article/?queue=scheduled",
    "/admin/articles/article/?queue=blocked",
    "/admin/articles/article/?q=Kanarie",
    "/admin/articles/article/calendar/",
    "/admin/editorial/letter/",
)


@pytest.fixture
def secret(cast, at_stage):
    return at_stage("scheduled", headline=CANARY, body=f"{CANARY} in the text.\n")


def doors(piece: Article) -> list[str]:
    return [f"/admin/articles/article/{piece.pk}/{page}" for page in OF_PIECE]


@pytest.mark.parametrize("who", ["recused editor", "author on the desk", "contributor", "stranger"])
def test_desk_shows_nothing_of_a_piece_to_whoever_must_not_judge_it(who, client, cast, secret):
    if who == "recused editor":
        Tie.objects.create(author=cast.ana.author, user=cast.emil, kind="family")
    if who == "author on the desk":
        cast.ana.groups.set([*cast.ana.groups.all(), *cast.edda.groups.all()])
        type(cast.ana).objects.filter(pk=cast.ana.pk).update(is_staff=True)
    people = {"recused editor": cast.emil, "author on the desk": cast.ana, "contributor": cast.bo}
    if who in people:
        client.force_login(people[who])
    own_letters = ("/admin/editorial/letter/",) if who == "author on the desk" else ()

    for address in [*doors(secret), *(set(LISTS) - {*own_letters, "/admin/articles/article/?q=Kanarie"})]:
        answer = client.get(address)
        assert CANARY not in answer.text, address
    found = client.get("/admin/articles/article/?q=Kanarie").text
    assert f"/article/{secret.pk}/change/" not in found


@pytest.mark.parametrize(
    "path",
    [
        "checklist/",
        "risk/",
        "steps/hand_over/",
        "steps/assign/",
        "steps/check_in/",
        "details/",
        "edit/",
        "check-out/",
        "stop/",
        "comment/",
    ],
)
def test_nothing_is_written_for_a_recused_editor_but_the_try(path, client, cast, secret):
    Tie.objects.create(author=cast.ana.author, user=cast.emil, kind="family")
    client.force_login(cast.emil)
    ticks, before = Tick.objects.count(), Article.objects.filter(pk=secret.pk).values().get()

    answer = client.post(f"/admin/articles/article/{secret.pk}/{path}", {"note": "x", "text": "x", "reason": "x"})

    assert answer.status_code == 403
    assert Article.objects.filter(pk=secret.pk).values().get() == before
    assert (Tick.objects.count(), RiskMark.objects.count(), secret.comments.count()) == (ticks, 0, 0)
    assert not CheckOut.objects.exists()
    assert Event.objects.filter(article=secret).latest("seq").step == "refused"
    assert list(trail.verify()) == []


def test_no_author_ticks_or_hands_over_their_own_piece_from_the_shell(cast, at_stage):
    piece = at_stage("in_review")
    cast.ana.groups.set([*cast.ana.groups.all(), *cast.edda.groups.all()])
    item = checklist.open_lines(piece)[0].item

    with pytest.raises(Refused):
        checklist.tick(piece, by=cast.ana, said={item.key: ("done", "")})
    with pytest.raises(Refused):
        workflow.take("hand_over", piece, by=cast.ana, to=cast.ana)

    assert piece.submissions.open().get().claimed_by == cast.edda
    assert not Tick.objects.exists()


def test_a_piece_is_handed_only_to_somebody_who_may_judge_it(cast, at_stage):
    piece = at_stage("in_review")
    Tie.objects.create(author=cast.ana.author, user=cast.emil, kind="family")

    for other in (cast.emil, cast.ana, cast.pia):
        with pytest.raises(Refused):
            workflow.take("hand_over", piece, by=cast.edda, to=other, note="Yours.")

    assert piece.submissions.open().get().claimed_by == cast.edda
    assert cast.emil not in assignment.others(piece)
    assert factories.approve(piece, cast.edda).stage == "ready"
