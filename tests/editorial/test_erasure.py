"""A person's copy of everything, and their erasure: what is private is in no row any more, and every hash holds."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from articles.models import Article
from authors.models import Author, Employment
from editorial import buffers, erasure, joining, person, trail
from editorial.models import Disclosure, Letter
from editorial.refusal import Refused
from network import clock
from network.models import Tally
from tests import factories

PRIVATE = "canary-7f3a"


@pytest.fixture
def ana(cast, client):
    """Ana with something private in every place that has one, and a published piece."""
    ana = cast.ana
    User.objects.filter(pk=ana.pk).update(first_name=PRIVATE, last_name=PRIVATE, email=f"{PRIVATE}@people.example")
    ana.emailaddress_set.update(email=f"{PRIVATE}@people.example")
    ana.refresh_from_db()
    joining.apply(name=PRIVATE, email=ana.email, place=PRIVATE, links="", sample=PRIVATE, why=PRIVATE)
    Employment.objects.create(user=ana, employer=PRIVATE)
    author = ana.author
    author.portrait.save(f"{PRIVATE}.webp", ContentFile(b"portrait"))
    published = factories.make_piece_at("published", cast)
    Author.objects.filter(pk=author.pk).update(role=PRIVATE, bio=PRIVATE, long_bio=PRIVATE)
    Disclosure.objects.filter(article=published).update(answers={"family": {"yes": True, "detail": PRIVATE}})
    draft = factories.make_piece(ana, cast.section)
    buffers.keep(draft, by=ana, tab="12345678", number=1, posted={"body": PRIVATE})
    Letter.objects.create(to=ana, kind="digest", subject=PRIVATE, body=PRIVATE, sent_at=clock.now())
    client.force_login(ana)
    client.get("/contribute/")
    return ana


def everything() -> str:
    """Every row of the database as text."""
    rows = []
    for model in apps.get_models():
        rows += [str(row) for row in model._base_manager.values_list()]
    return "\n".join(rows)


def test_held_names_every_column_that_leads_to_a_person():
    named = {
        (held.model, path.split("__")[0])
        for held in person.HELD
        for path in (*held.account, *held.author, *held.address, *held.deeds)
    }
    lacking = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in (User, Author) or ("email" in field.name and model not in (User, EmailAddress))
        if (model, field.name) not in named
    ]

    assert lacking == ["account.EmailConfirmation.email_address"]  # none is made: addresses are confirmed by a code


def test_erased_person_is_in_no_row_and_every_hash_holds(ana, cast, client):
    piece = Article.objects.live().get()
    for name in (ana.username, "bo"):
        Tally.objects.create(kind=Tally.Kind.SIGN_IN, what=name, hour=clock.now())
    assert PRIVATE in everything()

    erasure.erase(ana, by=cast.root)

    assert [row.what for row in Tally.objects.all()] == ["bo"]

    assert PRIVATE not in everything()
    assert list(trail.verify()) == []
    assert not Session.objects.exists()
    page = client.get(piece.get_absolute_url()).text
    assert "Ana Ruiz" in page
    assert piece.live.revision.body.split(".")[0] in page
    assert not User.objects.get(pk=ana.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_portrait_of_an_erased_person_is_deleted_once_it_is_done(cast):
    cast.ana.author.portrait.save("ana.webp", ContentFile(b"portrait"))
    portrait = cast.ana.author.portrait.name

    erasure.erase(cast.ana, by=cast.root)

    assert not default_storage.exists(portrait)


def test_whom_readers_never_knew_loses_the_name(cast):
    erasure.erase(cast.bo, by=cast.root)

    author = Author.objects.get(pk=cast.bo.author.pk)
    assert (author.name, author.slug, author.user_id) == ("erased", f"erased-{author.pk}", cast.bo.pk)


@pytest.mark.parametrize("who, by", [("ana", "edda"), ("ana", "sten"), ("root", "root"), ("ana", None)])
def test_erasure_by_whoever_may_not_changes_nothing(cast, who, by):
    before = everything()

    with pytest.raises(Refused):
        erasure.erase(getattr(cast, who), by=getattr(cast, by) if by else None)

    assert everything() == before


def test_piece_at_the_desk_keeps_its_author_for_now(cast, at_stage):
    at_stage("in_review")

    with pytest.raises(CommandError, match="At the desk: Gulls at six"):
        call_command("erase_person", "ana", "--by", "root")

    assert User.objects.get(pk=cast.ana.pk).is_active


def test_erased_editor_leaves_their_decisions(cast, at_stage):
    piece = at_stage("published")

    call_command("erase_person", "edda", "--by", "root")

    assert piece.reviews.filter(editor=cast.edda, decision="approve").exists()
    assert list(trail.verify()) == []


def copy_of(file) -> tuple[dict, list[str]]:
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("everything.json")), archive.namelist()


def test_copy_holds_all_that_is_about_a_person_and_no_secret(ana, cast, tmp_path):
    call_command("export_person", "ana", tmp_path / "ana.zip")

    told, names = copy_of(tmp_path / "ana.zip")
    kinds = {row["what"] for row in told["held"]}
    assert {"users", "authors", "pieces", "revisions", "letters", "disclosures", "events", "buffers"} <= kinds
    assert f"files/{ana.author.portrait.name}" in names
    words = json.dumps(told)
    assert User.objects.get(pk=ana.pk).password not in words
    assert cast.edda.email not in words
    assert (tmp_path / "ana.zip").stat().st_mode & 0o077 == 0


def signed_in(client, who) -> None:
    """By the real door, so that the site knows when they showed that it is they."""
    client.post("/accounts/login/", {"login": who.username, "password": factories.PASSWORD})


EVERYTHING = "/contribute/profile/everything/"


def test_person_downloads_everything_about_themselves_once_they_have_shown_that_it_is_they(cast, client):
    client.force_login(cast.bo)
    assert client.post(EVERYTHING).url.startswith("/accounts/reauthenticate/")
    client.logout()
    signed_in(client, cast.bo)
    assert "Download everything about me" in client.get(EVERYTHING).text

    answer = client.post(EVERYTHING)

    told, _ = copy_of(io.BytesIO(answer.getvalue()))
    assert told["about"] == "bo"
    assert answer["Content-Disposition"] == 'attachment; filename="bo.zip"'
    assert cast.ana.email not in json.dumps(told)


@pytest.mark.parametrize("who, may", [("root", True), ("edda", False), ("sten", False), ("ana", False)])
def test_only_an_administrator_erases_in_the_admin(cast, client, who, may):
    person = getattr(cast, who)
    signed_in(client, person)
    page = f"/admin/auth/user/{cast.bo.pk}/erase/"

    linked = client.get(f"/admin/auth/user/{cast.bo.pk}/change/")
    copy = client.post(f"/admin/auth/user/{cast.bo.pk}/everything/")
    client.get(page)
    client.post(page)

    assert (page in linked.text) is may
    assert (copy.headers.get("Content-Type") == "application/zip") is may
    assert User.objects.filter(username="bo").exists() is not may
