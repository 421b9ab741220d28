"""What a page makes of a frozen text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network import markup, served
from tests.network.test_markup import HARBOUR, MARKS

TEXT = (
    "## One *first* thing[^1]\n\nSee [it](https://far.example/a?b=1&c=2).\n\n## One first thing\n\n### Below\n\n"
    "## שלום עולם\n\n## !\n\n[^1]: A note.\n"
)


def serve(text: str, *, has_reviewed_links: bool = False) -> served.Text:
    return served.text(str(markup.render(text, doc_id="1")), has_reviewed_links=has_reviewed_links)


def test_headings_get_addresses_of_their_own():
    text = serve(TEXT)

    anchors = [heading.anchor for heading in text.headings]
    assert anchors == ["s-one-first-thing", "s-one-first-thing-2", "s-שלום-עולם", "s-"]
    assert [heading.words for heading in text.headings][:2] == ["One first thing", "One first thing"]
    assert all(text.html.count(f'<h2 id="{anchor}">') == 1 for anchor in anchors)
    assert '<h3 id="s-below">' in text.html


def test_words_stay_as_they_were_signed():
    html = str(markup.render(TEXT, doc_id="1"))

    without = serve(TEXT).html
    for anchor in ("s-one-first-thing", "s-one-first-thing-2", "s-below", "s-שלום-עולם", "s-"):
        without = without.replace(f' id="{anchor}"', "")
    assert without == html


@pytest.mark.parametrize(("count", "is_shown"), [(2, False), (3, True)])
def test_contents_stand_over_three_headings(count, is_shown):
    text = serve("\n\n".join(f"## Part {number}\n\nWords." for number in range(count)))

    assert bool(text.contents) == is_shown


def test_links_are_the_contributors_until_they_are_vouched_for():
    text = 'A [link](https://far.example/), a [paid one](https://shop.example/ "paid").'

    before, after = serve(text).html, serve(text, has_reviewed_links=True).html

    assert before.count('rel="ugc nofollow noopener"') == 1
    assert after.count('rel="noopener"') == 1
    assert "ugc" not in after
    assert before.count("sponsored") == after.count("sponsored") == 1


def test_words_that_look_like_a_link_stay_words():
    text = '<a href="https://far.example" rel="ugc nofollow noopener">'

    assert serve(text, has_reviewed_links=True).html == serve(text).html


def test_addresses_are_given_in_order_and_as_typed():
    text = serve("[b](https://b.example/?x=1&y=2) [a](https://a.example/) [own](/articles/)")

    assert text.addresses == ["https://b.example/?x=1&y=2", "https://a.example/"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*MARKS, "](https://shop.example/ 'paid')"]), max_size=30).map("".join))
def test_words_of_a_frozen_text_are_those_that_were_typed(text):
    html = str(markup.render(text, doc_id="1", pictures={"harbour": HARBOUR}))

    assert served.words(html) == markup.plain(text)


def test_words_of_what_stands_in_tables_lists_and_notes_are_all_there():
    text = f"{TEXT}\n- one\n- two\n\n|a|b|\n|-|-|\n|c|d|\n\n```\n<x>\n```\n\n![Low](picture:harbour)\n"
    html = str(markup.render(text, doc_id="1", pictures={"harbour": HARBOUR}))

    assert served.words(html) == markup.plain(text)
    assert served.words(html).endswith("! one two a b c d <x> A note.")
