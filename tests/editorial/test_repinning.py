"""A newer disclaimer under older pieces: one act, one dated row for each, and the earlier words stay at their address."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from articles.models import Article, Disclaimer, Repin, Repinning
from editorial import guards, repinning, trail
from editorial.models import Event
from editorial.refusal import Refused
from editorial.workflow import take
from network import clock
from tests import factories

NEWER = "Newer words of {network}. Opinions here are not those of {host}. Write to {author} or to {contact}."


@pytest.fixture
def piece(at_stage):
    return at_stage("published")


@pytest.fixture
def newer(piece):
    return factories.make_disclaimer(text=NEWER, line="Newer line.")


def test_apply_puts_the_newer_words_under_the_piece_with_the_date(client, cast, piece, newer):
    count = repinning.apply(newer, by=cast.sten, note="A new owner.")

    now = client.get(piece.get_absolute_url()).text
    then = client.get(f"{piece.get_absolute_url()}versions/1/").text
    assert count == 1
    assert "Newer words of The Signal" in now
    assert "Newer line." in now
    assert "Disclaimer updated on" in now
    assert "place for thought" not in now
    assert "place for thought" in then
    assert "Newer words" not in then
    last = Event.objects.filter(article=piece).latest("seq")
    assert (last.step, last.actor, last.note) == ("repin", cast.sten, "Version 2 of the disclaimer. A new owner.")
    assert list(trail.verify()) == []


def test_apply_shows_on_the_page_that_says_how_the_piece_got_here(client, cast, piece, newer):
    address = f"{piece.get_absolute_url()}how/"
    before = client.get(address).text
    repinning.apply(newer, by=cast.sten)

    after = client.get(address).text

    assert '/disclaimer/2/">Version 2</a>, since' in after
    assert "Version 2</a>, since" not in before
    assert ">version 1</a>, which was in force" in after


def test_apply_twice_is_refused_and_writes_nothing(cast, piece, newer):
    repinning.apply(newer, by=cast.sten)

    with pytest.raises(Refused, match="carries version 2 already"):
        repinning.apply(newer, by=cast.sten)

    assert Repinning.objects.count() == 1
    assert Repin.objects.count() == 1


@pytest.mark.parametrize("name", ["ana", "edda", "pia", "root"])
def test_apply_is_for_standards(name, cast, piece, newer):
    with pytest.raises(Refused, match="standards"):
        repinning.apply(newer, by=getattr(cast, name))

    assert not Repin.objects.exists()


def test_apply_takes_only_the_version_in_force(cast, piece, newer):
    with pytest.raises(Refused, match="in force"):
        repinning.apply(Disclaimer.objects.get(version=1), by=cast.sten)

    assert not Repin.objects.exists()


def test_new_publication_carries_its_own_disclaimer_again(client, cast, piece, newer):
    repinning.apply(newer, by=cast.sten)
    newest = factories.make_disclaimer(text=NEWER.replace("Newer", "Newest"), line="Newest line.")
    piece = take("amend", Article.objects.get(pk=piece.pk), by=cast.edda)
    piece = factories.edit_by_desk(piece, cast.edda)
    piece = take("sign", factories.approve(piece, cast.edda), by=cast.ana)
    piece = take("publish", piece, by=cast.pia, kind="update", notice="More is known.")

    text = client.get(piece.get_absolute_url()).text
    assert piece.repin is None
    assert piece.live.disclaimer == newest
    assert "Newest words" in text
    assert "Disclaimer updated on" not in text
    assert list(trail.verify()) == []


def test_sections_own_disclaimer_goes_only_under_its_own_pieces(client, cast, at_stage):
    other = factories.make_section("Science")
    ours = at_stage("published")
    theirs = factories.advance(factories.make_piece(cast.ana, other, headline="Bees"), "published", cast)
    own = factories.make_disclaimer(text=NEWER, line="Of science.", section=other)

    repinning.apply(own, by=cast.sten)

    assert "Newer words" in client.get(theirs.get_absolute_url()).text
    assert "Newer words" not in client.get(ours.get_absolute_url()).text


def test_piece_of_a_section_is_approved_with_the_sections_own_disclaimer(cast, at_stage):
    own = factories.make_disclaimer(text=NEWER, line="Of opinion.", section=cast.section)

    piece = at_stage("published")

    assert piece.live.disclaimer == own


def test_networks_disclaimer_leaves_a_section_with_its_own_alone(cast, at_stage):
    factories.make_disclaimer(text=NEWER, line="Of opinion.", section=cast.section)
    at_stage("published")
    general = factories.make_disclaimer(text=NEWER, line="Of all.")

    with pytest.raises(Refused, match="already"):
        repinning.apply(general, by=cast.sten)


def test_database_refuses_a_repin_of_another_piece(cast, at_stage, newer):
    one, other = Article.objects.get(), at_stage("published", headline="Bees")
    repinning.apply(newer, by=cast.sten)
    of_one = Repin.objects.get(article=one)

    with pytest.raises(IntegrityError, match="its own piece"), transaction.atomic():
        Article.objects.filter(pk=other.pk).update(repin=of_one)


def test_used_in_an_act_a_disclaimer_is_frozen(cast, piece, newer):
    repinning.apply(newer, by=cast.sten)

    with pytest.raises(IntegrityError, match="frozen once used"), transaction.atomic():
        Disclaimer.objects.filter(pk=newer.pk).update(line="Other.")


def test_apply_goes_under_many_pieces_in_one_act(cast, at_stage):
    pieces = [at_stage("published", headline=f"Gulls at {hour}") for hour in range(5)]
    newer = factories.make_disclaimer(text=NEWER)

    call_command("apply_disclaimer", newer.version, by="sten")

    assert Repinning.objects.count() == 1
    assert set(Repin.objects.values_list("article", flat=True)) == {piece.pk for piece in pieces}


def test_command_says_what_is_refused(cast, piece, newer):
    with pytest.raises(CommandError, match="standards"):
        call_command("apply_disclaimer", newer.version, by="edda")

    assert not Repin.objects.exists()


# In the admin


def test_preview_shows_a_waiting_version_on_a_real_piece_and_what_it_changes(client, cast, piece):
    waiting = factories.make_disclaimer(text=NEWER, line="Newer line.", in_force_from=None)
    client.force_login(cast.sten)

    text = client.get(f"/admin/articles/disclaimer/{waiting.pk}/preview/").text

    assert "Newer words of The Signal" in text
    assert piece.headline in text
    assert "<ins>" in text
    assert "Not in force yet" in text


def test_page_that_puts_words_in_force_lists_the_approvals_that_end_with_it(client, cast, piece, at_stage):
    losing = [at_stage(stage, headline=f"The {stage} gull") for stage in ("proof", "ready", "scheduled")]
    at_stage("in_review", headline="The unapproved gull")
    waiting = factories.make_disclaimer(text=NEWER, line="Newer line.", in_force_from=None)
    client.force_login(cast.sten)
    address = f"/admin/articles/disclaimer/{waiting.pk}/in-force/"

    page = client.get(address).text

    assert "Approvals that end with it: 3" in page
    assert "Public pieces that keep their words: 1" in page
    assert all(one.headline in page for one in losing)
    assert "The unapproved gull" not in page
    assert "for <time" in page
    assert Disclaimer.objects.in_force() != waiting

    refused = client.post(address, {"at": f"{clock.now() - timedelta(days=1):%Y-%m-%dT%H:%M}"})

    assert "That moment has passed." in refused.text
    assert Disclaimer.objects.in_force() != waiting

    client.post(address, {"at": f"{clock.now():%Y-%m-%dT%H:%M}"})

    assert Disclaimer.objects.in_force() == waiting
    assert LogEntry.objects.get(object_id=str(waiting.pk)).user == cast.sten
    assert all(guards.disclaimer_approved(one) for one in losing)
    assert "no longer changes" not in client.get(address).text


@pytest.mark.parametrize("of_section, ends", [(False, []), (True, ["The other ready gull"])])
def test_words_of_one_section_end_no_approval_of_another(of_section, ends, cast, at_stage):
    other = factories.make_section("Sport")
    factories.make_disclaimer(text=NEWER, line="Sport's.", section=other)
    mine = at_stage("ready", headline="The ready gull")
    factories.make_disclaimer(text=NEWER, line="Again.", section=other)
    sport = factories.make_piece(cast.ana, other, headline="The other ready gull")
    factories.advance(sport, "ready", cast)
    waiting = factories.make_disclaimer(in_force_from=None, section=other if of_section else None)

    losing = repinning.losing_approval(waiting)

    assert [one.headline for one in losing] == (ends or [mine.headline])


def test_page_that_puts_words_in_force_is_not_for_editors(client, cast, piece):
    waiting = factories.make_disclaimer(text=NEWER, line="Newer line.", in_force_from=None)
    client.force_login(cast.edda)

    client.post(f"/admin/articles/disclaimer/{waiting.pk}/in-force/", {"at": "2026-01-01T10:00"})

    assert Disclaimer.objects.get(pk=waiting.pk).in_force_from is None


def test_apply_page_says_how_many_and_does_it_on_post(client, cast, piece, newer):
    client.force_login(cast.sten)
    address = f"/admin/articles/disclaimer/{newer.pk}/apply/"

    assert "1 public piece carries another version" in client.get(address).text
    assert not Repin.objects.exists()
    client.post(address, {"note": "A new owner."})

    assert Repin.objects.get().article == piece


def test_apply_page_is_not_for_editors(client, cast, piece, newer):
    client.force_login(cast.edda)
    address = f"/admin/articles/disclaimer/{newer.pk}/apply/"

    client.post(address, {"note": "Mine."})

    assert "A person in standards" in client.get(address).text
    assert not Repin.objects.exists()
