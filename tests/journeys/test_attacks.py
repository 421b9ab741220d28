"""The whole corpus of attacks in real pages, in a real browser: nothing runs, nothing is fetched, no policy is touched."""

import pytest

from authors.models import Author
from editorial import conversation
from tests.attacks import TEXTS as ATTACKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SCRIPT = "<script>alert(1)</script>"
PICTURE = '"><img src=//evil.example/x onerror=alert(1)>'


@pytest.fixture
def piece(cast, at_stage):
    Author.objects.filter(user=cast.ana).update(bio=PICTURE, long_bio="\n\n".join(ATTACKS), role=SCRIPT)
    body = "\n\n".join(["The harbour was quiet.", *ATTACKS])
    piece = at_stage("published", headline=f"Gulls {SCRIPT}", dek=PICTURE, body=body)
    for start in range(0, len(ATTACKS), 12):
        conversation.say(piece, by=cast.edda, text="\n\n".join(ATTACKS[start : start + 12]), quote="")
    return piece


def watched(visitor, home: str) -> list[str]:
    """What must not happen: a dialog, or a request that is not ours."""
    seen: list[str] = []
    page = visitor.page
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda asked: None if asked.url.startswith(home) else seen.append(asked.url))
    return seen


def test_no_attack_does_anything_in_any_page(visitor, cast, piece, live_server):
    reader, author, editor = visitor(), visitor(), visitor()
    seen = [watched(each, live_server.url) for each in (reader, author, editor)]

    for path in (f"/articles/{piece.slug}/", "/", f"/authors/{cast.ana.author.slug}/", "/search/?q=%3Cscript%3E"):
        reader.go(path)
        assert "alert(1)" in reader.page.content()

    author.sign_in("ana")
    for path in (f"/contribute/{piece.pk}/", f"/contribute/{piece.pk}/revisions/1/", "/contribute/profile/"):
        author.go(path)
        assert "alert(1)" in author.page.content()

    editor.sign_in("edda")
    editor.go(f"/admin/articles/article/{piece.pk}/change/")
    assert "alert(1)" in editor.page.content()

    assert seen == [[], [], []]
    assert reader.problems == author.problems == editor.problems == []


def test_no_attack_does_anything_in_the_preview(visitor, live_server, draft):
    writer = visitor("ana")
    seen = watched(writer, live_server.url)
    writer.go(f"/contribute/{draft.pk}/edit/")

    for text in ("\n\n".join(ATTACKS), *ATTACKS[::12]):
        with writer.page.expect_response("**/markdownx/markdownify/"):
            writer.page.locator("[name=body]").fill(text)

    assert seen == []
    assert writer.problems == []
