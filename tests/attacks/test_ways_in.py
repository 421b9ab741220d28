"""The attacks by every way that a text comes in, and on every page, feed and letter where it comes out."""

import re
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from django.urls import reverse

from articles.models import Article
from authors.models import Author
from editorial import conversation, post, workflow
from network import markup
from tests import factories
from tests.attacks import TEXTS
from tests.editorial.test_post import mail_to, postbox  # noqa: F401 - fixtures

OWN = ("/", "#", "?", "mailto:", "http://", "https://")
FORBIDDEN = {"iframe", "object", "embed", "base", "math", "style", "template", "frame", "applet", "portal"}


class Looking(HTMLParser):
    """What is wrong with a page of ours, or with a part of one."""

    def __init__(self, html: str):
        super().__init__()
        self.wrong: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        given = {name: value or "" for name, value in attrs}
        said = self.get_starttag_text()
        if tag in FORBIDDEN or any(name.startswith("on") or name in ("style", "srcdoc", "ping") for name in given):
            self.wrong.append(said)
        if (
            tag == "script"
            and not given.get("src", "").startswith("/static/")
            and "ld+json" not in given.get("type", "")
        ):
            self.wrong.append(said)
        led = [given.get(name) for name in ("href", "action", "formaction")]
        shown = [given.get(name) for name in ("src", "srcset", "poster", "background")]
        if any(value and not value.startswith(OWN) for value in led) or any(
            value and not re.match("/(?!/)|http://testserver/|http://127.0.0.1", value) for value in shown
        ):
            self.wrong.append(said)


def is_whole(text: str) -> bool:
    """Texts that open a block of code, or a note, which would hide those after them."""
    return not re.search(r"^(```|~~~)|\[\^", text, re.MULTILINE)


TOGETHER = "\n\n".join(text for text in TEXTS if is_whole(text))
LINES = [" ".join(text.split()) for text in TEXTS]


def one_by_one(most: int) -> str:
    """A field of one line, with as many attacks as it takes."""
    line = ""
    for text in ("</title><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "';alert(1)//", *LINES):
        line = f"{line} {text}".strip() if len(line) + len(text) < most else line
    return line


@pytest.fixture
def attacked(cast) -> Article:
    """A live piece with attacks in all that an author writes, with comments of the desk and its author."""
    Author.objects.filter(user=cast.ana).update(bio=one_by_one(150), long_bio=TOGETHER[:9_000], role=one_by_one(70))
    piece = factories.make_piece(cast.ana, cast.section, headline=one_by_one(108), dek=one_by_one(190), body=TOGETHER)
    words = {"alt": one_by_one(200), "caption": one_by_one(200), "credit": one_by_one(100)}
    piece.lead_picture = factories.make_picture(piece, cast.ana, **words)
    piece.save(update_fields=["lead_picture"])
    piece = factories.advance(piece, "in_review", cast)
    for number in range(0, len(TEXTS), 40):
        words = "\n\n".join(TEXTS[number : number + 40])[:4_000]
        conversation.say(piece, by=cast.edda, text=words, quote="", is_blocking=False)
    piece.comments.update(resolved_at=piece.created_at)
    return workflow.take("publish", factories.approve(piece, cast.edda), by=cast.pia)


def pages_of(piece: Article) -> dict[str, list[str]]:
    public = [
        "/",
        piece.get_absolute_url(),
        f"{piece.get_absolute_url()}how/",
        "/authors/ana-ruiz/",
        "/search/?q=alert",
    ]
    public += ["/sections/opinion/", "/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/sitemap.xml"]
    desk = [reverse("admin:articles_article_change", args=[piece.pk]), f"/admin/articles/article/{piece.pk}/revisions/"]
    own = [f"/contribute/{piece.pk}/", f"/contribute/{piece.pk}/revisions/", "/contribute/", "/contribute/profile/"]
    return {"": public, "ana": own, "edda": desk}


def test_attack_is_seen_where_nothing_stands_in_its_way():
    assert sum(bool(Looking(text).wrong) for text in TEXTS) > 100


def test_no_page_holds_an_attack(client, attacked, cast):
    looked = 0

    for who, addresses in pages_of(attacked).items():
        if who:
            client.force_login(getattr(cast, who))
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            if answer["Content-Type"].startswith("text/html"):
                assert Looking(answer.text).wrong == [], address
                looked += 1

    assert looked == 12


def test_feeds_hold_only_what_a_page_may_hold(client, attacked):
    stored = attacked.live.revision.html

    assert Looking(stored).wrong == []
    for item in client.get("/feeds/feed.json").json()["items"]:
        assert Looking(item["content_html"]).wrong == []


def test_no_letter_holds_an_attack(attacked, postbox):  # noqa: F811
    post.sweep()

    parts = [part for letter in postbox.letters for part in letter.message.walk()]
    bodies = [part.get_content() for part in parts if part.get_content_type() == "text/html"]
    assert bodies
    assert [wrong for body in bodies for wrong in Looking(body).wrong] == []


def test_preview_answers_each_attack_without_it(client, cast, draft, monkeypatch):
    monkeypatch.setattr("editorial.uploads.PREVIEWS_A_MINUTE", 10_000)
    client.force_login(cast.ana)

    for text in TEXTS:
        answer = client.post("/markdownx/markdownify/", {"piece": draft.pk, "content": text})
        assert answer.status_code == 200
        assert Looking(answer.text).wrong == [], text


def test_paste_and_import_bring_none_in(client, cast, draft, tmp_path):
    client.force_login(cast.ana)
    pasted = client.post(f"/contribute/{draft.pk}/paste/", {"html": "".join(TEXTS)})
    file = tmp_path / "piece.md"
    file.write_text(f"---\ntitle: A <script>alert(1)</script>\nauthor: Ana Ruiz\n---\n\n{TOGETHER}\n")
    call_command("import_piece", str(file), by="ana")

    imported = Article.objects.order_by("pk").last()

    assert pasted.status_code == 200
    for text in (pasted.text, imported.body):
        assert Looking(markup.render(text, doc_id="a1")).wrong == []


def test_larger_texts_than_a_page_holds_are_refused(client, cast, draft):
    client.force_login(cast.ana)
    before = Article.objects.get(pk=draft.pk).body
    large = "<svg onload=alert(1)>[" * 50_000

    preview = client.post("/markdownx/markdownify/", {"piece": draft.pk, "content": large})
    client.post(f"/contribute/{draft.pk}/edit/", {"headline": "x", "body": large})

    assert preview.status_code == 413
    assert Article.objects.get(pk=draft.pk).body == before
