"""The pictures of a stored text, offered in more sizes: by adding, and to nothing but our own pictures."""

import time

import pytest

from network import markup, sources
from network.markup import PictureSource

FOUND = sources.Sources("/a.avif 480w", "/a.webp 480w", "/a 480w")


def rendered(text, **words):
    picture = PictureSource("/pictures/abc123/", 900, 600, **words)
    return str(markup.render(text, doc_id="1", pictures={"abc123": picture}))


def offered(html, known=("abc123",)):
    return sources.offered(html, lambda reference: FOUND if reference in known else None, "92vw")


@pytest.mark.parametrize(
    "alt", ["", "Gulls", 'Gulls > "ducks" & <b>', "<img src='/pictures/abc123/'>", "a='b' srcset=x"]
)
def test_picture_of_ours_gets_its_sources(alt):
    html = rendered("![](picture:abc123)", alt=alt, caption="At six")

    shown = offered(html)

    assert shown.count("<picture>") == shown.count("</picture>") == 1
    assert shown.count("<source ") == 2
    assert '<source type="image/avif" srcset="/a.avif 480w" sizes="92vw">' in shown
    assert ' srcset="/a 480w" sizes="92vw"></picture><figcaption>At six</figcaption>' in shown
    assert 'src="/pictures/abc123/"' in shown


def test_all_but_the_picture_stays_as_it_was():
    html = rendered(
        '# Gulls\n\nOne & two.\n\n![](picture:abc123)\n\n`<img src="/pictures/abc123/">`\n\n> So *they* sang.'
    )

    shown = offered(html)

    before, after = html.split("<img ")[0], html.rpartition("</figure>")[2]
    assert shown.startswith(before + "<picture>")
    assert shown.endswith(after)
    assert shown.count("<picture>") == 1


def test_offering_twice_changes_nothing():
    once = offered(rendered("![](picture:abc123)\n\nText.\n\n![](picture:abc123)"))

    assert once.count("<picture>") == 2
    assert offered(once) == once


def test_picture_that_is_not_known_stays_as_it_is():
    html = rendered("![](picture:abc123)")

    assert offered(html, known=()) == html


@pytest.mark.parametrize(
    "html",
    [
        '<p>&lt;img src="/pictures/abc123/"&gt;</p>',
        '<img src="/static/icon.svg">',
        '<img src="https://else.example/pictures/abc123/">',
        '<img src="/pictures/abc123/whole-480">',
        '<img src="/pictures/../abc123/">',
        "<img",
        "",
    ],
)
def test_nothing_else_is_touched(html):
    assert offered(html) == html


def test_addresses_are_escaped():
    hostile = sources.Sources('"><script>', "&", "'")

    shown = sources.offered(rendered("![](picture:abc123)"), lambda reference: hostile, '"x')

    assert "<script>" not in shown
    assert "&quot;&gt;&lt;script&gt;" in shown


def test_offering_costs_a_reader_next_to_nothing():
    """A long article with ten pictures: under two thousandths of a second, and the same for a text made to be slow."""
    html = rendered("\n\n".join(["Gulls sang at six. " * 40, "![](picture:abc123)"] * 10))
    hostile = "<img" + ' a="b"' * 20_000

    for text, most in ((html, 0.002), (hostile, 0.05)):
        started = time.process_time()
        offered(text)
        assert time.process_time() - started < most
