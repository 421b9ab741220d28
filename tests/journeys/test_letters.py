"""Readers write to an author and to the desk, and ask for a correction; each is answered. On every screen, without a cookie."""

import re

import pytest
from playwright.sync_api import expect

from editorial import intake
from editorial.models import CorrectionRequest, Correspondence, Letter
from tests import factories
from tests.journeys import barriers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
TO_PASS_ON = re.compile(r"https?://[^/\s]+(/letters/\S+|/corrections/requests/\S+)")


@pytest.fixture(autouse=True)
def _people_type_slowly(monkeypatch):
    """A browser that is driven types faster than any person."""
    monkeypatch.setattr(intake, "FAST", 0)


def look(person) -> None:
    """At the page that is open: small in light, wide in dark."""
    person.page.wait_for_load_state()
    expect(person.page.locator("h1").first).to_be_visible()
    found = []
    for scheme, width in (("light", 320), ("dark", 1280)):
        person.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        person.page.set_viewport_size({"width": width, "height": 900})
        wide = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        there = [(one["id"], node["html"]) for one in barriers.on(person.page) for node in one["nodes"]]
        if wide > 0 or there:
            found.append((person.page.url, scheme, wide, there))
    assert found == []


def fill(person, **fields) -> None:
    for name, text in fields.items():
        person.page.locator(f"[name={name}]").fill(text)


def confirm(reader) -> None:
    """Follow the newest letter to confirm, and press its button."""
    letter = Letter.objects.filter(kind="letter_confirm").latest("pk")
    reader.go(TO_PASS_ON.search(letter.body)[1])
    look(reader)
    assert Letter.objects.latest("pk") == letter
    reader.press("Confirm and send")
    reader.sees("Confirmed")
    look(reader)


def test_reader_writes_to_the_author_who_answers_and_closes(visitor, cast, at_stage):
    piece = at_stage("published", headline=f"Gulls {LONG}")
    reader = visitor()
    reader.go(piece.get_absolute_url())
    reader.follow("the author")
    look(reader)
    reader.page.evaluate("document.forms[0].noValidate = true")
    reader.press("Send the letter")
    reader.sees("nothing that you typed is lost")
    look(reader)
    fill(reader, text="You forgot the terns.", name="Rosa Reader", email="rosa@reader.example")
    reader.press("Send the letter")
    reader.sees("look in your mail")
    look(reader)
    confirm(reader)

    ana = visitor("ana")
    ana.go("/contribute/letters/")
    ana.follow("Rosa Reader")
    ana.sees("You forgot the terns.")
    ana.does_not_see("rosa@reader.example")
    fill(ana, text="They were asleep.")
    ana.press("Send the answer")
    ana.sees("Your answer is on its way.")

    reader.go(TO_PASS_ON.search(Letter.objects.get(kind="letter_answered").body)[1])
    reader.sees("They were asleep.")
    reader.does_not_see("ana@people.example")
    look(reader)
    fill(reader, text="They never are.")
    reader.press("Send")
    reader.sees("They never are.")
    ana.page.reload()
    ana.sees("They never are.")
    ana.follow("Close it")
    ana.press("Close it")
    ana.sees("This correspondence is closed.")
    reader.page.reload()
    reader.sees("This correspondence is closed.")
    look(reader)
    reader.press("Delete all of it")
    reader.sees("There is nothing here any more")
    look(reader)
    assert not Correspondence.objects.exists()
    assert reader.context.cookies() == []


def test_reader_writes_to_the_desk_which_answers_and_closes(visitor, cast, at_stage):
    reader = visitor()
    reader.go("/contact/")
    look(reader)
    reader.page.get_by_label("Privacy: what you hold about me").check()
    fill(reader, text=f"What do you hold about me? {LONG}", name="Rosa Reader", email="rosa@reader.example")
    reader.press("Send the letter")
    confirm(reader)
    assert reader.context.cookies() == []

    edda = visitor("edda")
    edda.go("/admin/")
    edda.follow("Letters from readers")
    look(edda)
    edda.follow("Rosa Reader")
    look(edda)
    edda.press("Take it")
    edda.sees("With edda.")
    fill(edda, text="These letters, and nothing else.")
    edda.press("Send the answer")
    edda.sees("Your answer is on its way.")
    edda.follow("Close it")
    look(edda)
    edda.press("Close it")
    edda.sees("Closed.")
    assert Letter.objects.filter(kind="letter_answered", address="rosa@reader.example").count() == 1


def test_reader_asks_for_a_correction_and_follows_it(visitor, cast, at_stage):
    piece = at_stage("published")
    reader = visitor()
    reader.go(f"/articles/{piece.slug}/ask-for-a-correction/")
    look(reader)
    fill(reader, quote="nobody had told the gulls", wrong=f"Somebody had. {LONG}", right="The harbour master had.")
    fill(reader, source="The harbour book", name="Rosa Reader", email="rosa@reader.example")
    reader.press("Send the request")
    confirm(reader)
    reader.follow("How far it is")
    reader.sees("Received.")
    look(reader)
    asked = CorrectionRequest.objects.get()

    edda = visitor("edda")
    edda.go("/admin/")
    edda.follow("Correction requests")
    look(edda)
    edda.follow(f"Request {asked.pk}")
    look(edda)
    edda.press("Take it up")
    edda.sees("its authors are told")
    look(edda)
    edda.page.get_by_label("No change").check()
    fill(edda, words="The harbour book says the same as the piece.")
    edda.press("Close the request")
    edda.sees("The reader gets your answer by mail.")
    look(edda)

    reader.page.reload()
    reader.sees("No change.")
    reader.sees("The harbour book says the same as the piece.")
    look(reader)
    assert reader.context.cookies() == []
    kinds = list(Letter.objects.filter(kind__startswith="fix").order_by("pk").values_list("kind", "to__username"))
    assert kinds == [("fix_receipt", None), ("fix_author", "ana"), ("fix_outcome", None)]


def test_a_form_without_scripts_and_sent_too_fast_keeps_all(visitor, cast, at_stage, monkeypatch):
    monkeypatch.setattr(intake, "FAST", 3)
    piece = factories.make_piece_at("published", cast, headline="Terns")
    reader = visitor()
    reader.go(f"/articles/{piece.slug}/write-to-the-author/")
    fill(reader, text="Quick.", name="Rosa Reader", email="rosa@reader.example")

    reader.press("Send the letter")

    reader.sees("press the button once more")
    expect(reader.page.locator("[name=text]")).to_have_value("Quick.")
    look(reader)
    reader.page.wait_for_timeout(3_100)
    reader.press("Send the letter")
    reader.sees("look in your mail")
