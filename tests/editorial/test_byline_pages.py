"""The pages of a shared byline, for whoever asks, is asked, and is neither."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from editorial import byline, writing
from editorial.models import BylineInvitation
from editorial.workflow import take
from tests import factories
from tests.editorial.test_byline import ask, ids, names
from tests.editorial.test_workflow import every_row


def url(name: str, *args) -> str:
    return reverse(f"editorial:{name}", args=args)


def all_pages(piece: Article, asked: BylineInvitation) -> list[str]:
    own = [url(name, piece.pk) for name in ("byline", "byline_order", "byline_leave")]
    return [*own, url("byline_take_back", piece.pk, asked.pk)]


def test_pages_of_somebody_elses_byline_are_404(client, cast, draft, asked):
    client.force_login(cast.axel)
    before = every_row()

    for path in [*all_pages(draft, asked), url("byline_answer", asked.pk)]:
        assert client.get(path).status_code == 404
        assert client.post(path, {"name": "X", "email": "x@x.example", "order": "1"}).status_code == 404
    assert every_row() == before
    assert "Gulls" not in client.get(url("bylines")).content.decode()


def test_pages_ask_strangers_to_sign_in(client, draft, asked):
    for path in [*all_pages(draft, asked), url("bylines"), url("byline_answer", asked.pk)]:
        assert client.get(path)["Location"].startswith("/accounts/login/")
        assert client.post(path, {"decline": ""})["Location"].startswith("/accounts/login/")
    assert draft.byline_invitations.pending().get() == asked


def test_an_invitation_is_taken_back_only_on_its_own_piece(client, cast, asked):
    other = factories.make_piece(cast.axel, cast.section)
    client.force_login(cast.axel)

    assert client.post(url("byline_take_back", other.pk, asked.pk)).status_code == 404
    asked.refresh_from_db()
    assert asked.answer == "pending"


@pytest.mark.parametrize("email", ["bo@people.example", "nobody@people.example"])
def test_byline_does_not_say_whether_an_address_has_an_account(client, cast, draft, email):
    client.force_login(cast.ana)

    page = client.post(url("byline", draft.pk), {"name": "Somebody", "email": email}, follow=True).content.decode()

    assert f"We have written to {email}. Their name is printed once they have accepted." in page
    assert draft.byline_invitations.get().email == email


def test_byline_gives_what_was_typed_back_with_the_refusal(client, cast, shared):
    client.force_login(cast.ana)

    page = client.post(url("byline", shared.pk), {"name": "Bo L.", "email": cast.bo.email}).content.decode()

    assert "Bo Lindqvist is on the byline already." in page
    assert 'value="Bo L."' in page
    assert not shared.byline_invitations.pending().exists()


def test_byline_takes_no_address_for_a_name(client, cast, draft):
    client.force_login(cast.ana)

    client.post(url("byline", draft.pk), {"name": "win at http://x.example", "email": "new@people.example"})

    assert not draft.byline_invitations.exists()


def test_byline_asks_twenty_times_a_day(client, cast, draft):
    client.force_login(cast.ana)
    for number in range(21):
        page = client.post(url("byline", draft.pk), {"name": "N", "email": f"{number}@people.example"})
        for asked in draft.byline_invitations.pending():
            byline.take_back(asked, cast.ana)

    assert "You have asked 20 times within a day." in page.content.decode()
    assert draft.byline_invitations.count() == 20


def test_byline_of_a_piece_at_the_desk_offers_nothing(client, cast, shared):
    take("submit", shared, by=cast.ana)
    client.force_login(cast.ana)

    page = client.get(url("byline", shared.pk)).content.decode()

    assert "It changes only while the text is with its authors" in page
    assert "Has answered the questions about interests and signed this text." in page
    assert all(words not in page for words in ("Move up", "Ask them", "Leave the byline"))


def test_order_moves_an_author_and_comes_back_to_them(client, cast, shared):
    client.force_login(cast.ana)
    order = ",".join(map(str, ids(cast.bo, cast.ana)))
    assert f'value="{order}"' in client.get(url("byline", shared.pk)).content.decode()

    response = client.post(url("byline_order", shared.pk), {"order": order, "moved": cast.bo.author.pk})

    assert response["Location"] == f"{url('byline', shared.pk)}#author-{cast.bo.author.pk}"
    assert names(shared) == ["Bo Lindqvist", "Ana Ruiz"]


@pytest.mark.parametrize("order", ["", "x", "1,²", "9" * 40, "1,1"])
def test_order_that_no_button_sends_changes_nothing(client, cast, shared, order):
    client.force_login(cast.ana)
    before = names(shared)

    client.post(url("byline_order", shared.pk), {"order": order, "moved": "x"})

    assert names(shared) == before


def test_leave_shows_what_will_happen_first(client, cast, shared):
    client.force_login(cast.bo)

    assert "Your name is no longer printed" in client.get(url("byline_leave", shared.pk)).content.decode()
    assert names(shared) == ["Ana Ruiz", "Bo Lindqvist"]
    assert client.post(url("byline_leave", shared.pk))["Location"] == url("index")
    assert names(shared) == ["Ana Ruiz"]
    assert client.get(url("byline", shared.pk)).status_code == 404


def test_bylines_shows_what_one_signs_up_for(client, cast, draft, asked):
    writing.save(draft, {"body": "Read *this* first.\n\n![A gull](picture:abc)\n"}, by=cast.ana)
    client.force_login(cast.bo)

    page = client.get(url("bylines")).content.decode()

    assert "Ana Ruiz asks you" in page
    assert "Read <em>this</em> first." in page
    assert "(Picture: A gull)" in page
    assert "You are asked to share a byline." in client.get(url("index")).content.decode()


def test_bylines_needs_the_address_to_be_verified(client, cast, asked):
    EmailAddress.objects.filter(user=cast.bo).update(verified=False)
    client.force_login(cast.bo)

    assert "Gulls" not in client.get(url("bylines")).content.decode()
    assert client.post(url("byline_answer", asked.pk)).status_code == 404
    assert "asked to share" not in client.get(url("index")).content.decode()


def test_bylines_hides_what_can_no_longer_be_accepted(client, cast, draft, asked):
    take("withdraw", draft, by=cast.ana)
    client.force_login(cast.bo)

    assert "Gulls" not in client.get(url("bylines")).content.decode()


def test_answer_accepts_and_asks_the_questions_next(client, cast, draft, asked):
    client.force_login(cast.bo)
    assert client.get(url("byline_answer", asked.pk))["Location"] == url("bylines")
    assert names(draft) == ["Ana Ruiz"]

    response = client.post(url("byline_answer", asked.pk))

    assert response["Location"] == url("declarations", draft.pk)
    assert client.get(response["Location"]).status_code == 200
    assert names(draft) == ["Ana Ruiz", "Bo Lindqvist"]


def test_answer_declines(client, cast, draft, asked):
    client.force_login(cast.bo)

    client.post(url("byline_answer", asked.pk), {"decline": ""})

    assert names(draft) == ["Ana Ruiz"]
    assert client.get(url("piece", draft.pk)).status_code == 404


def count_of_queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_byline_takes_as_many_queries_for_two_authors_as_for_six(client, cast, shared):
    client.force_login(cast.ana)
    ask(shared, cast.ana, email="new@people.example")
    count_of_queries(client, url("byline", shared.pk))
    few = count_of_queries(client, url("byline", shared.pk))
    for number in range(4):
        person = factories.make_contributor(f"c{number}", f"Author {number}")
        factories.share(shared, cast.ana, person)
    for number in range(3):
        ask(shared, cast.ana, email=f"new{number}@people.example")

    assert count_of_queries(client, url("byline", shared.pk)) == few


def test_bylines_takes_as_many_queries_for_one_as_for_thirty(client, cast, draft, asked):
    client.force_login(cast.bo)
    count_of_queries(client, url("bylines"))
    one = count_of_queries(client, url("bylines")), count_of_queries(client, url("index"))
    for _ in range(29):
        ask(factories.make_piece(cast.ana, cast.section), cast.ana)

    assert (count_of_queries(client, url("bylines")), count_of_queries(client, url("index"))) == one


def test_whoever_began_a_piece_and_left_it_reads_it_no_more(client, cast, shared):
    byline.leave(shared, cast.ana)
    client.force_login(cast.ana)

    answers = [client.get(f"/contribute/{shared.pk}/{page}").status_code for page in ("", "revisions/", "edit/")]

    assert answers == [404, 404, 404]
    client.force_login(cast.bo)
    assert client.get(f"/contribute/{shared.pk}/").status_code == 200


def test_order_with_a_number_longer_than_any_is_no_error(client, cast, shared):
    client.force_login(cast.ana)

    answer = client.post(f"/contribute/{shared.pk}/byline/order/", {"order": "9" * 5000, "moved": "9" * 5000})

    assert answer.status_code == 302
