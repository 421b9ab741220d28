"""The pages of a text that is checked out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from editorial import checkout
from editorial.models import Buffer, CheckOut
from editorial.models.checkout import LASTS
from editorial.workflow import take
from network import clock
from tests import factories
from tests.editorial.test_buffers import OTHER, TAB, sheet
from tests.editorial.test_checkout import MINE, THEIRS, holder, ready, signed_in, url  # noqa: F401 - fixtures
from tests.editorial.test_workflow import every_row, reread


def test_piece_page_offers_the_text_by_post_or_says_who_has_it(client, cast, ready):  # noqa: F811
    address = reverse("admin:articles_article_change", args=[ready.pk])
    signed_in(client, cast.emil)
    assert f'action="{url("check_out", ready)}"' in client.get(address).text

    checkout.take(ready, by=cast.edda)
    page = client.get(address).text

    assert "With edda since" in page
    assert "See who has the text" in page
    assert f'action="{url("check_out", ready)}"' not in page
    assert "End the check-out" not in page
    assert "End the check-out" in signed_in(client, cast.pia).get(address).text


def test_opening_the_sheet_takes_nothing_and_reads(client, cast, ready):  # noqa: F811
    signed_in(client, cast.emil)
    before = every_row()

    page = client.get(url("edit", ready)).text

    assert every_row() == before
    assert "Nobody has the text" in page
    assert 'name="body"' not in page
    assert "nobody had told the gulls" in page


def test_sheet_of_another_is_read_with_who_has_it_and_until_when(client, cast, ready):  # noqa: F811
    checkout.take(ready, by=cast.edda)
    before = every_row()

    page = signed_in(client, cast.emil).get(url("edit", ready)).text

    assert every_row() == before
    assert "edda has the text" in page
    assert f"{checkout.holder_of(ready).until:%H:%M}" in page
    assert 'name="body"' not in page
    assert url("check_out", ready) not in page


def test_check_out_leads_to_the_sheet_and_is_no_get(client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda)

    assert client.get(url("check_out", ready)).status_code == 405
    assert holder(ready) is None
    page = client.post(url("check_out", ready), follow=True).text

    assert holder(ready) == cast.edda
    assert 'name="body"' in page
    assert "Stop editing" in page


def test_check_out_of_what_another_has_says_so(client, cast, ready):  # noqa: F811
    checkout.take(ready, by=cast.edda)

    page = signed_in(client, cast.emil).post(url("check_out", ready), follow=True).text

    assert "has the text checked out since" in page
    assert holder(ready) == cast.edda


@pytest.mark.parametrize(("button", "is_kept"), [({}, False), ({"stay": "1"}, True)])
def test_saving_lets_go_and_saving_to_stay_does_not(button, is_kept, client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))

    client.post(url("edit", ready), sheet(ready, body=MINE) | button)

    assert reread(ready).body == MINE
    assert (holder(ready) == cast.edda) == is_kept


def test_stopping_lets_go_saves_nothing_and_keeps_what_was_typed(client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))

    client.post(url("stop", ready), sheet(ready, body=MINE))

    assert holder(ready) is None
    assert (reread(ready).body, reread(ready).stage) == (factories.BODY, "ready")
    assert "You typed something here that is not saved" in client.get(url("edit", ready)).text
    assert "still that morning" in client.post(url("check_out", ready), follow=True).text


def test_every_request_to_the_sheet_is_a_sign_of_life(client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))
    typed = sheet(ready, body=MINE, preview="1")

    for send in (lambda: client.get(url("edit", ready)), lambda: client.post(url("edit", ready), typed)):
        CheckOut.objects.update(beat_at=clock.now() - timedelta(minutes=14))
        send()
        assert clock.now() - CheckOut.objects.get().beat_at < timedelta(minutes=1)


def test_save_after_the_check_out_ran_out_takes_it_again(client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))
    CheckOut.objects.update(beat_at=clock.now() - timedelta(hours=2))
    assert holder(ready) is None

    client.post(url("edit", ready), sheet(ready, body=MINE) | {"stay": "1"})

    assert (reread(ready).body, holder(ready)) == (MINE, cast.edda)


def lose(piece: Article, how: str, cast) -> None:
    """Edda has the text no longer, and Emil has it."""
    if how == "force":
        take("check_in", piece, by=cast.pia, note="It goes out at noon.")
    else:
        CheckOut.objects.update(beat_at=clock.now() - LASTS)
    checkout.take(piece, by=cast.emil)


@pytest.mark.parametrize("tab", [{}, {"tab": TAB, "number": "7"}])
@pytest.mark.parametrize("how", ["force", "time"])
def test_refused_save_changes_nothing_and_loses_nothing(how, tab, client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))
    typed = sheet(ready, body=MINE) | tab
    lose(ready, how, cast)
    pieces, revisions = Article.objects.values().get(), ready.revisions.count()

    page = client.post(url("edit", ready), typed).text

    assert Article.objects.values().get() == pieces
    assert ready.revisions.count() == revisions
    assert holder(ready) == cast.emil
    assert "emil has the text checked out since" in page
    assert "still that morning" in page
    assert "Take the text again" in page
    assert Buffer.objects.of(cast.edda, ready).get().typed["body"] == MINE

    client.post(url("edit", ready), typed | {"recovered": Buffer.objects.get().pk})

    assert [row.typed["body"] for row in Buffer.objects.exclude(tab__startswith="aside")] == [MINE]


def test_what_was_refused_is_put_together_once_the_text_is_theirs_again(client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))
    typed = sheet(ready, body=MINE) | {"tab": OTHER, "number": "3"}
    lose(ready, "force", cast)
    client.post(url("edit", ready), typed)
    take("edit", ready, by=cast.emil, changes={"body": THEIRS})
    checkout.release(ready, by=cast.emil)
    assert "ended by force" not in client.post(url("edit", ready), typed).text
    assert reread(ready).body == THEIRS
    take("hand_over", ready, by=cast.emil, to=cast.edda)

    page = client.post(url("check_out", ready), follow=True).text
    assert "still that morning" in page
    page = client.post(url("edit", ready), typed).text
    assert "Two texts, put together" in page
    assert reread(ready).body == THEIRS
    both = MINE + "\nThe gulls were four.\n"
    client.post(url("edit", ready), sheet(ready, body=both))

    assert reread(ready).body == both
    assert holder(ready) is None


def test_text_sent_for_a_piece_that_has_moved_on_comes_back(client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))
    typed = sheet(ready, body=MINE)
    take("publish", ready, by=cast.pia)

    page = client.post(url("edit", ready), typed).text

    assert "The text is not yours to change now." in page
    assert "still that morning" in page
    assert reread(ready).body == factories.BODY


@pytest.mark.parametrize("how", ["force", "other", "moved", "stopped"])
def test_beat_answers_whether_the_page_still_has_the_text_and_why_not(how, client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda).post(url("check_out", ready))
    assert client.post(url("beat", ready)).json() == {"has_it": True, "said": ""}

    if how == "force":
        take("check_in", ready, by=cast.pia, note="It goes out at noon.")
    elif how == "other":
        lose(ready, "time", cast)
    elif how == "moved":
        take("publish", ready, by=cast.pia)
    else:
        checkout.release(ready, by=cast.edda)
    answer = client.post(url("beat", ready)).json()

    words = {
        "force": "pia ended your check-out: “It goes out at noon.”",
        "other": "emil has the text checked out since",
        "moved": "not yours to change any more: the piece is “published”",
        "stopped": "Nobody else has it now",
    }
    assert not answer["has_it"]
    assert words[how] in answer["said"]
    assert client.get(url("beat", ready)).status_code == 405


def test_end_the_check_out_has_a_page_that_says_whose_it_is(client, cast, ready):  # noqa: F811
    checkout.take(ready, by=cast.edda)
    signed_in(client, cast.pia)

    page = client.get(url("step", ready, "check_in")).text
    assert "edda has the text since" in page
    client.post(url("step", ready, "check_in"), {"note": ""})
    assert holder(ready) == cast.edda
    client.post(url("step", ready, "check_in"), {"note": "It goes out at noon."})

    assert holder(ready) is None


def test_an_authors_suggestion_stays_before_the_editor_who_takes_the_text(client, cast, at_stage):
    piece = at_stage("proof")
    take("suggest", piece, by=cast.ana, changes={"body": MINE})
    address = reverse("admin:articles_article_change", args=[piece.pk])
    before = signed_in(client, cast.edda).get(address).context["suggested"]

    checkout.take(piece, by=cast.edda)

    assert before
    assert client.get(address).context["suggested"] == before


def test_list_says_who_has_a_text_in_as_many_queries_for_one_as_for_a_page(client, cast, at_stage):
    at_stage("published")
    signed_in(client, cast.emil)
    piece = at_stage("in_review", headline="The first")
    checkout.take(piece, by=cast.edda)
    client.get("/admin/articles/article/")
    with CaptureQueriesContext(connection) as one:
        assert "text with edda" in client.get("/admin/articles/article/").text
    for other in factories.copies(piece, 24):
        checkout.take(other, by=cast.edda)

    with CaptureQueriesContext(connection) as many:
        assert client.get("/admin/articles/article/").text.count("text with edda") == 25
    assert len(many) == len(one)


@pytest.mark.parametrize("name", ["check_out", "stop", "beat", "edit"])
def test_bad_input_is_no_error_of_ours(name, client, cast, ready):  # noqa: F811
    signed_in(client, cast.edda)
    bad = sheet(ready) | {"body": "a\0b" * 100_000, "tab": "\0" * 50, "number": "9" * 400, "recovered": "-1"}

    assert client.post(url(name, ready), bad).status_code < 500
    assert client.post(f"/admin/articles/article/{'9' * 30}/check-out/").status_code < 500
    assert reread(ready).body == factories.BODY
