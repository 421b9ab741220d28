"""Finding pieces by their words. The same tests run on SQLite and on PostgreSQL."""

import importlib
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from articles import search
from articles.models import Article, SearchText, Section
from articles.search.asked import Asked, Term, terms_in
from articles.search.found import MOST
from authors.models import Author
from editorial import seeding, workflow, writing
from network import clock
from tests import factories

CANARY = "zanzibarcanary"
DISCLAIMER = "do not necessarily reflect"
INPUTS = [
    "\0",
    "gulls\0morning",
    '"',
    '"""',
    'gulls "harbour',
    "'",
    "it's",
    "*",
    "**",
    "gu*",
    "a*",
    "NEAR(",
    "NEAR(gulls harbour, 2)",
    "headline:",
    "headline:gulls",
    "gulls AND",
    "gulls OR NOT",
    "(((",
    ")",
    "^gulls",
    "-",
    "--",
    "-gulls",
    "- gulls",
    "gulls -",
    '-"',
    "the of and",
    "🦆",
    "🦆 gulls",
    "טיוטה",
    "مرحبا بالعالم",
    "\u202egulls",
    "हिन्दी",
    "日本語",
    "x" * 10_000,
    "gulls " * 2_000,
    '"gulls" ' * 500,
    "-a " * 500,
    "%s %d %(q)s",
    "'; DROP TABLE articles_article; --",
    "a:b|c&d!e<->f",
    "\\",
    "\\'",
    "'':*",
    "\ue000gulls\ue001",
    "<script>alert(1)</script>",
    "\ud83d",
    "\n\t",
    "1e999",
    "ﬀ ½ ①",
    "e\u0301",
    "\u0301",
]


@pytest.fixture
def gulls(cast, at_stage):
    return at_stage("published")


def found(typed="", **more) -> list[str]:
    return [hit.article.live.revision.headline for hit in search.Found(Asked(typed, **more))[0:50]]


def take(piece, step, by, **data):
    return workflow.take(step, piece, by=by, **data)


def by_two(piece, step, cast, **asked):
    piece = take(piece, step, cast.sten, **asked)
    other = factories.make_desk(f"second-{step}", "standards")
    return take(piece, step, other, proposal=piece.proposals.open().get().pk)


# What is typed


@pytest.mark.parametrize(
    "typed, terms",
    [
        ("gulls", [Term("gulls")]),
        ("gulls at six", [Term("gulls"), Term("at"), Term("six")]),
        ('"gulls at" six', [Term("gulls at"), Term("six")]),
        ("“gulls at” six", [Term("gulls at"), Term("six")]),
        ('"gulls at', [Term("gulls at")]),
        ("-gulls", [Term("gulls", is_refused=True)]),
        ('-"gulls at"', [Term("gulls at", is_refused=True)]),
        ("gul*", [Term("gul", is_beginning=True)]),
        ("g*", [Term("g")]),
        ("well-known", [Term("well known")]),
        ("don't", [Term("don t")]),
        ('* - " \0', []),
        ("", []),
    ],
)
def test_terms_of_what_is_typed(typed, terms):
    assert list(terms_in(typed)) == terms


def test_terms_are_not_without_end():
    assert len(Asked("gull " * 1_000).terms) == 12


# What is found


@pytest.mark.parametrize(
    "typed",
    [
        "gulls",
        "GULLS",
        "gull",
        "morning harbour",
        "mornings",
        "Ana Ruiz",
        "ruiz",
        '"quiet that morning"',
        "harb*",
        "gulls -foxes",
        "gúlls",
        "six",
        "the",
    ],
)
def test_found_by_headline_dek_body_and_byline(gulls, typed):
    assert found(typed) == ["Gulls at six"]


@pytest.mark.parametrize(
    "typed", ["foxes", "gulls foxes", '"morning quiet"', "gulls -harbour", "-foxes", "harb", "opinion"]
)
def test_not_found_what_is_not_all_there(gulls, typed):
    assert found(typed) == []


def test_found_with_accents_or_without(cast, at_stage):
    at_stage("published", headline="Señor Müller’s café", body="Ein Ärger.\n")

    assert found("senor muller cafe arger") == found("Señor Müller café Ärger") == ["Señor Müller’s café"]


def test_found_only_in_plain_words(cast, at_stage):
    at_stage("published", body="A **bold** [word](https://elsewhere.example/hidden).[^1]\n\n[^1]: A note.\n")

    assert found("bold word note") == ["Gulls at six"]
    assert found("elsewhere") == []
    assert SearchText.objects.get().body == "A bold word. A note."


def test_found_most_relevant_first_or_newest_first(cast, at_stage):
    with clock.at(datetime(2024, 5, 1, tzinfo=UTC)):
        factories.make_disclaimer()
    at_stage("published", headline="Otters and otters", dek="Otters.", body="Otters, otters.\n")
    at_stage("published", headline="Of something else", body="Much else, and then, once, an otter at the end.\n")

    assert found("otters") == ["Otters and otters", "Of something else"]
    assert found("otters", is_by_date=True) == ["Of something else", "Otters and otters"]


def test_found_narrowed_by_author_section_and_year(gulls, cast):
    this_year, other = clock.now().year, factories.make_section("Science")

    assert found("gulls", author="ruiz") == found(author="Ana") == ["Gulls at six"]
    assert found("gulls", author="bo") == found(author="gulls") == []
    assert found("gulls", section=cast.section.pk) == ["Gulls at six"]
    assert found("gulls", section=other.pk) == []
    assert found("gulls", year=this_year) == ["Gulls at six"]
    assert found("gulls", year=this_year - 1) == []
    assert found("gulls", section=cast.section.pk, year=this_year, author="ana", is_by_date=True) == ["Gulls at six"]


# What is kept


@pytest.mark.parametrize(
    "stage", ["draft", "submitted", "in_review", "proof", "ready", "scheduled", "declined", "withdrawn"]
)
def test_nothing_that_is_not_published_is_in_the_index(client, cast, at_stage, stage):
    at_stage(stage, headline=f"{CANARY} one", dek=f"{CANARY} two", body=f"{CANARY} three")

    page = client.get("/search/", {"q": CANARY}).content.decode()

    assert "Nothing found" in page
    assert found(CANARY) == []
    assert not SearchText.objects.exists()
    assert CANARY not in raw_index()


def raw_index() -> str:
    """All that the database keeps for the search, as it lies there."""
    tables = {
        "sqlite": ("articles_searchindex_data", "articles_searchtext"),
        "postgresql": ("articles_searchtext",),
    }
    with connection.cursor() as cursor:
        rows = []
        for table in tables[connection.vendor]:
            cursor.execute(f"SELECT * FROM {table}")
            rows += cursor.fetchall()
    return str(rows)


def test_raw_index_is_looked_at_where_words_are(gulls):
    assert "harbour" in raw_index()


def test_open_amendment_is_not_in_the_index(gulls, cast):
    piece = take(gulls, "amend", cast.ana)
    writing.save(piece, {"headline": f"{CANARY}", "body": f"{CANARY}."}, by=cast.ana)

    assert found(CANARY) == []
    assert found("gulls") == ["Gulls at six"]


def test_correction_is_found_and_what_it_corrects_no_longer(gulls, cast):
    piece = take(gulls, "amend", cast.ana)
    piece = writing.save(piece, {"body": factories.BODY.replace("quiet", "loud in 1961")}, by=cast.ana)
    for step, who, data in (
        ("submit", cast.ana, {}),
        ("claim", cast.edda, {}),
        ("approve", cast.edda, {"checklist": factories.EVERY_ITEM}),
        ("announce", cast.edda, {"kind": "correction", "notice": "The harbour was loud, not quiet."}),
        ("publish", cast.pia, {"kind": "correction", "notice": "The harbour was loud, not quiet."}),
    ):
        piece = take(piece, step, who, **data)

    assert found("loud 1961") == ["Gulls at six"]
    assert found("quiet") == []
    assert SearchText.objects.get().publication == piece.live


def test_piece_under_review_cannot_be_found_until_it_is_cleared(gulls, cast):
    piece = take(gulls, "challenge", cast.sten, notice="We are looking at it.")
    assert found("gulls") == []

    take(piece, "clear", cast.sten, notice="It holds.")
    assert found("gulls") == ["Gulls at six"]


@pytest.mark.parametrize(
    "step, asked",
    [
        ("retract", {"notice": "It was wrong.", "says": "the network"}),
        ("remove", {"notice": "A court said so.", "basis": "legal"}),
    ],
)
def test_piece_taken_back_cannot_be_found(gulls, cast, step, asked):
    take(gulls, step, cast.sten, **asked)
    assert found("gulls") == ["Gulls at six"]

    piece = Article.objects.get(pk=gulls.pk)
    take(piece, step, factories.make_desk("sven", "standards"), proposal=piece.proposals.open().get().pk)
    assert found("gulls") == []
    assert "harbour" not in raw_index() or connection.vendor == "sqlite"  # FTS5 sweeps its pages later


def test_reinstated_piece_is_found_again_and_a_merged_one_is_not(gulls, cast, at_stage):
    piece = by_two(gulls, "retract", cast, notice="It was wrong.", says="the network")
    piece = by_two(piece, "reinstate", cast, notice="It was right.")
    assert found("gulls") == ["Gulls at six"]

    into = at_stage("published", headline="Gulls at seven")
    by_two(piece, "merge", cast, notice="Both are one.", into=into)
    assert found("gulls") == ["Gulls at seven"]


def test_database_refuses_a_text_that_readers_do_not_have(gulls, cast, at_stage):
    hidden = at_stage("ready", headline="Hidden")
    kept = SearchText.objects.values().get()
    SearchText.objects.all().delete()

    for change in ({"article_id": hidden.pk}, {"headline": "Hidden"}, {"dek": CANARY}, {"publication_id": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SearchText(**kept | change).save(force_insert=True)
    assert not SearchText.objects.exists()

    SearchText(**kept).save(force_insert=True)
    assert found("gulls") == ["Gulls at six"]


def test_database_refuses_to_change_a_text_that_is_found(gulls):
    with pytest.raises(IntegrityError, match="Only what readers have"), transaction.atomic():
        SearchText.objects.update(headline=CANARY)

    assert found("gulls") == ["Gulls at six"]
    assert found(CANARY) == []


def test_refused_step_leaves_the_index_alone(gulls, cast):
    with pytest.raises(workflow.Refused):
        take(gulls, "challenge", cast.sten, notice="")

    assert found("gulls") == ["Gulls at six"]


def test_index_search_builds_the_index_anew(gulls, capsys):
    SearchText.objects.all().delete()
    assert found("gulls") == []

    call_command("index_search")

    assert found("gulls") == ["Gulls at six"]
    assert "1 piece can be found." in capsys.readouterr().out


def test_migration_takes_in_what_was_published_before_it(gulls):
    by_step = SearchText.objects.values().get()
    SearchText.objects.all().delete()

    importlib.import_module("articles.migrations.0013_search_text_of_pieces").fill(apps, None)

    assert SearchText.objects.values().get() == by_step


# The page


@pytest.mark.parametrize("typed", INPUTS, ids=range(len(INPUTS)))
def test_page_answers_whatever_is_typed(client, gulls, typed):
    for params in (
        {"q": typed},
        {"author": typed},
        {"q": typed, "author": typed, "sort": "date"},
        {"q": f"gulls {typed}"},
    ):
        response = client.get("/search/", {name: value.encode("utf-8", "replace") for name, value in params.items()})

        assert response.status_code == 200


@pytest.mark.parametrize(
    "query",
    ["section=nowhere", "year=nope", "year=99999999999999999999", "sort=%00", "q=%ff%fe", "q", "section=%00&year=-1"],
)
def test_page_answers_whatever_is_in_the_address(client, gulls, query):
    assert client.get(f"/search/?q=gulls&{query}").status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "x", "%00"])
def test_page_that_cannot_be_is_a_404(client, gulls, number):
    assert client.get(f"/search/?q=gulls&page={number}").status_code == 404


def test_page_shows_the_passage_with_marks_and_nothing_else_as_html(client, cast, at_stage):
    at_stage(
        "published", headline="Gulls <i>& co</i>", body="Then <script>alert(1)</script> \ue001 gulls \ue000 came.\n"
    )

    page = client.get("/search/", {"q": "gulls"}).content.decode()

    assert "<mark>Gulls</mark> &lt;i&gt;&amp; co&lt;/i&gt;" in page
    assert "Then &lt;script&gt;alert(1)&lt;/script&gt; <mark>gulls</mark> came." in " ".join(page.split())
    assert "\ue000" not in page


def test_page_keeps_what_was_typed(client, gulls):
    page = client.get("/search/", {"q": 'no "such thing"', "author": "Nobody", "section": "opinion"}).content.decode()

    assert 'value="no &quot;such thing&quot;"' in page
    assert 'value="Nobody"' in page
    assert '<option value="opinion" selected>' in page
    assert "Nothing found" in page


def test_page_is_not_for_search_engines_and_carries_no_disclaimer(client, gulls):
    page = client.get("/search/", {"q": "gulls"}).content.decode()

    assert '<meta name="robots" content="noindex">' in page
    assert "<mark>Gulls</mark> at six" in page
    assert page.count(DISCLAIMER) == 0
    assert found("necessarily reflect") == []


def test_page_takes_as_many_queries_for_one_piece_as_for_thirty(client, network):
    seeding.seed(1, 1)
    few = queries_of(client)
    seeding.seed(29, 3)
    many = queries_of(client)

    assert few == many <= 8


def queries_of(client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get("/search/", {"q": "the"}).status_code == 200
    return len([query for query in queries if "SAVEPOINT" not in query["sql"]])


def test_pages_of_a_search_have_addresses(client, network):
    seeding.seed(30, 3)

    first, second = (client.get(f"/search/?q=the&page={number}").content.decode() for number in (1, 2))

    assert "30 pieces found" in first
    assert 'href="?q=the&amp;page=2"' in first
    heads = [set(Article.objects.filter(slug__in=slugs(page))) for page in (first, second)]
    assert [len(found) for found in heads] == [12, 12]
    assert not heads[0] & heads[1]


def slugs(page: str) -> list[str]:
    return [part.partition("/")[0] for part in page.split('href="/articles/')[1:]]


def test_most_pages_end_and_say_so(monkeypatch, client, network):
    assert MOST == 1_000
    monkeypatch.setattr("articles.search.found.MOST", 5)
    seeding.seed(7, 1)

    page = client.get("/search/?q=the").content.decode()

    assert "7 pieces found" in page
    assert "These are the first 5 of 7." in page


def test_search_of_sections_keeps_to_the_published_section(cast, gulls):
    other = Section.objects.create(name="Science", slug="science")
    piece = take(gulls, "amend", cast.ana)
    writing.save(piece, {"section": other}, by=cast.ana)

    assert found("gulls", section=other.pk) == []
    assert found("gulls", section=cast.section.pk) == ["Gulls at six"]
    assert Author.objects.public().count() == 1
