"""The text of a piece for other sites to copy."""

import pytest
from bs4 import BeautifulSoup

from articles.models import Article
from editorial import writing
from editorial.workflow import take
from network.models import Network
from tests import factories
from tests.articles.test_views import corrected, published  # noqa: F401 - the same pieces
from tests.editorial.test_aftermath import merged, removed, retracted

SITE = "https://signal.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def allowed(network):
    Network.objects.update(allows_republishing=True)


def snippets(client, piece: Article) -> tuple[str, str]:
    page = BeautifulSoup(client.get(f"{piece.get_absolute_url()}republish/").text, "html.parser")
    return page.select_one("textarea#html").string, page.select_one("textarea#text").string


def test_nothing_is_given_where_the_network_does_not_allow_it(client, published):  # noqa: F811
    assert client.get(f"{published.get_absolute_url()}republish/").status_code == 404
    assert not Network.objects.get().allows_republishing


def test_both_forms_carry_all_that_has_to_go_with_the_text(client, allowed, corrected):  # noqa: F811
    for text in snippets(client, corrected):
        for part in (
            "Gulls at six",
            "Opinion",
            "A morning in the harbour.",
            "Ana Ruiz",
            "Correction",
            "The harbour was loud, not quiet.",
            "nobody had told the gulls",
            "Follow Ana on Twitter @ana.",
            "Ana Ruiz declares no relevant interests.",
            "do not necessarily reflect those of Signal House or The Signal",
            f"{SITE}/articles/gulls-at-six/",
        ):
            assert part in text, part


def test_html_has_whole_addresses_no_picture_and_notes_that_lead_where_they_stand(client, cast, allowed):
    piece = factories.make_piece(cast.ana, cast.section)
    picture = factories.make_picture(piece, cast.ana)
    body = f"See[^1] [the list](/articles/).\n\n![](picture:{picture.reference})\n\n[^1]: A note.\n"
    writing.save(piece, {"body": body, "lead": picture}, by=cast.ana)
    piece = factories.advance(Article.objects.get(), "published", cast)

    html, text = snippets(client, piece)

    soup = BeautifulSoup(html, "html.parser")
    addresses = [link["href"] for link in soup.select("a[href]")]
    assert not soup.select("img, figure, script, style")
    assert all(address.startswith((SITE, "#fn", "mailto:")) for address in addresses)
    assert soup.select_one(next(address for address in addresses if address.startswith("#fn-")))
    assert "See[1] the list (https://signal.example/articles/)." in text
    assert "1. A note." in text


def test_page_is_not_indexed_and_names_the_piece_as_the_original(client, allowed, published):  # noqa: F811
    page = BeautifulSoup(client.get(f"{published.get_absolute_url()}republish/").text, "html.parser")

    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert page.select_one("link[rel=canonical]")["href"] == SITE + published.get_absolute_url()
    assert not page.select("h1 ~ h1, .narrow script")


@pytest.mark.parametrize("why", ["challenged", "retracted", "elsewhere"])
def test_what_is_not_ours_to_give_leads_to_the_piece(client, cast, allowed, published, why):  # noqa: F811
    if why == "challenged":
        take("challenge", published, by=cast.sten, notice="A figure is being checked.")
    elif why == "retracted":
        retracted(published, cast)
    else:
        said = {"prior": "elsewhere", "canonical": "elsewhere", "prior_url": "https://first.example/"}
        Article.objects.filter(pk=published.pk).update(**said)

    response = client.get(f"{published.get_absolute_url()}republish/")

    assert (response.status_code, response["Location"]) == (302, published.get_absolute_url())


def test_removed_piece_has_a_tombstone_and_a_merged_one_leads_on(client, cast, allowed, published):  # noqa: F811
    into = factories.make_piece_at("published", cast, headline="The whole story")
    other = factories.make_piece_at("published", cast, headline="Half of it")
    removed(published, cast)
    merged(other, into, cast)

    gone, moved = (client.get(f"{piece.get_absolute_url()}republish/") for piece in (published, other))

    assert gone.status_code == 410
    assert (moved.status_code, moved["Location"]) == (301, into.get_absolute_url())


def test_old_address_leads_to_todays(client, cast, allowed, published):  # noqa: F811
    writing.set_details(published, by=cast.edda, slug="a-new-address")

    response = client.get("/articles/gulls-at-six/republish/")

    assert (response.status_code, response["Location"]) == (301, "/articles/a-new-address/republish/")


@pytest.mark.parametrize("stage", ["ready", "scheduled", "withdrawn"])
def test_what_is_not_public_is_404(client, cast, allowed, at_stage, stage):
    piece = at_stage(stage)

    assert client.get(f"/articles/{piece.slug}/republish/").status_code == 404
