"""What other programs put on the clipboard, as Markdown. The HTML has the shape that each program gives it."""

import time

import pytest

from editorial import pasting
from editorial.refusal import Refused
from network import markup

DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-0a1b"><h1 dir="ltr"><span '
    'style="font-size:20pt;font-weight:400;">Gulls</span></h1><p dir="ltr"><span style="font-weight:400;">Plain, </span>'
    '<span style="font-weight:700;">bold</span><span style="font-weight:400;font-style:italic;"> and slanted</span>'
    '<a href="https://www.google.com/url?q=https://example.org/a&amp;sa=D"><span style="font-weight:400"> there</span></a>'
    '<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>.</p><ul><li><p>One</p></li><ul><li><p>Inner</p></li></ul><li><p>Two</p>'
    '</li></ul><br><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span> The note.</span></p></b><br class="x">'
)
WORD = (
    '<html xmlns:o="urn:x"><head><title>T</title><style>p{margin:0}</style><!--[if gte mso 9]><xml>x</xml><![endif]--></head>'
    "<body><p class=MsoNormal>Gulls&nbsp;at&shy;tend<a style='mso-footnote-id:ftn1' href=\"file:///C:/c.htm#_ftn1\" "
    'name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a> to <b>all</b>.<o:p></o:p></p>'
    "<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·"
    "<span>&nbsp;&nbsp; </span></span><![endif]>First</p>\n"
    "<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o </span>Inner</p>\n"
    "<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>· </span>Second</p>"
    "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
    "<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1. </span>Uno</p>"
    "<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2. </span>Due</p>"
    '<img src="file:///C:/a.png"><div style="mso-element:footnote-list"><div style="mso-element:footnote" id=ftn1>'
    '<p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1"><span class=MsoFootnoteReference>[1]</span></a> The note.</p>'
    "</div></div></body></html>"
)
LIBRE = (
    '<p class="western">Gulls<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a> sing.</p>'
    "<blockquote><p>Said she</p></blockquote><table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td>3</td></tr></table>"
    '<div id="sdfootnote1"><p><a class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a>The note.</p></div>'
)


def test_paste_from_google_docs():
    assert pasting.as_markdown(DOCS, notes=2).markdown == (
        "## Gulls\n\nPlain, **bold** *and slanted* [there](https://example.org/a)[^3].\n\n"
        "- One\n  - Inner\n- Two\n\n[^3]: The note."
    )


def test_paste_from_word():
    pasted = pasting.as_markdown(WORD)

    assert pasted.markdown == (
        "Gulls attend[^1] to **all**.\n\n- First\n  - Inner\n- Second\n\n1. Uno\n2. Due\n\n[^1]: The note."
    )
    assert pasted.said.startswith("A picture was left out.")


@pytest.mark.parametrize(
    "html, markdown",
    [
        ("<b style='mso-bidi-font-weight:normal'>all</b>", "**all**"),
        ("<i style='mso-bidi-font-style: normal'>all</i>", "*all*"),
        ('<span style="mso-bidi-font-weight:bold;mso-bidi-font-style:italic">all</span>', "all"),
        ('<b style="color:red; font-weight: normal">all</b>', "all"),
        ('<em style="font-style: normal">all</em>', "all"),
    ],
)
def test_paste_goes_by_the_weight_of_our_script(html, markdown):
    assert pasting.as_markdown(f"<p>{html}</p>").markdown == markdown


def test_paste_from_libreoffice():
    assert pasting.as_markdown(LIBRE).markdown == (
        "Gulls[^1] sing.\n\n> Said she\n\n| A | B |\n| --- | --- |\n| 1\\|2 | 3 |\n\n[^1]: The note."
    )


@pytest.mark.parametrize(
    "typed",
    [
        "# not a heading",
        "1. not a list",
        "- nor this",
        "+ nor this",
        "a * b * c and snake_case_name",
        "[x](y) <b> &amp; ~~no~~ `code`",
        "> no quotation",
        "===",
    ],
)
def test_paste_shows_every_character_as_it_was(typed):
    html = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    markdown = pasting.as_markdown(f"<p>{html}</p>").markdown

    assert markup.plain(markdown) == typed
    assert markup.render(markdown, doc_id="x").count("<p>") == 1


@pytest.mark.parametrize(
    "href, address",
    [
        ("https://example.org/a(b)", "https://example.org/a%28b%29"),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2F&data=1",
            "https://example.org/",
        ),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F&h=1", "https://example.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_paste_keeps_a_link_without_its_detour(href, address):
    assert pasting.as_markdown(f'<a href="{href}">there</a>').markdown == f"[there]({address})"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "#top", "/path", ""])
def test_paste_keeps_the_words_of_what_is_no_link(href):
    assert pasting.as_markdown(f'<a href="{href}">there</a><script>x()</script>').markdown == "there"


@pytest.mark.parametrize(
    "html", ["<p>" + "a" * 2_000_001, "<b>" * 50_000, "<p>a</p>" * 20_000, "<div>" * 100 + "x", "word " * 100_000]
)
def test_paste_refuses_what_is_larger_than_any_article(html):
    with pytest.raises(Refused):
        pasting.as_markdown(html)


@pytest.mark.parametrize("around", ["<pre>x{}y</pre>", "<p>x<code>{}y</code></p>", "<pre>x{}</pre>"])
@pytest.mark.parametrize("blank", [" ", "\n", "\t"])
def test_blanks_without_end_take_no_time(around, blank):
    began = time.process_time()

    assert "x" in pasting.as_markdown(around.format(blank * 190_000)).markdown

    assert time.process_time() - began < 2
