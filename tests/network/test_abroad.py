"""A text as it leaves the site."""

from datetime import UTC, datetime, timedelta, timezone
from xml.dom import minidom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network import abroad, markup
from network.markup import PictureSource

PAGE = "https://signal.example/articles/gulls/"
BODY = """A note[^1] and [a way](/articles/) and [out](https://out.example/?a=1&b=2) to [mail](mailto:a@b.example).

Text that says href="/articles/" and src="#fn" in words.

![](picture:abc)

- one
- two

1. first
2. second

[^1]: It is *so*.
"""


@pytest.fixture
def html(settings) -> str:
    settings.SITE_URL = "https://signal.example"
    picture = PictureSource(url="/pictures/abc/", width=10, height=10, alt='"A > b" href="/x"', caption="At six")
    return markup.render(BODY, doc_id="1-1", pictures={"abc": picture})


def test_absolute_gives_links_pictures_and_notes_whole_addresses(html):
    found = abroad.absolute(html, PAGE)

    assert '<a href="https://signal.example/articles/">a way</a>' in found
    assert '<img src="https://signal.example/pictures/abc/"' in found
    assert f'href="{PAGE}#fn-1-1-1"' in found
    assert f'href="{PAGE}#fnref-1-1-1"' in found
    assert 'href="https://out.example/?a=1&amp;b=2"' in found
    assert 'href="mailto:a@b.example"' in found


def test_absolute_leaves_words_alone_that_look_like_addresses(html):
    found = abroad.absolute(html, PAGE)

    assert "https://signal.example" not in found[found.index("Text that says") : found.index("in words")]
    assert found.count("https://signal.example/x") == 0


def test_absolute_without_a_page_leaves_notes_where_they_stand(html):
    assert 'href="#fn-1-1-1"' in abroad.absolute(html)


def test_absolute_knows_sources_of_several_widths(settings):
    settings.SITE_URL = "https://signal.example"

    found = abroad.absolute('<img srcset="/a.webp 480w, /b.webp 960w" src="/a.jpg" alt="">')

    assert found == (
        '<img srcset="https://signal.example/a.webp 480w, https://signal.example/b.webp 960w" '
        'src="https://signal.example/a.jpg" alt="">'
    )


def test_without_pictures_leaves_the_words(html):
    found = abroad.without_pictures(html)

    assert "<img" not in found
    assert "At six" not in found
    assert "Text that says" in found


def test_plain_text_has_paragraphs_points_notes_and_addresses(html):
    words = abroad.plain_text(abroad.absolute(html, PAGE))

    assert words.startswith("A note[1] and a way (https://signal.example/articles/)")
    assert "out (https://out.example/?a=1&b=2)" in words
    assert "\n- one" in words
    assert "\n2. second" in words
    assert words.endswith("1. It is so.")
    assert "\n\n\n" not in words


def test_plain_text_says_an_address_once():
    assert abroad.plain_text('<p>At <a href="mailto:a@b.example">a@b.example</a>.</p>') == "At a@b.example."


@given(st.text())
def test_xml_text_can_stand_in_xml_whatever_it_was(text):
    kept = abroad.xml_text(text)

    document = minidom.Document()
    element = document.appendChild(document.createElement("a"))
    element.appendChild(document.createTextNode(kept))
    minidom.parseString(document.toxml("utf-8"))


def test_xml_text_keeps_what_people_write():
    words = "Tab\t line\n emoji 🦔, Arabic مرحبا, & < > ]]>"

    assert abroad.xml_text(words + "\x00\x0b\x1f\ufffe\ud800") == words


def test_stamp_is_utc_to_the_second():
    moment = datetime(2026, 3, 1, 1, 30, 5, 999_999, tzinfo=timezone(timedelta(hours=2)))

    assert abroad.stamp(moment) == "2026-02-28T23:30:05Z"
    assert abroad.stamp(moment.astimezone(UTC)) == abroad.stamp(moment)
