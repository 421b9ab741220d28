"""Frozen text: when a new revision is made, what its hash stands for, and that its HTML stays as it was."""

import pytest

from articles.models import Article, Picture, Revision, Tag
from articles.models.revision import render
from editorial import workflow, writing
from network import clock
from network.fingerprint import fingerprint
from tests import factories


@pytest.fixture
def illustrated(cast):
    """A draft of Ana's and Bo's with a lead picture and one in the text."""
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    lead, inside = factories.make_picture(piece, cast.ana), factories.make_picture(piece, cast.ana, alt="A gull")
    body = f"{factories.BODY}\n\n![](picture:{inside.reference})\n"
    return writing.save(piece, {"lead": lead, "body": body}, by=cast.ana)


def fresh(piece) -> Article:
    return Article.objects.get(pk=piece.pk)


def hash_of(piece) -> str:
    return fingerprint(fresh(piece).package())


# Freezing


def test_freezing_an_unchanged_text_makes_no_second_revision(cast, draft):
    first = Revision.objects.freeze(fresh(draft), by=cast.ana)
    count = Revision.objects.count()

    second = Revision.objects.freeze(fresh(draft), by=cast.edda)

    assert second == first
    assert Revision.objects.count() == count


def test_saving_what_is_there_already_makes_no_revision(cast, draft):
    count = Revision.objects.count()

    writing.save(draft, {"headline": draft.headline, "body": draft.body, "dek": draft.dek}, by=cast.ana)

    assert Revision.objects.count() == count


def test_freezing_a_changed_text_makes_the_next_revision(cast, draft):
    first = Revision.objects.freeze(fresh(draft), by=cast.ana)
    Article.objects.filter(pk=draft.pk).update(body="Other words.")

    second = Revision.objects.freeze(fresh(draft), by=cast.edda)

    assert second.number == first.number + 1
    assert (second.body, second.created_by) == ("Other words.", cast.edda)
    assert Revision.objects.get(pk=first.pk).body == factories.BODY


def test_returning_to_an_earlier_text_makes_a_revision_with_the_earlier_hash(cast, draft):
    first = Revision.objects.freeze(fresh(draft), by=cast.ana)
    for body in ("Other words.", factories.BODY):
        writing.save(draft, {"body": body}, by=cast.ana)

    third = Revision.objects.filter(article=draft).order_by("-number").first()

    assert third.number == first.number + 2
    assert third.package_hash == first.package_hash


def test_revision_is_the_package_of_the_piece(illustrated):
    revision = Revision.objects.filter(article=illustrated).order_by("-number").first()

    assert revision.package() == fresh(illustrated).package()
    assert revision.package_hash == fingerprint(revision.package()) == hash_of(illustrated)
    assert revision.frozen_hash == revision.fingerprint()


def test_unsaved_revision_is_not_kept(cast, draft):
    count = Revision.objects.count()

    revision = Revision.objects.unsaved(draft, number=9, created_by=cast.ana)

    assert revision.html.startswith("<p>The harbour was quiet")
    assert Revision.objects.count() == count


# The stored HTML


def test_html_is_rendered_when_the_text_is_frozen(illustrated):
    revision = Revision.objects.filter(article=illustrated).order_by("-number").first()

    assert revision.html == str(render(revision)) == str(revision.safe_html)
    assert "<p>The harbour was quiet that morning, and nobody had told the gulls.</p>" in revision.html
    assert 'alt="A gull"' in revision.html
    assert revision.words == 15


def test_html_is_never_rendered_again(cast, at_stage, client):
    """What an earlier library made is what readers get, though today's would make something else of the same text."""
    piece = at_stage("in_review")
    latest = piece.revisions.order_by("-number").first()
    values = {field.attname: getattr(latest, field.attname) for field in Revision._meta.concrete_fields}
    old = Revision(**values | {"id": None, "number": latest.number + 1, "html": "<p>As it was rendered in 2019.</p>"})
    old.frozen_hash = old.fingerprint()
    old.save(force_insert=True)

    piece = workflow.take("publish", factories.approve(piece, cast.edda), by=cast.pia)
    page = client.get(piece.get_absolute_url()).content.decode()

    assert piece.live.revision == old
    assert str(piece.live.revision.safe_html) == "<p>As it was rendered in 2019.</p>"
    assert "<p>As it was rendered in 2019.</p>" in page
    assert "The harbour was quiet" not in page


def test_html_of_a_live_piece_outlives_its_pictures_words(cast, illustrated):
    revision = Revision.objects.filter(article=illustrated).order_by("-number").first()
    Picture.objects.filter(article=illustrated).update(alt="Something else")

    again = Revision.objects.get(pk=revision.pk)

    assert 'alt="A gull"' in again.html
    assert again.html == str(render(again))


# Its pictures


def test_pictures_used_are_the_lead_and_those_of_the_text_in_its_order(cast, draft):
    lead, first, second, unused = (factories.make_picture(draft, cast.ana, caption=name) for name in "lfsu")
    other = factories.make_picture(factories.make_piece(cast.ana, cast.section), cast.ana)
    body = "\n\n".join(f"![](picture:{picture.reference})" for picture in (second, first, second, other))
    draft.body, draft.lead_picture = body, lead

    used = draft.pictures_used()

    assert [(image["reference"], image["lead"]) for image in used] == [
        (lead.reference, True),
        (second.reference, False),
        (first.reference, False),
    ]
    assert unused.reference not in body


# What the package hash stands for


def change_piece(**columns):
    def change(piece):
        Article.objects.filter(pk=piece.pk).update(**columns)

    return change


def change_lead(**columns):
    def change(piece):
        Picture.objects.filter(pk=fresh(piece).lead_picture_id).update(**columns)

    return change


def change_inside(**columns):
    def change(piece):
        piece.pictures.exclude(pk=fresh(piece).lead_picture_id).update(**columns)

    return change


def change_byline(**columns):
    def change(piece):
        piece.bylines.filter(position=0).update(**columns)

    return change


def change_link(**changed):
    def change(piece):
        byline = piece.bylines.get(position=0)
        byline.links = [byline.links[0] | changed]
        byline.save(update_fields=["links"])

    return change


def set_section(piece):
    Article.objects.filter(pk=piece.pk).update(section=factories.make_section("Harbour"))


def answer_another(piece):
    other = Article.objects.create(headline="Terns", created_by=piece.created_by)
    Article.objects.filter(pk=piece.pk).update(responds_to=other)


def take_link_away(piece):
    piece.bylines.update(links=[])


def take_lead_away(piece):
    Article.objects.filter(pk=piece.pk).update(lead_picture=None)


def make_the_other_the_lead(piece):
    inside = piece.pictures.exclude(pk=fresh(piece).lead_picture_id).get()
    Article.objects.filter(pk=piece.pk).update(lead_picture=inside)


def take_author_away(piece):
    piece.bylines.get(position=1).delete()


def turn_authors_round(piece):
    piece.bylines.filter(position=0).update(position=2)


PARTS = {
    "headline": change_piece(headline="Gulls at seven"),
    "one comma": change_piece(body=factories.BODY.replace("morning, and", "morning and")),
    "white space": change_piece(body=factories.BODY + "\n"),
    "dek": change_piece(dek="An evening in the harbour."),
    "label": change_piece(label="essay"),
    "section": set_section,
    "piece it responds to": answer_another,
    "lead: file": change_lead(sha256="0" * 64),
    "lead: alt": change_lead(alt="A ship"),
    "lead: decorative": change_lead(is_decorative=True),
    "lead: caption": change_lead(caption="At seven"),
    "lead: credit": change_lead(credit="Bo Lindqvist"),
    "lead: licence": change_lead(licence="CC BY 4.0"),
    "picture: file": change_inside(sha256="0" * 64),
    "picture: alt": change_inside(alt="A ship"),
    "picture: caption": change_inside(caption="At seven"),
    "picture: credit": change_inside(credit="Bo Lindqvist"),
    "picture: licence": change_inside(licence="CC BY 4.0"),
    "no lead": take_lead_away,
    "another lead": make_the_other_the_lead,
    "name": change_byline(printed_name="A. Ruiz"),
    "first name": change_byline(first_name="Anita"),
    "role": change_byline(role="Poet"),
    "bio": change_byline(bio="Ana sings."),
    "link": change_link(address="https://elsewhere.example/ana", shown="Twitter @elsewhere"),
    "no link": take_link_away,
    "disclosure": change_byline(disclosure="Ana Ruiz was paid for this by the Harbour Board."),
    "one author": take_author_away,
    "order of authors": turn_authors_round,
}


@pytest.mark.parametrize("part", PARTS)
def test_package_hash_changes_with(cast, illustrated, part):
    before = hash_of(illustrated)

    PARTS[part](illustrated)

    assert hash_of(illustrated) != before
    revision = Revision.objects.freeze(fresh(illustrated), by=cast.ana)
    assert (revision.package_hash, revision.package()) == (hash_of(illustrated), fresh(illustrated).package())


def set_tags(piece):
    piece.tags.add(Tag.objects.create(name="Gulls", slug="gulls"))


def rename_author(piece):
    author = piece.bylines.get(position=0).author
    author.name, author.bio = "Somebody Else", "Sings."
    author.save(update_fields=["name", "bio"])
    author.links.all().delete()


def add_unused_picture(piece):
    factories.make_picture(piece, piece.created_by)


def mark_slug(piece):
    Article.objects.filter(pk=piece.pk).update(slug="another-address")


OUTSIDE = {
    "tags": set_tags,
    "slug": mark_slug,
    "legal hold": change_piece(is_on_legal_hold=True),
    "embargo": change_piece(embargo_until=clock.now()),
    "use of AI": change_piece(ai_use="assistive", ai_tools="A spelling checker"),
    "earlier publication": change_piece(prior="elsewhere", prior_url="https://elsewhere.example/"),
    "the author's record of today": rename_author,
    "a picture the text does not show": add_unused_picture,
}


@pytest.mark.parametrize("part", OUTSIDE)
def test_package_hash_does_not_change_with(illustrated, part):
    before = hash_of(illustrated)

    OUTSIDE[part](illustrated)

    assert hash_of(illustrated) == before


def test_frozen_hash_changes_with_everything_beside_the_text(draft, cast):
    revision = Revision.objects.filter(article=draft).order_by("-number").first()
    hashes = {revision.fingerprint()}

    for column, value in (
        ("html", "<p>Other.</p>"),
        ("words", 7),
        ("number", 9),
        ("package_hash", "0" * 64),
        ("created_at", clock.now()),
        ("created_by", cast.bo),
        ("article", factories.make_piece(cast.ana, cast.section)),
    ):
        setattr(revision, column, value)
        hashes.add(revision.fingerprint())

    assert len(hashes) == 8


# What a revision says


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["Ana Ruiz"], "Ana Ruiz"),
        (["Ana Ruiz", "Bo Lindqvist"], "Ana Ruiz and Bo Lindqvist"),
        (["Ana Ruiz", "Bo Lindqvist", "Cy Roe"], "Ana Ruiz, Bo Lindqvist and Cy Roe"),
    ],
)
def test_names_are_one_phrase(names, expected):
    revision = Revision(byline=[{"name": name} for name in names])

    assert revision.names == expected


def test_follow_lines_are_those_of_the_day(cast, draft):
    revision = Revision.objects.filter(article=draft).order_by("-number").first()
    cast.ana.author.links.all().delete()

    assert revision.follow_lines == ["Follow Ana on Twitter @ana."]


def test_lead_is_the_lead_picture_or_nothing(illustrated, draft):
    revision = Revision.objects.filter(article=illustrated).order_by("-number").first()

    assert revision.lead["reference"] == fresh(illustrated).lead_picture.reference
    assert Revision(images=[]).lead is None
