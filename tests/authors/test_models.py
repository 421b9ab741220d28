"""People in public: the follow line, their links, who is known, and what they have agreed to."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from authors.models import Agreement, AgreementAcceptance, Author, Identity, Site, SocialLink, Status, follow_line
from network import clock
from tests import factories

# The follow line


@pytest.mark.parametrize(
    ("links", "line"),
    [
        ([], ""),
        ([("twitter", "stevengberman")], "Follow Steve on Twitter @stevengberman."),
        ([("mastodon", "steve@social.example")], "Follow Steve on Mastodon @steve@social.example."),
        ([("bluesky", "steve.example")], "Follow Steve on Bluesky @steve.example."),
        ([("instagram", "steve")], "Follow Steve on Instagram @steve."),
        ([("threads", "steve")], "Follow Steve on Threads @steve."),
        ([("linkedin", "steve-berman")], "Follow Steve on LinkedIn steve-berman."),
        ([("website", "https://steve.example/")], "Follow Steve at steve.example."),
        ([("website", "http://steve.example/words")], "Follow Steve at steve.example/words."),
        (
            [("twitter", "steve"), ("website", "https://steve.example")],
            "Follow Steve on Twitter @steve and at steve.example.",
        ),
        (
            [("mastodon", "steve@social.example"), ("linkedin", "steve-berman"), ("website", "https://steve.example")],
            "Follow Steve on Mastodon @steve@social.example, on LinkedIn steve-berman and at steve.example.",
        ),
    ],
)
def test_line_names_every_link_in_order(db, links, line):
    author = factories.make_author("Steve Berman")
    for position, (site, handle) in enumerate(links):
        author.links.create(site=site, handle=handle, position=position)

    assert author.line == line
    assert follow_line("Steve", author.follow_links()) == line


def test_line_follows_the_authors_order_not_the_order_of_writing(db):
    author = factories.make_author("Steve Berman")
    author.links.create(site="twitter", handle="second", position=2)
    author.links.create(site="bluesky", handle="first.example", position=1)

    assert author.line == "Follow Steve on Bluesky @first.example and on Twitter @second."


@pytest.mark.parametrize(
    ("name", "familiar", "first"),
    [("Steve Berman", "", "Steve"), ("Steven G. Berman", "Steve", "Steve"), ("Madonna", "", "Madonna")],
)
def test_first_name_is_the_familiar_one_or_the_first_word(name, familiar, first):
    author = Author(name=name, familiar=familiar)

    assert author.first_name == first


# Links


@pytest.mark.parametrize(
    ("site", "handle", "address"),
    [
        ("twitter", "steve", "https://twitter.com/steve"),
        ("mastodon", "steve@social.example", "https://social.example/@steve"),
        ("bluesky", "steve.example", "https://bsky.app/profile/steve.example"),
        ("instagram", "steve.b", "https://www.instagram.com/steve.b/"),
        ("threads", "steve", "https://www.threads.net/@steve"),
        ("linkedin", "steve-berman", "https://www.linkedin.com/in/steve-berman/"),
        ("website", "https://steve.example/words", "https://steve.example/words"),
    ],
)
@pytest.mark.parametrize("typed", ["{}", "@{}", "  {} "])
def test_link_leads_where_its_handle_says(db, site, handle, address, typed):
    author = factories.make_author("Steve Berman")
    link = SocialLink(author=author, site=site, handle=typed.format(handle))

    link.full_clean()

    assert (link.handle, link.address) == (handle, address)
    assert link.frozen()["address"] == address


def test_every_site_has_an_address_and_a_pattern_for_its_handle(subtests):
    for site in Site:
        handles = {"mastodon": "steve@social.example", "website": "https://steve.example", "bluesky": "steve.example"}
        link = SocialLink(site=site, handle=handles.get(site, "steve"))
        with subtests.test(site=site):
            link.clean()

            assert link.address.startswith("https://")


@pytest.mark.parametrize(
    ("site", "handle"),
    [
        ("twitter", ""),
        ("twitter", "a name"),
        ("twitter", "sixteencharacter"),
        ("twitter", "steve/../eve"),
        ("twitter", "https://twitter.com/steve/status/1"),
        ("twitter", "https://instagram.com/steve"),
        ("twitter", "stève"),
        ("mastodon", "steve"),
        ("mastodon", "steve@social"),
        ("mastodon", "steve@social.example/path"),
        ("bluesky", "steve"),
        ("linkedin", "ab"),
        ("website", "javascript:alert(1)"),
        ("website", "https://steve"),
        ("website", 'https://steve.example/"onclick="'),
        ("website", "https://steve.example/<b>"),
        ("website", "ftp://steve.example/"),
    ],
)
def test_handle_that_cannot_be_one_is_refused(db, site, handle):
    author = factories.make_author("Steve Berman")
    link = SocialLink(author=author, site=site, handle=handle)

    with pytest.raises(ValidationError) as refusal:
        link.full_clean()

    assert list(refusal.value.message_dict) == ["handle"]


def test_second_link_to_one_site_is_refused(db):
    author = factories.make_author("Steve Berman")
    author.links.create(site="twitter", handle="one")

    with pytest.raises(IntegrityError), transaction.atomic():
        author.links.create(site="twitter", handle="two")

    assert [link.handle for link in author.links.all()] == ["one"]


def test_link_to_an_unknown_site_is_refused(db):
    author = factories.make_author("Steve Berman")

    with pytest.raises(IntegrityError, match="social_site_known"), transaction.atomic():
        author.links.create(site="myspace", handle="steve")

    assert not author.links.exists()


# Authors


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"identity": "guessed"}, "author_identity_known"),
        ({"status": "asleep"}, "author_status_known"),
        ({"slug": ""}, "author_has_slug"),
    ],
)
def test_author_that_cannot_be_is_refused(db, columns, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Author.objects.create(**{"name": "Steve Berman", "slug": "steve-berman"} | columns)

    assert not Author.objects.exists()


@pytest.mark.parametrize("shared", ["slug", "user"])
def test_address_and_account_belong_to_one_author(db, shared):
    user = factories.make_user("steve")
    factories.make_author("Steve Berman", user)
    values = {"slug": "steve-berman"} if shared == "slug" else {"slug": "eve-adams", "user": user}

    with pytest.raises(IntegrityError), transaction.atomic():
        Author.objects.create(name="Eve Adams", **values)

    assert Author.objects.count() == 1


def test_author_outlives_the_wish_to_delete_the_account(db):
    user = factories.make_user("steve")
    author = factories.make_author("Steve Berman", user)

    with pytest.raises(ProtectedError):
        user.delete()

    assert Author.objects.get().user == author.user == user


def test_author_with_a_piece_cannot_be_deleted(cast, draft):
    with pytest.raises(ProtectedError):
        cast.ana.author.delete()

    assert draft.bylines.get().author == cast.ana.author


@pytest.mark.parametrize("status", Status)
def test_author_is_barred_when_suspended_or_fabricated(status):
    author = Author(status=status)

    assert author.is_barred == (status in ("suspended", "fabricated"))


@pytest.mark.parametrize("identity", Identity)
@pytest.mark.parametrize("status", Status)
def test_known_are_those_whom_somebody_answers_for(db, identity, status):
    author = factories.make_author("Steve Berman", identity=identity, status=status)

    assert (author in Author.objects.known()) == (identity != "pending" and not author.is_barred)


def test_public_are_those_whom_readers_have_met_once_each(cast, at_stage):
    at_stage("published"), at_stage("published")
    factories.make_piece(cast.bo, cast.section)

    assert list(Author.objects.public()) == [cast.ana.author]


@pytest.mark.parametrize(("name", "sees"), [("ana", ["Ana Ruiz"]), ("edda", "all"), ("sten", "all"), (None, [])])
def test_visible_to_is_the_own_record_and_all_for_the_desk(cast, name, sees):
    user = getattr(cast, name) if name else AnonymousUser()

    seen = [author.name for author in Author.objects.visible_to(user)]

    assert seen == (sees if sees != "all" else ["Ana Ruiz", "Axel Both", "Bo Lindqvist"])


# Agreements


def test_agreement_in_force_is_the_newest_whose_time_has_come(db):
    now = clock.now()
    first = Agreement.objects.create(version=1, text="One.", in_force_from=now - timedelta(days=1))
    second = Agreement.objects.create(version=2, text="Two.", in_force_from=now + timedelta(days=1))

    assert Agreement.objects.in_force() == first
    with clock.at(second.in_force_from):
        assert Agreement.objects.in_force() == second
    with clock.at(first.in_force_from - timedelta(seconds=1)):
        assert Agreement.objects.in_force() is None


def test_agreement_version_twice_is_refused(db):
    Agreement.objects.create(version=1, text="One.")

    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(version=1, text="Two.")

    assert Agreement.objects.get().text == "One."


def test_accept_records_who_accepted_exactly_which_text(db):
    agreement, user = factories.make_agreement(), factories.make_user("steve")
    author = factories.make_author("Steve Berman", user)

    accepted = agreement.accept(author, by=user)

    assert (accepted.author, accepted.accepted_by) == (author, user)
    assert accepted.text_hash == agreement.text_hash
    assert agreement.is_used


def test_accept_twice_is_once(db):
    agreement, user = factories.make_agreement(), factories.make_user("steve")
    author = factories.make_author("Steve Berman", user)

    first, second = agreement.accept(author, by=user), agreement.accept(author, by=user)

    assert first == second
    assert AgreementAcceptance.objects.count() == 1


def test_agreement_is_unused_until_somebody_accepts_it(db):
    agreement = factories.make_agreement()

    assert not agreement.is_used
    assert not Agreement().is_used


def test_agreement_text_hash_changes_with_the_text():
    assert Agreement(text="One.").text_hash != Agreement(text="One,").text_hash
