"""For whom people work, in their own words."""

import pytest

from articles.models import Article
from authors.models import Employment

PAGE = "/contribute/profile/employers/"


@pytest.mark.parametrize("who", ["ana", "edda"])
def test_everybody_says_for_whom_they_work(who, client, cast):
    user = getattr(cast, who)
    client.force_login(user)

    client.post(PAGE, {"employer": "  Harbour   Board "})

    assert [one.employer for one in user.employments.all()] == ["Harbour Board"]
    assert "<li>Harbour Board</li>" in client.get(PAGE).text


@pytest.mark.parametrize(("typed", "said"), [("harbour  BOARD", "listed already"), (" ", "required")])
def test_what_is_listed_or_says_nothing_is_refused(typed, said, client, cast):
    Employment.objects.create(user=cast.ana, employer="Harbour Board")
    client.force_login(cast.ana)

    page = client.post(PAGE, {"employer": typed})

    assert said in page.text
    assert cast.ana.employments.count() == 1


def test_whoever_says_the_same_is_kept_apart(client, cast, at_stage):
    piece = at_stage("submitted")
    for user in (cast.ana, cast.edda):
        client.force_login(user)
        client.post(PAGE, {"employer": "Harbour Board"})

    assert Article.objects.recusing(cast.edda).get() == piece
    assert client.get(f"/admin/articles/article/{piece.pk}/change/").status_code == 403


def test_standards_choose_a_tie_by_name(client, cast):
    cast.edda.first_name, cast.edda.last_name = "Edda", "Vik"
    cast.edda.save()
    client.force_login(cast.sten)

    page = client.get(f"/admin/authors/author/{cast.ana.author.pk}/change/").text

    assert f'<option value="{cast.edda.pk}">Edda Vik (edda)</option>' in page
    assert "(ana)" not in page
