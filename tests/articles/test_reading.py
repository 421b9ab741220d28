"""The article page beyond its parts: contents, languages, responses, notices, links, paper."""

import re

import pytest
from django.utils.html import escape

from articles.models.publication import Kind, Publication
from editorial import writing
from editorial.models import ChecklistItem
from tests import factories

LONG = "\n\n".join(f"## Part {number}\n\n{'One more sentence about gulls. ' * 100}" for number in range(1, 4))


def page_of(client, piece) -> str:
    return client.get(piece.get_absolute_url()).content.decode()


def test_long_piece_has_a_table_of_contents(client, cast):
    page = page_of(client, factories.make_piece_at("published", cast, body=LONG))

    contents = page[page.index('<nav class="contents"') : page.index("</nav>", page.index('<nav class="contents"'))]
    targets = re.findall(r'href="#([^"]+)"', contents)
    assert targets == ["s-part-1", "s-part-2", "s-part-3"]
    assert all(f'id="{target}"' in page for target in targets)
    assert page.index("contents") < page.index('data-part="body"')


def test_short_piece_has_none(client, cast):
    page = page_of(client, factories.make_piece_at("published", cast, body="## A\n\n## B\n\n## C\n\nShort."))

    assert 'class="contents"' not in page


def test_piece_in_another_language_says_so_where_its_words_stand(client, cast):
    piece = factories.make_piece_at("published", cast, language="ar", headline="النورس", dek="صباح", body="كلمات.")

    page = page_of(client, piece)

    assert page.startswith("<!doctype html>")
    assert '<html lang="en-gb"' in page
    assert page.count('lang="ar" dir="rtl"') == 3


def test_piece_in_english_repeats_nothing(client, cast):
    page = page_of(client, factories.make_piece_at("published", cast))

    assert page.count("lang=") == 1


@pytest.mark.parametrize(
    ("kind", "leads", "is_named"),
    [
        ("responds", "In response to", ""),
        ("rebuts", "Argues against", "Argues against it"),
        ("extends", "Carries further", "Carries it further"),
    ],
)
def test_response_and_what_it_answers_lead_to_each_other(client, cast, kind, leads, is_named):
    answered = factories.make_piece_at("published", cast)
    response = factories.make_piece_at(
        "published", cast, headline="No, at seven", label="response", responds_to=answered, response_kind=kind
    )

    there, back = page_of(client, response), page_of(client, answered)

    assert re.search(rf'{leads} <a class="u-in-reply-to" href="{answered.get_absolute_url()}">Gulls at six</a>', there)
    assert f'href="{response.get_absolute_url()}"' in back[back.index('id="responses"') :]
    assert back.count('class="answers"') == bool(is_named)
    assert is_named in back


@pytest.mark.parametrize("unusual", [{"language": "de"}, {"response_kind": "rebuts"}])
def test_language_and_kind_are_signed(cast, unusual):
    piece = factories.make_piece(cast.ana, cast.section)
    before = writing.working_hash(piece)

    piece = writing.save(piece, unusual, by=cast.ana)

    assert writing.working_hash(piece) != before
    assert piece.revisions.first().package()[next(iter(unusual))] == next(iter(unusual.values()))


def test_usual_language_and_kind_leave_older_hashes_alone(cast):
    piece = factories.make_piece(cast.ana, cast.section)

    assert not {"language", "response_kind"} & piece.package().keys()


@pytest.mark.parametrize(
    ("kind", "severity", "is_before_the_text"),
    [
        (Kind.CORRECTION, "central", True),
        (Kind.CORRECTION, "material", True),
        (Kind.CORRECTION, "slight", False),
        (Kind.CORRECTION, "", True),
        (Kind.EDITORS_NOTE, "", True),
        (Kind.RETRACTION, "", True),
        (Kind.CLARIFICATION, "", False),
        (Kind.UPDATE, "", False),
    ],
)
def test_notice_stands_where_its_weight_puts_it(kind, severity, is_before_the_text):
    notice = Publication(kind=kind, correction={"severity": severity} if severity else {})

    assert notice.is_prominent == is_before_the_text


def test_links_are_trusted_once_an_editor_has_vouched_for_them(client, cast):
    piece = factories.make_piece_at("published", cast, body="See [there](https://far.example/).")

    assert piece.live.has_reviewed_links
    assert 'class="external" rel="noopener"' in page_of(client, piece)


def test_links_count_as_the_contributors_while_nobody_vouches_for_them(client, cast):
    ChecklistItem.objects.filter(key="links").update(is_active=False)
    piece = factories.make_piece_at("published", cast, body="See [there](https://far.example/).")

    assert not piece.live.has_reviewed_links
    assert 'rel="ugc nofollow noopener"' in page_of(client, piece)


def test_paper_says_where_the_links_lead_and_where_the_piece_is(client, cast, settings):
    address = "https://far.example/?a=1&b=2"
    piece = factories.make_piece_at("published", cast, body=f"See [there]({address}).")

    page = page_of(client, piece)
    on_paper = page[page.index('<div class="on-paper">') :]

    assert f"<li>{escape(address)}</li>" in on_paper
    assert f"This piece is at {settings.SITE_URL}{piece.get_absolute_url()}" in on_paper


def test_microformats_name_the_entry_its_author_and_its_moment(client, cast):
    page = page_of(client, factories.make_piece_at("published", cast))

    for part in ("h-entry", "p-name", "p-summary", "e-content", "p-author h-card", "dt-published", "u-url"):
        assert re.search(rf'class="[^"]*\b{part}\b', page), part


def test_card_of_a_piece_in_another_language_says_so(client, cast):
    factories.make_piece_at("published", cast, language="ar", headline="النورس", dek="صباح", body="كلمات.")

    assert client.get("/articles/").content.decode().count('lang="ar" dir="rtl"') == 2
