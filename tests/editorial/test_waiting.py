"""Whose form it is: what a signed-out person sent waits for them, and nobody else sends it."""

from django.contrib.auth.models import User

from articles.models import Article
from editorial import waiting
from tests import factories

TYPED = {"headline": "What the tide brought", "section": ""}


def new_piece(client, owner: User):
    return client.post("/contribute/new/", TYPED | {"writer": waiting.ticket(owner)})


def test_form_of_somebody_signed_out_waits_and_comes_back(client, cast):
    answer = new_piece(client, cast.ana)
    client.force_login(cast.ana)

    page = client.get("/contribute/new/").text

    assert answer["Location"].startswith("/accounts/login/?next=/contribute/new/")
    assert "What the tide brought" in page
    assert "You were signed out when you sent this." in page
    assert "What the tide brought" not in client.get("/contribute/new/").text
    assert not Article.objects.exists()


def test_form_of_somebody_else_never_comes_back_to_me(client, cast):
    new_piece(client, cast.ana)
    client.force_login(cast.bo)

    assert "What the tide brought" not in client.get("/contribute/new/").text


def test_form_of_somebody_else_is_not_carried_out_in_my_name(client, cast):
    client.force_login(cast.ana)

    assert new_piece(client, cast.bo).status_code == 403
    assert not Article.objects.exists()


def test_ticket_falls_with_a_change_of_password(client, cast):
    old = waiting.ticket(cast.ana)

    cast.ana.set_password(factories.PASSWORD + " newer")
    cast.ana.save(update_fields=["password"])

    assert waiting.writer(old) is None


def test_ticket_of_nobody_keeps_nothing(client, db):
    client.post("/contribute/new/", TYPED | {"writer": "forged"})

    assert waiting.KEPT not in client.session
