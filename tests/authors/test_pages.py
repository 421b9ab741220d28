"""The authors by letter, and the page of each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authors.models import Author
from authors.models.author import letter_of
from authors.views import PER_PAGE
from editorial import seeding, workflow, writing
from tests import factories


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def published(cast, at_stage):
    return at_stage("published")


def name(author: Author, **values) -> None:
    Author.objects.filter(pk=author.pk).update(**values)


@pytest.mark.parametrize(
    "name, letter",
    [("Ana", "A"), ("ana", "A"), ("Élodie", "E"), ("Žofia", "Z"), ("Ørsted", "#"), ("李", "#"), ("", "#"), ("1", "#")],
)
def test_letter_of_a_name(name, letter):
    assert letter_of(name) == letter


def test_few_authors_stand_on_one_page_under_their_letters(client, cast, published):
    page = text_of(client.get("/authors/"))

    assert '<a href="#letter-A">A</a>' in page
    assert '<h2 id="letter-A">A</h2>' in page
    assert "<span>B</span>" in page
    assert "Bo Lindqvist" not in page  # nothing of his is published


def test_many_authors_have_a_page_for_each_letter(client, network):
    seeding.seed(300, PER_PAGE * 3)
    public = Author.objects.public()
    assert public.count() > PER_PAGE

    every, letter = text_of(client.get("/authors/")), text_of(client.get("/authors/?letter=A"))

    assert '<a href="?letter=A">A</a>' in every
    assert 'href="?page=2"' in every
    names = [author.name for author in public if author.letter == "A"][:PER_PAGE]
    assert names
    assert all(f">{each}</a>" in letter for each in names)
    assert letter.count('class="person"') == len(names)


def test_accents_are_found_under_their_letter(client, cast, published):
    name(cast.ana.author, name="Élodie Ruiz")

    assert "Élodie Ruiz" in text_of(client.get("/authors/?letter=E"))
    assert "Other letters" not in text_of(client.get("/authors/"))


def test_names_of_other_letters_have_a_place_too(client, cast, published):
    name(cast.ana.author, name="李小龙")

    assert '<a href="#letter-other">#</a>' in text_of(client.get("/authors/"))
    assert "李小龙" in text_of(client.get("/authors/?letter=%23"))


@pytest.mark.parametrize("letter", ["B", "AA", "é", "%00", "x" * 5_000, "%ff"])
def test_letter_of_nobody_is_answered(client, published, letter):
    response = client.get(f"/authors/?letter={letter}")

    assert response.status_code == 200
    assert "begins with that" in text_of(response)


def test_empty_page_says_what_will_be_there(client, cast):
    assert "Each author will have a line here" in text_of(client.get("/authors/"))


def test_detail_is_a_card_that_machines_read(client, cast, published):
    page = text_of(client.get("/authors/ana-ruiz/"))

    assert 'class="split h-card"' in page
    assert '<a class="p-name u-url u-uid" href="/authors/ana-ruiz/">Ana Ruiz</a>' in page
    assert 'class="p-note"' in page
    assert '<a href="https://twitter.com/ana" rel="me noopener">' in page
    for form in ("rss.xml", "atom.xml", "feed.json"):
        assert f'href="/authors/ana-ruiz/feeds/{form}"' in page


def test_article_page_does_not_say_that_the_reader_is_the_author(client, published):
    assert 'rel="me' not in text_of(client.get(published.get_absolute_url()))


def test_detail_says_what_is_printed_about_interests_once(client, cast, published, at_stage):
    at_stage("published", headline="Another one")

    page = text_of(client.get("/authors/ana-ruiz/"))

    assert page.count("Ana Ruiz declares no relevant interests.") == 1


def test_detail_names_real_interests_and_leaves_out_that_there_are_none(client, cast, published):
    piece = factories.make_piece(cast.ana, cast.section, headline="Another one")
    answers = {key: {"yes": False, "detail": ""} for key in factories.NO_INTERESTS}
    first = next(iter(answers))
    answers[first] = {"yes": True, "detail": "owns a trawler"}
    factories.declare(piece, cast.ana, answers=answers)
    factories.advance(piece, "published", cast)

    page = text_of(client.get("/authors/ana-ruiz/"))

    assert "owns a trawler" in page
    assert "declares no relevant interests" not in page


def test_detail_lists_corrections_and_what_was_retracted(client, cast, published):
    piece = workflow.take("amend", published, by=cast.ana)
    piece = writing.save(piece, {"body": factories.BODY.replace("quiet", "loud in 1961")}, by=cast.ana)
    for step, who, data in (
        ("submit", cast.ana, {}),
        ("claim", cast.edda, {}),
        ("approve", cast.edda, {"checklist": factories.EVERY_ITEM}),
        ("announce", cast.edda, {"kind": "correction", "notice": "It was loud."}),
        ("publish", cast.pia, {"kind": "correction", "notice": "It was loud."}),
        ("retract", cast.sten, {"notice": "It was invented.", "says": "the network"}),
    ):
        piece = workflow.take(step, piece, by=who, **data)
    assert "It was loud." in text_of(client.get("/authors/ana-ruiz/"))

    proposal = piece.proposals.open().get()
    workflow.take("retract", piece, by=factories.make_desk("sven", "standards"), proposal=proposal.pk)
    page = text_of(client.get("/authors/ana-ruiz/"))

    assert '<h2 id="retracted">Retracted</h2>' in page
    assert "There is no piece to list now." in page


@pytest.mark.parametrize(
    "status, says",
    [
        ("active", ""),
        ("paused", ""),
        ("suspended", ""),
        ("alumni", "no longer writes for The Signal"),
        ("fabricated", "was made up"),
    ],
)
def test_detail_says_only_what_readers_need_of_the_authors_status(client, cast, published, status, says):
    if status == "fabricated":
        workflow.take("challenge", published, by=cast.sten, notice="Who wrote this?")
    name(cast.ana.author, status=status)

    page = text_of(client.get("/authors/ana-ruiz/"))

    assert ("author-status" in page) == bool(says)
    assert says in page
    assert "suspended" not in page


def test_second_page_holds_pieces_alone(client, network):
    seeding.seed(14, 1)
    author = Author.objects.get()

    page = text_of(client.get(author.get_absolute_url() + "?page=2"))

    assert page.count('class="card"') == 2
    assert "Interests" not in page


def test_pages_take_as_many_queries_for_one_as_for_thirty(client, network):
    seeding.seed(41, 1)  # two of them corrected
    author = Author.objects.get()
    paths = ("/authors/", "/authors/?letter=" + author.letter)
    few = [queries_of(client, path) for path in paths]
    one = queries_of(client, author.get_absolute_url())
    seeding.seed(200, 30)
    many = [queries_of(client, path) for path in paths]

    assert few == many
    assert one == queries_of(client, author.get_absolute_url()) <= 10


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
