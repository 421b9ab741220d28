"""An author's own hand on their record: name, address, links, the agreement, and the year for which a bio holds."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from authors.models import Agreement, Author, OldAuthorSlug, OtherText, SocialLink, Status
from network import clock
from tests import factories


def reread(author: Author) -> Author:
    return Author.objects.get(pk=author.pk)


def test_rename_before_readers_know_the_name_sets_the_identity_back(cast):
    author = cast.ana.author

    author.rename("Anna Ruiz")

    assert (reread(author).name, reread(author).identity) == ("Anna Ruiz", "pending")


def test_rename_to_the_same_name_changes_nothing(cast):
    cast.ana.author.rename("Ana Ruiz")

    assert reread(cast.ana.author).identity == "verified"


def test_rename_once_readers_know_the_name_is_refused(cast, at_stage):
    at_stage("published")

    with pytest.raises(ValidationError, match="only the desk changes it"):
        cast.ana.author.rename("Anna Ruiz")

    assert (reread(cast.ana.author).name, reread(cast.ana.author).identity) == ("Ana Ruiz", "verified")


def test_move_redirects_every_old_address_in_one_hop(client, cast, at_stage):
    at_stage("published")
    for slug in ("ana", "ana-r"):
        cast.ana.author.move(slug)

    for old in ("ana-ruiz", "ana"):
        response = client.get(f"/authors/{old}/")

        assert (response.status_code, response["Location"]) == (301, "/authors/ana-r/")
    assert client.get("/authors/ana-r/").status_code == 200


def test_move_back_takes_the_old_address_again(client, cast, at_stage):
    at_stage("published")
    cast.ana.author.move("ana")
    cast.ana.author.move("ana-ruiz")

    assert client.get("/authors/ana-ruiz/").status_code == 200
    assert client.get("/authors/ana/")["Location"] == "/authors/ana-ruiz/"


def test_move_of_somebody_whom_readers_do_not_know_keeps_no_address(client, cast):
    cast.ana.author.move("ana")

    assert OldAuthorSlug.objects.count() == 0
    assert client.get("/authors/ana-ruiz/").status_code == 404


@pytest.mark.parametrize("slug", ["bo-lindqvist", "ana-ruiz"])
def test_move_to_an_address_that_another_has_or_had_is_refused(cast, at_stage, slug):
    at_stage("published")
    cast.ana.author.move("ana")
    mover = factories.make_author("Cleo Marsh")

    with pytest.raises(ValidationError, match="Another author has this address"):
        mover.move(slug)
    with pytest.raises(ValidationError):
        Author(name="Cleo Marsh", slug=slug).full_clean()

    assert reread(mover).slug == "cleo-marsh"


def test_portrait_moves_with_its_author(client, cast, at_stage):
    at_stage("published")
    author = cast.ana.author
    author.portrait.save("ana.jpg", factories.image_file())
    author.move("ana")

    response = client.get("/authors/ana-ruiz/portrait/")

    assert (response.status_code, response["Location"]) == (301, "/authors/ana/portrait/")


def test_portrait_of_an_unknown_author_does_not_tell_that_they_moved(client, cast):
    author = cast.ana.author
    author.portrait.save("ana.jpg", factories.image_file())
    OldAuthorSlug.objects.create(slug="ana", author=author)

    assert client.get("/authors/ana/portrait/").status_code == 404


def test_desk_moves_an_author_and_the_old_address_redirects(client, cast, at_stage):
    at_stage("published")
    client.force_login(cast.edda)
    author = cast.ana.author
    form = {"name": author.name, "slug": "ana", "time_zone": "UTC", "bio": author.bio, "identity": "verified"}
    rows = {f"{kind}-{count}_FORMS": 0 for kind in ("links", "ties") for count in ("TOTAL", "INITIAL")}

    client.post(f"/admin/authors/author/{author.pk}/change/", form | rows)

    assert reread(author).slug == "ana"
    assert client.get("/authors/ana-ruiz/")["Location"] == "/authors/ana/"


@pytest.mark.parametrize(
    ("site", "typed", "handle"),
    [
        ("twitter", "https://twitter.com/steve", "steve"),
        ("twitter", "https://x.com/steve?lang=en", "steve"),
        ("twitter", "mobile.twitter.com/@steve/", "steve"),
        ("mastodon", "https://social.example/@steve", "steve@social.example"),
        ("mastodon", "https://social.example/users/steve", "steve@social.example"),
        ("bluesky", "https://bsky.app/profile/steve.example", "steve.example"),
        ("instagram", "https://www.instagram.com/steve.b/", "steve.b"),
        ("threads", "https://www.threads.net/@steve", "steve"),
        ("threads", "https://www.threads.com/@steve", "steve"),
        ("linkedin", "https://de.linkedin.com/in/steve-berman/", "steve-berman"),
        ("website", "steve.example/words", "https://steve.example/words"),
    ],
)
def test_pasted_profile_is_reduced_to_its_handle(cast, site, typed, handle):
    link = SocialLink(author=cast.bo.author, site=site, handle=typed)
    SocialLink.objects.all().delete()

    link.full_clean()

    assert link.handle == handle


def test_follow_at_keeps_the_order_that_was_asked_for(cast):
    author = cast.ana.author

    author.follow_at([("website", "https://ana.example"), ("twitter", "ana")])

    assert author.line == "Follow Ana at ana.example and on Twitter @ana."


def test_bio_due_names_whoever_must_confirm_before_a_moment(cast):
    now, soon = clock.now(), clock.now() + timedelta(days=30)
    dates = {cast.ana: None, cast.bo: now - timedelta(days=336), cast.axel: now - timedelta(days=334)}
    for user, moment in dates.items():
        Author.objects.filter(user=user).update(bio_confirmed_at=moment)
    factories.make_author("Nobody's Account", bio_confirmed_at=None)

    assert {author.name for author in Author.objects.bio_due(before=soon)} == {"Ana Ruiz", "Bo Lindqvist"}

    Author.objects.filter(user=cast.ana).update(status=Status.SUSPENDED)

    assert {author.name for author in Author.objects.bio_due(before=soon)} == {"Bo Lindqvist"}


def test_accept_of_another_text_than_the_one_shown_is_refused(cast):
    agreement = factories.make_agreement()
    shown = agreement.text_hash
    Agreement.objects.filter(pk=agreement.pk).update(text="Other terms.")

    with pytest.raises(OtherText, match="changed while you were reading"):
        agreement.accept(cast.ana.author, by=cast.ana, terms=shown)

    assert agreement.acceptances.count() == 0


def test_accept_keeps_the_hash_of_the_text_that_is_stored(cast):
    agreement = factories.make_agreement()
    Agreement.objects.filter(pk=agreement.pk).update(text="Other terms.")

    acceptance = agreement.accept(cast.ana.author, by=cast.ana)

    assert acceptance.text_hash == Agreement.objects.get(pk=agreement.pk).text_hash


def test_accepted_agreement_and_its_acceptance_never_change(cast):
    acceptance = cast.ana.author.acceptances.get()

    for change in (
        lambda: Agreement.objects.filter(pk=acceptance.agreement_id).update(text="Other terms."),
        lambda: type(acceptance).objects.filter(pk=acceptance.pk).update(text_hash="0" * 64),
        lambda: type(acceptance).objects.filter(pk=acceptance.pk)._raw_delete("default"),
    ):
        with pytest.raises(Exception, match=r"frozen once used|append-only"), transaction.atomic():
            change()

    kept = type(acceptance).objects.select_related("agreement").get(pk=acceptance.pk)
    assert kept.text_hash == kept.agreement.text_hash
