"""The standing words: what may be written in them, how they are filled, and that each publication keeps its own."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import modelform_factory
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Disclaimer, Publication
from articles.models.disclaimer import PLACEHOLDERS
from articles.models.publication import fill, filled_html
from editorial import workflow
from network import clock
from network.models import Network
from tests import factories

NAMES = {"network": "The Signal", "host": "Signal House", "contact": "desk@signal.example"}
BROKEN = [
    "Ask {editor}.",
    "Ask {Network}.",
    "Ask { network }.",
    "Ask {network.name}.",
    "Ask {network!r}.",
    "Ask {}.",
    "Ask {0}.",
    "Ask {network.",
    "Ask network}.",
    "Ask {{network}}.",
    "Ask {net{host}work}.",
    "Ask } and {.",
    "{network} is fine, and {nobody} is not.",
]


# Placeholders


@pytest.mark.parametrize("column", ["line", "text"])
@pytest.mark.parametrize("words", BROKEN)
def test_broken_placeholder_is_refused_in_the_shell(db, column, words):
    with pytest.raises(ValidationError, match="is not a placeholder"):
        Disclaimer.objects.create(**{"line": "A line.", "text": "A text."} | {column: words})

    assert not Disclaimer.objects.exists()


@pytest.mark.parametrize("column", ["line", "text"])
def test_broken_placeholder_is_refused_in_a_later_save(network, column):
    disclaimer = factories.make_disclaimer()
    setattr(disclaimer, column, "Ask {editor}.")

    with pytest.raises(ValidationError, match=r"“\{editor\}” is not a placeholder"):
        disclaimer.save(update_fields=[column])

    assert "{editor}" not in getattr(Disclaimer.objects.get(), column)


@pytest.mark.parametrize("column", ["line", "text"])
@pytest.mark.parametrize("words", BROKEN)
def test_broken_placeholder_is_refused_in_a_form(db, column, words):
    form = modelform_factory(Disclaimer, fields=["line", "text", "in_force_from"])
    bound = form({"line": "A line.", "text": "A text."} | {column: words})

    assert not bound.is_valid()
    assert "is not a placeholder. You can use {network}, {host}, {contact}, {author}." in str(bound.errors)


def test_every_known_placeholder_is_accepted(db):
    words = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)

    disclaimer = Disclaimer.objects.create(line=words, text=words)

    assert Disclaimer.objects.get() == disclaimer


def test_words_without_placeholders_are_accepted(db):
    Disclaimer.objects.create(line="Opinion.", text="All opinions are the author’s own.")

    assert Disclaimer.objects.get().text == "All opinions are the author’s own."


# Filling


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (1, "The Signal of Signal House: write to the author or desk@signal.example."),
        (2, "The Signal of Signal House: write to the authors or desk@signal.example."),
    ],
)
def test_fill_puts_every_name_in_its_place(authors, expected):
    filled = fill("{network} of {host}: write to {author} or {contact}.", NAMES, authors)

    assert filled == expected


@pytest.mark.parametrize(
    "names",
    [
        {"network": "{host}"},
        {"network": "{network}"},
        {"host": "{author}"},
        {"network": "{host}", "host": "{contact}", "contact": "{network}"},
        {"network": r"\1 \g<0>"},
    ],
)
def test_fill_never_fills_what_was_filled(names):
    given_names = NAMES | names

    filled = fill("{network}/{host}/{contact}", given_names)

    assert filled == "{network}/{host}/{contact}".format(**given_names)


@given(
    st.fixed_dictionaries({name: st.text("{}abnetworkhsu ", max_size=12) for name in ("network", "host", "contact")})
)
def test_fill_is_one_pass(names):
    filled = fill("<{network}|{host}|{contact}|{author}>", names)

    assert filled == f"<{names['network']}|{names['host']}|{names['contact']}|the author>"


def test_filled_html_says_the_same_words_with_links():
    text = "{network} of {host}.\n\nWrite to {author} or {contact}."

    html = filled_html(text, NAMES | {"network": "A & {host}"}, 1, "/gulls/contact/")

    assert html == (
        "<p>A &amp; {host} of Signal House.</p>\n"
        '<p>Write to <a href="/gulls/contact/">the author</a> or '
        '<a href="mailto:desk@signal.example">desk@signal.example</a>.</p>'
    )


def test_filled_html_escapes_what_it_is_given():
    html = filled_html("<b>{network}</b>", NAMES | {"network": "<script>"}, 1, "")

    assert html == "<p>&lt;b&gt;&lt;script&gt;&lt;/b&gt;</p>"


# Versions


def test_versions_are_numbered_by_themselves(db):
    numbers = [factories.make_disclaimer().version for _ in range(3)]

    assert numbers == [1, 2, 3]


def test_version_twice_is_refused(db):
    factories.make_disclaimer(version=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_disclaimer(version=1)

    assert Disclaimer.objects.count() == 1


def test_saving_again_keeps_the_number(db):
    disclaimer = factories.make_disclaimer()

    disclaimer.save()

    assert Disclaimer.objects.get().version == 1


def test_in_force_is_the_newest_version_whose_time_has_come(db):
    now = clock.now()
    first = factories.make_disclaimer(in_force_from=now - timedelta(days=2))
    second = factories.make_disclaimer(in_force_from=now - timedelta(days=1))
    coming = factories.make_disclaimer(in_force_from=now + timedelta(days=1))
    factories.make_disclaimer(in_force_from=None)

    assert Disclaimer.objects.in_force() == second
    assert list(Disclaimer.objects.ever_in_force()) == [second, first]
    with clock.at(now - timedelta(days=1, seconds=1)):
        assert Disclaimer.objects.in_force() == first
    with clock.at(coming.in_force_from):
        assert Disclaimer.objects.in_force() == coming


def test_nothing_is_in_force_before_the_first(db):
    factories.make_disclaimer(in_force_from=None)

    assert Disclaimer.objects.in_force() is None


def test_text_hash_changes_with_every_word(db):
    disclaimer = factories.make_disclaimer()
    hashes = {disclaimer.text_hash}

    for column, value in (("line", "Other."), ("text", "Other."), ("version", 2)):
        setattr(disclaimer, column, value)
        hashes.add(disclaimer.text_hash)

    assert len(hashes) == 4


@pytest.mark.parametrize(("stage", "is_used"), [("submitted", False), ("in_review", True), ("published", True)])
def test_disclaimer_is_used_from_its_first_review_on(at_stage, stage, is_used):
    at_stage(stage)

    assert Disclaimer.objects.get().is_used is is_used


# Pinned


def shown(publication) -> tuple:
    fresh = Publication.objects.get(pk=publication.pk)
    return fresh.disclaimer_line, fresh.disclaimer_words, fresh.disclaimer_html("/contact/")


def test_publication_shows_its_disclaimer_filled(at_stage):
    publication = at_stage("published").live

    line, words, html = shown(publication)

    assert line == "The author's own opinion."
    assert words == factories.WORDS.format(**NAMES, author="the author")
    assert strip_tags(html) == words


@pytest.mark.parametrize("later", ["a new version", "a renamed network", "both"])
def test_publication_never_shows_other_words_than_on_its_day(at_stage, later):
    publication = at_stage("published").live
    before = shown(publication)

    if later != "a renamed network":
        factories.make_disclaimer("Quite other words of {network}.", "Another line.")
    if later != "a new version":
        Network.objects.update(name="The Noise", host="Noise House", contact="desk@noise.example")

    assert shown(publication) == before
    assert publication.disclaimer.version == 1
    assert publication.fingerprint() == publication.hash


def test_later_publication_pins_what_is_in_force_and_leaves_the_earlier_alone(cast, at_stage):
    first = at_stage("published")
    before = shown(first.live)
    factories.make_disclaimer("Quite other words of {network}.", "Another line.")
    Network.objects.update(name="The Noise")

    second = at_stage("published")

    assert shown(second.live)[:2] == ("Another line.", "Quite other words of The Noise.")
    assert shown(first.live) == before


def test_version_that_came_into_force_after_the_approval_is_not_pinned_unseen(cast, at_stage):
    piece = at_stage("ready")
    factories.make_disclaimer("Quite other words of {network}.")

    with pytest.raises(workflow.Refused, match="Version 2 of the disclaimer came into force after the approval"):
        workflow.take("publish", piece, by=cast.pia)

    assert not Publication.objects.exists()


def test_publication_of_two_authors_speaks_of_both(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    piece = workflow.take("claim", workflow.take("submit", piece, by=cast.ana), by=cast.edda)
    piece = workflow.take("sign", factories.approve(piece, cast.edda), by=cast.bo)

    piece = workflow.take("publish", piece, by=cast.pia)

    assert "Reach out to the authors or to us" in piece.live.disclaimer_words
