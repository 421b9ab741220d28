"""The people of bench/kills.py: contributors, editors and a reader, who write over HTTP and remember what they were
promised."""

import io
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from bench.kills import Story

TOKEN = "k" * 32  # a form's proof against forgery, in the cookie and in the header
PICTURES = 20  # of one piece, before the next one is begun


class Form(HTMLParser):
    """What the fields of a page hold, as a browser would send them."""

    def __init__(self, page: str):
        super().__init__()
        self.fields: dict[str, str] = {}
        self.open = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio", "submit") or "checked" in given):
            self.fields[name] = given.get("value") or ""
        elif tag in ("textarea", "select") and name:
            self.open, self.fields[name] = name, ""
        elif tag == "option" and self.open and "selected" in given:
            self.fields[self.open] = given.get("value") or ""

    def handle_endtag(self, tag):
        if tag in ("textarea", "select"):
            self.open = ""

    def handle_data(self, data):
        if self.open and self.open in ("body", "dek", "headline"):
            self.fields[self.open] += data


def cast(story: "Story", moments: random.Random) -> list["Person"]:
    from editorial import permissions
    from tests import factories

    factories.make_network()
    factories.make_disclaimer()
    factories.make_agreement()
    section = story.section = factories.make_section()
    names = ("Ana Ruiz", "Bo Lindqvist", "Cem Arslan")
    users = [factories.make_contributor(name.split()[0].lower(), name) for name in names]
    for user in users:
        story.pieces[user.pk] = factories.make_piece(user, section, headline=f"Of {user.username}").pk
    writers = [Contributor(story, user, moments.random()) for user in users]
    both = permissions.EDITORS, permissions.PUBLISHERS
    editors = [Editor(story, factories.make_desk(name, *both), moments.random()) for name in ("edda", "emil")]
    return [*writers, *editors, Reader(story, moments.random())]


class Person(threading.Thread):
    """Does one thing after the other while the site is there. `promised` is what was answered with yes, `begun` what
    was sent: of a text the number it names, of all else how many times."""

    acts: tuple[str, ...] = ()

    def __init__(self, story: "Story", seed: float):
        super().__init__(daemon=True)
        self.story, self.site, self.moments = story, story.site, random.Random(seed)
        self.promised: dict[tuple, int] = {}
        self.begun: dict[tuple, int] = {}
        self.acknowledged = self.tried = self.number = 0
        self.kinds: Counter[str] = Counter()
        self.is_idle = True
        self.cookie = ""

    def sign_in(self, user) -> None:
        from django.test import Client

        client = Client()
        client.force_login(user)
        self.user, self.cookie = user, f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"

    def run(self) -> None:
        while not self.story.is_over.is_set():
            self.is_idle = True
            self.story.may_write.wait()
            self.is_idle = False
            if not self.story.may_write.is_set():
                continue
            try:
                getattr(self, self.moments.choice(self.acts))()
            except OSError:
                time.sleep(0.05)

    def next(self) -> int:
        self.number += 1
        return self.number

    def get(self, path: str) -> dict[str, str] | None:
        status, page, _ = self.site.ask("GET", path, Cookie=self.cookie)
        return Form(page).fields if status == 200 else None

    def post(self, path: str, fields: dict, **more: str) -> tuple[int, str, str]:
        headers = {"Cookie": self.cookie, "X_CSRFToken": TOKEN, "Content_Type": "application/x-www-form-urlencoded"}
        return self.site.ask("POST", path, urlencode(fields, doseq=True), **(headers | more))

    def write(self, key: tuple, send: Callable[[], bool], number: int = 0) -> None:
        self.begun[key] = number or self.begun.get(key, 0) + 1
        self.promised.setdefault(key, 0)
        self.tried += 1
        if send():
            self.promised[key] = number or self.promised[key] + 1
            self.acknowledged += 1
            self.kinds[key[0]] += 1

    def lost(self) -> list[str]:
        """Each promise that is not kept, then forgotten where nothing will change it."""
        broken = []
        for key, value in list(self.promised.items()):
            found = getattr(self, f"found_{key[0]}")(*key[1:])
            if not value <= found <= self.begun[key]:
                broken.append(f"{key}: {value} was acknowledged, {self.begun[key]} was sent, {found} is there")
            elif key[0] in ("comment", "picture", "letter", "piece"):
                del self.promised[key], self.begun[key]
        return broken


class Contributor(Person):
    acts = ("save", "save", "keep", "keep", "keep", "step", "step", "step", "comment", "upload")

    def __init__(self, story: "Story", user, seed: float):
        super().__init__(story, seed)
        self.sign_in(user)
        self.piece, self.uploads = 0, PICTURES

    @property
    def of_steps(self) -> int:
        return self.story.pieces[self.user.pk]

    def save(self) -> None:
        path, number = f"/contribute/{self.piece}/edit/", self.next()
        if not self.piece or self.uploads >= PICTURES:
            self.begin()
        elif fields := self.get(f"{path}?aside="):
            fields["body"] = f"Save {number}."
            self.write(("text", self.piece), lambda: self.post(path, fields)[0] == 302, number)

    def begin(self) -> None:
        headline = f"Begun {self.next()} by {self.user.username}"

        def send() -> bool:
            status, _, place = self.post("/contribute/new/", {"headline": headline})
            if status == 302:
                self.piece, self.uploads = int(place.split("/")[2]), 0
            return status == 302

        self.write(("piece", headline), send)

    def keep(self) -> None:
        from editorial import buffers

        number = self.next()
        if self.piece:
            fields = {"whose": buffers.whose(self.user), "tab": f"{self.piece:08d}", "number": number}
            fields |= {"body": f"Kept {number}.", "save_number": 0}
            path = f"/contribute/{self.piece}/buffer/"
            self.write(("buffer", self.piece), lambda: self.post(path, fields)[0] == 200, number)

    def step(self) -> None:
        name = self.moments.choice(("submit", "submit", "withdraw", "reopen"))
        path, key = f"/contribute/{self.of_steps}/{name}/", ("step", self.of_steps, name)
        if (fields := self.get(path)) is not None:
            self.write(key, lambda: self.post(path, fields)[0] == 302)

    def comment(self) -> None:
        words = f"Comment {self.next()} of {self.user.username}"
        path = f"/contribute/{self.of_steps}/comment/"
        self.write(("comment", words), lambda: self.post(path, {"text": words})[0] == 302)

    def upload(self) -> None:
        if not self.piece or self.uploads >= PICTURES:
            return
        self.uploads += 1
        words = f"Picture {self.next()} of {self.user.username}"
        body, kind = picture(self.piece, words, self.moments)
        self.write(("picture", words), lambda: self.post_file("/markdownx/upload/", body, kind) == 200)

    def post_file(self, path: str, body: bytes, kind: str) -> int:
        return self.site.ask("POST", path, body, Cookie=self.cookie, X_CSRFToken=TOKEN, Content_Type=kind)[0]

    def found_text(self, piece: int) -> int:
        from articles.models import Article

        return number_in(Article.objects.get(pk=piece).body)

    def found_buffer(self, piece: int) -> int:
        from editorial.models import Buffer

        kept = Buffer.objects.filter(article=piece, writer=self.user, tab=f"{piece:08d}").first()
        return number_in(kept.typed["body"]) if kept else 0

    def found_piece(self, headline: str) -> int:
        from articles.models import Article

        return Article.objects.filter(headline=headline).count()

    def found_comment(self, words: str) -> int:
        from editorial.models import Comment

        return Comment.objects.filter(text=words).count()

    def found_picture(self, words: str) -> int:
        from articles.models import Picture

        return sum(Path(row.file.path).stat().st_size > 0 for row in Picture.objects.filter(alt=words))

    def found_step(self, piece: int, name: str) -> int:
        from editorial.models import Event

        return Event.objects.filter(article=piece, step=name, actor=self.user).count()


class Editor(Person):
    acts = ("claim", "release", "comment", "see_through", "see_through")

    def __init__(self, story: "Story", user, seed: float):
        super().__init__(story, seed)
        self.sign_in(user)

    def piece(self) -> int:
        return self.moments.choice(list(self.story.pieces.values()))

    def claim(self) -> None:
        self._step("claim", self.piece())

    def release(self) -> None:
        self._step("release", self.piece())

    def see_through(self) -> None:
        from tests.factories import EVERY_ITEM

        piece = self.piece()
        self._step("claim", piece)
        self._step("approve", piece, checklist=EVERY_ITEM)
        self._step("publish", piece)

    def _step(self, name: str, piece: int, **more) -> None:
        path, key = f"/admin/articles/article/{piece}/steps/{name}/", ("step", piece, name)
        if (fields := self.get(path)) is not None:
            self.write(key, lambda: self.post(path, fields | more)[0] == 302)

    def comment(self) -> None:
        words = f"Comment {self.next()} of {self.user.username}"
        path = f"/admin/articles/article/{self.piece()}/comment/"
        self.write(("comment", words), lambda: self.post(path, {"text": words})[0] == 302)

    found_comment, found_step = Contributor.found_comment, Contributor.found_step


class Reader(Person):
    acts = ("letter",)

    def letter(self) -> None:
        from editorial import intake
        from network import clock

        number = self.next()
        with clock.at(clock.now() - timedelta(seconds=30)):
            fields = {"opened": intake.opened("desk"), "website": "", "name": "A reader", "topic": "general"}
        fields |= {"email": f"reader{number}@people.example", "text": f"Letter {number}.", "piece": ""}
        place = f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"
        key = ("letter", f"Letter {number}.")
        self.write(key, lambda: self.post("/contact/", fields, X_Forwarded_For=place)[0] == 302)

    def found_letter(self, words: str) -> int:
        from editorial.models import Message

        return Message.objects.filter(text=words, correspondence__letters__isnull=False).count()


def number_in(text: str) -> int:
    return int("".join(filter(str.isdigit, text)) or 0)


def picture(piece: int, words: str, moments: random.Random) -> tuple[bytes, str]:
    """A form with a small picture of a colour of its own."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (40, 30), tuple(moments.randbytes(3))).save(file, "PNG")
    parts = {"piece": str(piece), "alt": words}
    lines = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()
    ]
    lines.append(
        '--edge\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    return "".join(lines).encode() + file.getvalue() + b"\r\n--edge--\r\n", "multipart/form-data; boundary=edge"
