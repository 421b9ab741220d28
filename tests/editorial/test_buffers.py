"""What is typed and not saved yet."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from editorial import buffers, writing
from editorial.models import Buffer
from tests import factories

TAB, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def sheet(piece, **more) -> dict[str, object]:
    piece.refresh_from_db()
    values = {name: getattr(piece, name) for name in ("headline", "dek", "label", "body", "save_number")}
    values |= {"section": piece.section_id, "responds_to": "", "lead": "", "opened": piece.revisions.first().pk}
    return values | {"pictures-TOTAL_FORMS": 0, "pictures-INITIAL_FORMS": 0} | more


def keep(client, piece, user, *, tab=TAB, number=1, **text):
    fields = sheet(piece, **text) | {"whose": buffers.whose(user), "tab": tab, "number": number}
    return client.post(reverse("editorial:buffer", args=[piece.pk]), fields)


def edit(piece) -> str:
    return reverse("editorial:edit", args=[piece.pk])


def test_buffer_keeps_what_was_typed_and_saves_nothing(ana, cast, draft):
    before = draft.revisions.count()

    answer = keep(ana, draft, cast.ana, body="Typed.", headline="")

    assert answer.json()["waits"] is True
    assert Buffer.objects.get().typed["body"] == "Typed."
    draft.refresh_from_db()
    assert (draft.body, draft.revisions.count()) == (factories.BODY, before)


def test_buffer_leaves_out_what_no_database_holds(ana, cast, draft):
    keep(ana, draft, cast.ana, body="Ty\0ped.")

    assert Buffer.objects.get().typed["body"] == "Typed."


def test_token_is_for_who_has_signed_in(cast):
    client = Client(enforce_csrf_checks=True)
    assert client.get("/contribute/token/").status_code == 401
    client.force_login(cast.ana)

    answer = client.get("/contribute/token/")

    assert "no-store" in answer["Cache-Control"]
    assert client.post("/contribute/new/", headers={"X-CSRFToken": answer.text}).status_code == 200
    assert client.post("/contribute/new/").status_code == 403


def test_older_answer_that_arrives_late_is_left_aside(ana, cast, draft):
    keep(ana, draft, cast.ana, number=2, body="Newer.")

    answer = keep(ana, draft, cast.ana, number=1, body="Older.")

    assert answer.json()["number"] == 2
    assert [row.typed["body"] for row in Buffer.objects.all()] == ["Newer."]


def test_same_text_sent_twice_is_kept_once(ana, cast, draft):
    for _ in range(2):
        keep(ana, draft, cast.ana, number=1, body="Once.")

    assert Buffer.objects.count() == 1


@pytest.mark.parametrize("who", ["bo", "edda", "pia", "root"])
def test_buffer_is_404_for_whoever_may_not_change_the_piece(client, cast, draft, who):
    user = getattr(cast, who)
    client.force_login(user)

    assert keep(client, draft, user, body="Mine now.").status_code == 404
    assert Buffer.objects.count() == 0


def test_buffer_says_that_nobody_is_signed_in(client, cast, draft):
    assert keep(client, draft, cast.ana, body="Typed.").status_code == 401
    assert Buffer.objects.count() == 0


def test_buffer_takes_no_text_of_the_person_who_was_signed_in_before(client, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    client.force_login(cast.bo)

    assert keep(client, piece, cast.ana, body="Ana's own.").status_code == 409
    assert Buffer.objects.count() == 0


@pytest.mark.parametrize("more", [{"body": "x" * 200_001}, {"dek": "x" * 5_001}])
def test_buffer_refuses_more_than_a_sheet_can_hold(ana, cast, draft, more):
    assert keep(ana, draft, cast.ana, **more).status_code == 413
    assert not Buffer.objects.exclude(typed={}).exists()


@pytest.mark.parametrize("tab, number", [("", 1), ("aside 1", 1), ("x" * 40, 1), (TAB, "x"), (TAB, 9_000_000_000)])
def test_buffer_wants_a_tab_and_a_number(ana, cast, draft, tab, number):
    assert keep(ana, draft, cast.ana, tab=tab, number=number, body="x").status_code == 400


def test_buffer_is_limited(ana, cast, draft):
    answers = [keep(ana, draft, cast.ana, number=number).status_code for number in range(1, 92)]

    assert (set(answers[:90]), answers[90]) == ({200}, 429)


def test_twenty_texts_of_one_piece_are_kept_at_most(cast, draft):
    for number in range(22):
        buffers.keep(draft, by=cast.ana, tab=f"{number:08x}", number=1, posted={"body": str(number)})

    assert Buffer.objects.count() == 20
    assert not Buffer.objects.filter(tab="00000000").exists()


def test_sheet_opens_with_what_was_not_saved(ana, cast, draft):
    keep(ana, draft, cast.ana, body="Typed and not saved.")

    page = ana.get(edit(draft)).content.decode()

    assert "Typed and not saved." in page
    assert "This is what you typed until" in page


def test_sheet_opens_with_what_is_saved_where_the_buffer_says_the_same(ana, cast, draft):
    keep(ana, draft, cast.ana)

    assert "You had not saved this" not in ana.get(edit(draft)).content.decode()


def test_sheet_lists_the_texts_of_other_tabs(ana, cast, draft):
    keep(ana, draft, cast.ana, tab=OTHER, body="In the other tab.")
    keep(ana, draft, cast.ana, body="In this tab.")

    page = ana.get(edit(draft)).content.decode()
    other = Buffer.objects.get(tab=OTHER)

    assert "In this tab." in page
    assert f"?buffer={other.pk}" in page
    assert "In the other tab." in ana.get(f"{edit(draft)}?buffer={other.pk}").content.decode()


def test_sheet_never_shows_another_writers_buffer(client, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    row = buffers.keep(piece, by=cast.ana, tab=TAB, number=1, posted={"body": "Ana's own."})
    client.force_login(cast.bo)

    for address in (edit(piece), f"{edit(piece)}?buffer={row.pk}"):
        assert "own." not in client.get(address).content.decode()


def test_aside_goes_back_to_what_was_saved_and_can_be_undone(ana, cast, draft):
    keep(ana, draft, cast.ana, body="Typed and not saved.")
    row = Buffer.objects.get()

    answer = ana.post(reverse("editorial:aside", args=[draft.pk]), {"buffer": row.pk})

    assert "Typed and not saved." not in ana.get(answer["Location"]).content.decode()
    assert "You had not saved this" not in ana.get(edit(draft)).content.decode()
    assert "Typed and not saved." in ana.get(f"{edit(draft)}?buffer={row.pk}").content.decode()


def test_aside_leaves_another_persons_text_alone(client, cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    row = buffers.keep(piece, by=cast.ana, tab=TAB, number=1, posted={"body": "Ana's own."})
    client.force_login(cast.bo)

    client.post(reverse("editorial:aside", args=[piece.pk]), {"buffer": row.pk})

    row.refresh_from_db()
    assert row.tab == TAB


def test_save_empties_the_buffers_of_its_tab_and_of_its_text(ana, cast, draft):
    keep(ana, draft, cast.ana, number=3, body="Half.")
    keep(ana, draft, cast.ana, tab=OTHER, body="Whole.")
    keep(ana, draft, cast.ana, tab="aaaaaaaaaa", body="Another.")

    ana.post(edit(draft), sheet(draft, body="Whole.", tab=TAB, number=4))

    assert [row.typed["body"] for row in Buffer.objects.exclude(typed={})] == ["Another."]


def test_what_a_tab_sent_before_its_save_and_arrives_after_is_left_aside(ana, cast, draft):
    ana.post(edit(draft), sheet(draft, body="Saved.", tab=TAB, number=4))

    answer = keep(ana, draft, cast.ana, number=3, body="Half.")

    assert answer.json()["waits"] is False
    assert "You had not saved this" not in ana.get(edit(draft)).content.decode()


def test_refused_save_keeps_the_buffer(ana, cast, draft):
    keep(ana, draft, cast.ana, number=1, body="Typed.")

    ana.post(edit(draft), sheet(draft, headline="", body="Typed.", tab=TAB, number=2))

    assert Buffer.objects.get().typed["body"] == "Typed."


def test_going_on_in_another_tab_takes_the_text_over(ana, cast, draft):
    keep(ana, draft, cast.ana, body="Typed.")
    row = Buffer.objects.get()

    keep(ana, draft, cast.ana, tab=OTHER, body="Typed, and more.", recovered=row.pk)

    assert [one.tab for one in buffers.waiting(draft, by=cast.ana)] == [OTHER]


def test_sheet_from_a_buffer_meets_the_save_of_somebody_else(ana, cast, draft):
    keep(ana, draft, cast.ana, body=factories.BODY + "\nMine.\n")
    writing.save(draft, {"headline": "Theirs"}, by=cast.ana)

    page = ana.get(edit(draft)).content.decode()

    assert "Somebody saved the piece since" in page
    assert f'name="save_number" value="{draft.save_number}"' in page


def test_old_buffers_are_swept_when_a_sheet_opens(ana, cast, draft):
    with time_machine.travel(timedelta(days=-31)):
        buffers.keep(draft, by=cast.ana, tab=TAB, number=1, posted={"body": "Old."})

    ana.get(edit(draft))

    assert Buffer.objects.count() == 0


def test_editor_keeps_and_finds_their_own_text_at_the_desk(client, cast, at_stage):
    piece = at_stage("in_review")
    client.force_login(cast.edda)

    client.post(reverse("admin:desk_check_out", args=[piece.pk]))
    keep(client, piece, cast.edda, body="An editor's words.")

    page = client.get(reverse("admin:desk_edit", args=[piece.pk])).content.decode()
    assert "An editor&#x27;s words." in page
    answer = client.post(reverse("editorial:aside", args=[piece.pk]), {"buffer": Buffer.objects.get().pk})
    assert answer["Location"].startswith(reverse("admin:desk_edit", args=[piece.pk]))


def test_paste_answers_with_markdown(ana, draft):
    answer = ana.post(reverse("editorial:paste", args=[draft.pk]), {"html": "<p><b>Bold</b></p>", "notes": "0"})

    assert answer.json() == {"markdown": "**Bold**", "said": ""}


def test_paste_is_404_for_strangers_to_the_piece(client, cast, draft):
    client.force_login(cast.bo)

    assert client.post(reverse("editorial:paste", args=[draft.pk]), {"html": "x"}).status_code == 404
