"""`manage.py import_piece`: what it recognises, what it leaves out, and what it refuses."""

import io

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article
from authors.models import Author, Identity
from network import markup

TEXT = """CATCHWORD: The rest, “as said” | Ana Ruiz

The first paragraph, with *stars*, a [bracket] and 1_000 things.

1. Not a list

# not a heading – and “quotes”

Follow Ana on Twitter @ana_writes.

The Other contributor network is a place for ideas. Opinions expressed here do not necessarily reflect those of The Other.
"""
MARKDOWN = """---
title: A headline from front matter
author: Ana Ruiz
dek: One sentence.
section: Opinion
---

A paragraph with *emphasis*.
"""


@pytest.fixture
def bring(cast, tmp_path):
    def run(content: str | bytes, by: str = "ana", name: str = "piece.txt", **options) -> tuple[Article, str]:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = io.StringIO()
        call_command("import_piece", str(file), by=by, stdout=out, **options)
        lines = out.getvalue().strip().splitlines()
        return Article.objects.get(pk=int(lines[-1])), out.getvalue()

    return run


def test_import_text_makes_a_draft_with_headline_byline_and_body(bring, cast):
    piece, said = bring(TEXT)

    assert piece.headline == "CATCHWORD: The rest, “as said”"
    assert piece.stage == "draft"
    assert [byline.printed_name for byline in piece.bylines.all()] == ["Ana Ruiz"]
    assert "headline: CATCHWORD" in said


def test_import_text_shows_the_same_characters_as_the_file(bring):
    piece, _ = bring(TEXT)

    shown = markup.plain(piece.body)

    for paragraph in TEXT.split("\n\n")[1:4]:
        assert paragraph in shown


def test_import_leaves_out_the_follow_line_and_the_old_disclaimer(bring, cast):
    cast.ana.author.links.all().delete()

    piece, said = bring(TEXT)

    assert "Follow Ana" not in piece.body
    assert "Opinions expressed" not in piece.body
    assert cast.ana.author.line == "Follow Ana on Twitter @ana_writes."
    assert "left out, because the network's own disclaimer is attached" in said


def test_import_keeps_the_handle_an_author_already_has(bring, cast):
    _, said = bring(TEXT)

    assert cast.ana.author.links.get().handle == "ana"
    assert "left out, Ana Ruiz is followed there as @ana: @ana_writes" in said


def test_import_markdown_reads_front_matter_and_keeps_markdown(bring, cast):
    piece, _ = bring(MARKDOWN, name="piece.md")

    assert (piece.headline, piece.dek, piece.section) == ("A headline from front matter", "One sentence.", cast.section)
    assert piece.body == "A paragraph with *emphasis*."


def test_import_refuses_a_byline_that_names_somebody_else(bring):
    with pytest.raises(CommandError, match="The byline names Ana Ruiz, and “bo” is Bo Lindqvist"):
        bring(TEXT, by="bo")

    assert not Article.objects.exists()


def test_import_with_author_makes_a_new_author_whose_identity_is_pending(bring, cast):
    piece, said = bring(TEXT.replace("Ana Ruiz", "Nia Sol"), by="edda", author="Nia Sol")

    author = Author.objects.get(name="Nia Sol")
    assert author.identity == Identity.PENDING
    assert author.user is None
    assert list(piece.authors.all()) == [author]
    assert "new author: Nia Sol" in said


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "The file is empty"),
        (b" \n\n ", "The file is empty"),
        (b"\xff\xfe\x00\x01binary", "not text in UTF-8"),
        (b"A headline | Ana Ruiz\n\nText\0more", "binary data"),
        (b"No bar in this line\n\nText", "not “headline | byline”"),
        (b"| Ana Ruiz\n\nText", "not “headline | byline”"),
        (b"A headline | Ana Ruiz\n", "no text"),
        (b"A headline | Ana Ruiz\n\nFollow Ana on Twitter @ana.\n", "no text"),
        (b"---\ntitle: [unclosed\n---\n\nText", "not valid YAML"),
        (b"---\ndek: no headline\n---\n\nText", "no “headline”"),
        (b"A" * 300 + b" | Ana Ruiz\n\nText", "300 characters; at most 200"),
        (b"A headline | Ana Ruiz\n\n" + b"word " * 60_000, "at most 200,000"),
        (b"A headline | Ana Ruiz\n\n" + b"x" * 10_000_000, "at most 1,000,000"),
    ],
)
def test_import_refuses_with_a_sentence_and_leaves_nothing(bring, cast, content, sentence):
    with pytest.raises(CommandError, match=sentence):
        bring(content)

    assert not Article.objects.exists()
    assert Author.objects.count() == 3


def test_import_refuses_a_file_that_is_not_there(cast, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_piece", str(tmp_path / "none.txt"), by="ana")


def test_import_refuses_an_account_that_does_not_exist(bring):
    with pytest.raises(CommandError, match="no account called"):
        bring(TEXT, by="nobody")
