"""Where renditions are found, and the pages that offer them."""

import io
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from articles import renditions
from articles.models import Article, Picture
from articles.models.rendition import Asked, Shape, Shown
from editorial import workflow, writing
from tests import factories
from tests.articles.test_renditions import large, lead, take_in  # noqa: F401 - fixtures
from tests.editorial.test_aftermath import removed


def address(picture, name="whole-480.avif"):
    return f"/pictures/{picture.reference}/{name}"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("whole-480.avif", "image/avif"),
        ("whole-700.webp", "image/webp"),
        ("whole-700", "image/jpeg"),
        ("card-480-50x50.avif", "image/avif"),
        ("wide-622-50x50", "image/jpeg"),
    ],
)
def test_rendition_of_a_published_picture_is_kept_for_ever(client, cast, draft, lead, name, content_type):  # noqa: F811
    renditions.make(lead)
    factories.advance(draft, "published", cast)

    answer = client.get(address(lead, name))

    assert answer.status_code == 200
    assert answer["Content-Type"] == content_type
    assert answer["Cache-Control"] == "public, max-age=86400, immutable"
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as image:
        assert image.width == int(name.split("-")[1].split(".")[0])


def test_address_leads_to_the_original_until_it_is_made(client, cast, draft, lead):  # noqa: F811
    factories.advance(draft, "published", cast)

    answer = client.get(address(lead))

    assert (answer.status_code, answer["Location"]) == (302, f"/pictures/{lead.reference}/")
    assert answer["Cache-Control"] == "no-store"


def test_address_of_an_earlier_cut_leads_to_the_original(client, cast, draft, lead):  # noqa: F811
    factories.advance(draft, "published", cast)
    renditions.make(lead)
    Picture.objects.filter(pk=lead.pk).aim(5, 50)
    renditions.make_next()

    assert client.get(address(lead, "card-480-50x50.avif")).status_code == 302
    assert client.get(address(lead, "card-480-5x50.avif")).status_code == 200


def test_private_picture_has_private_renditions(client, cast, draft, lead):  # noqa: F811
    renditions.make(lead)

    stranger = client.get(address(lead))
    client.force_login(cast.ana)
    own = client.get(address(lead))
    client.force_login(cast.bo)
    other = client.get(address(lead))

    assert (stranger.status_code, own.status_code, other.status_code) == (404, 200, 404)
    assert own["Cache-Control"] == "private, no-store"


def test_removed_piece_takes_its_renditions_along(client, cast, draft, lead):  # noqa: F811
    renditions.make(lead)
    piece = factories.advance(draft, "published", cast)
    removed(piece, cast)

    assert client.get(address(lead)).status_code == client.get(f"/pictures/{lead.reference}/").status_code == 410


@pytest.mark.parametrize(
    "name",
    [
        "whole", "whole-", "whole-0480", "whole-480-50x50", "card-480", "card-480-050x50", "tall-480", "whole-480.gif",
        "whole-99999", "WHOLE-480", "whole-480.avif.avif", "card-480-50x50%00", "a" * 5000, "%F0%9F%8E%B6", "..", "whole-٤٨٠",
    ],
)  # fmt: skip
def test_other_names_are_nothing(client, cast, draft, lead, name):  # noqa: F811
    factories.advance(draft, "published", cast)

    assert client.get(address(lead, name)).status_code == 404


@pytest.mark.parametrize("name", ["whole-481.avif", "card-9999-100x100", "card-0-999x999.webp"])
def test_widths_and_cuts_that_are_never_made_show_the_original(client, cast, draft, lead, name):  # noqa: F811
    factories.advance(draft, "published", cast)

    assert client.get(address(lead, name)).status_code == 302


def test_names_are_read_as_they_are_written(lead):  # noqa: F811
    for one in (Shown(lead.reference, Shape.WHOLE, (700, 350)), lead.as_card):
        for width in one.widths:
            for suffix in (".avif", ".webp", ""):
                read = Asked.read(one.address(width, suffix).rpartition("/")[2])
                assert (read.shape, read.width, read.suffix) == (one.shape, width, suffix)


# Pages


def test_article_offers_its_lead_first_and_its_other_pictures_later(client, cast, draft, large):  # noqa: F811
    inside = take_in(draft, cast.ana, Image.new("RGB", (700, 500), "teal"), caption="At six", alt='Gulls > "ducks"')
    draft = writing.save(
        Article.objects.get(pk=draft.pk), {"body": f"Gulls.\n\n![](picture:{inside.reference})\n"}, by=cast.ana
    )
    signed = draft.revisions.latest("number").html
    piece = factories.advance(draft, "published", cast)

    page = client.get(piece.get_absolute_url()).content.decode()

    first, text = re.findall(r"<picture>.*?</picture>", page, re.DOTALL)
    assert 'type="image/avif"' in first
    assert f"/pictures/{large.reference}/whole-1600.avif 1600w" in first
    assert 'fetchpriority="high"' in first
    assert "loading=" not in first
    assert 'width="1600" height="800"' in first
    assert f'src="/pictures/{inside.reference}/"' in text
    assert f"/pictures/{inside.reference}/whole-480.webp 480w, /pictures/{inside.reference}/whole-700.webp 700w" in text
    assert 'loading="lazy" decoding="async"' in text
    assert 'alt="Gulls &gt; &quot;ducks&quot;"' in text or 'alt="Gulls > &quot;ducks&quot;"' in text
    assert piece.live.revision.html == signed
    assert "<source" not in signed
    assert page.count("Ana Ruiz (own work)") == 2


def test_decorative_lead_has_no_description(client, cast, draft):
    picture = take_in(draft, cast.ana, Image.new("RGB", (300, 200), "teal"), alt="", is_decorative=True)
    writing.save(draft, {"lead": picture}, by=cast.ana)
    piece = factories.advance(Article.objects.get(pk=draft.pk), "published", cast)

    page = client.get(piece.get_absolute_url()).content.decode()

    assert 'alt=""' in re.search(r'<figure class="article-lead">.*?</figure>', page, re.DOTALL)[0]


def test_page_is_the_same_before_and_after(client, cast, draft, lead):  # noqa: F811
    piece = factories.advance(draft, "published", cast)
    before = client.get(piece.get_absolute_url()).content

    renditions.make(lead)

    assert client.get(piece.get_absolute_url()).content == before


def test_card_is_cut_around_the_focus(client, cast, draft, lead):  # noqa: F811
    factories.advance(draft, "published", cast)
    Picture.objects.filter(pk=lead.pk).aim(5, 40)

    page = client.get("/articles/").content.decode()

    assert f"/pictures/{lead.reference}/card-480-5x40.avif 480w" in page
    assert 'width="525" height="350"' in page


def test_card_shows_the_live_lead_while_an_amendment_has_another(client, cast, draft, lead):  # noqa: F811
    piece = factories.advance(draft, "published", cast)
    piece = workflow.take("amend", piece, by=cast.ana)
    other = take_in(piece, cast.ana, Image.new("RGB", (300, 200), "red"))
    writing.save(piece, {"lead": other}, by=cast.ana)

    page = client.get("/articles/").content.decode()

    assert f"/pictures/{lead.reference}/card-480-50x50.avif" in page
    assert other.reference not in page


def test_cards_ask_as_much_for_one_as_for_thirty(client, cast):
    def published(number):
        piece = factories.make_piece(cast.ana, cast.section, headline=f"Gulls at {number}")
        writing.save(piece, {"lead": factories.make_picture(piece, cast.ana)}, by=cast.ana)
        factories.advance(Article.objects.get(pk=piece.pk), "published", cast)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/articles/")
        return len(queries), page.content.count(b"<picture>")

    published(0)
    few, one = asked()
    for number in range(1, 6):
        published(number)
    many, six = asked()

    assert (one, six) == (1, 6)
    assert few == many


def test_crops_are_whole_addresses(cast, draft, large):  # noqa: F811
    assert draft.card_picture is None
    piece = factories.advance(draft, "published", cast)

    assert (
        renditions.crops(large)
        == piece.card_picture.crops()
        == [
            f"{settings.SITE_URL}/pictures/{large.reference}/{name}"
            for name in ("square-1000-50x50", "standard-1200-50x50", "wide-1200-50x50")
        ]
    )
