"""A page of an older edition is asked about, and made again only where it would come out another."""

import pytest
from django.db import connection

from articles.models import Article, Section, Tag
from articles.status import Standing
from network import reread
from tests import factories
from tests.network.ready import CHANGES, Site

pytestmark = pytest.mark.django_db(transaction=True)


PAGES = (
    "/ /articles/ /articles/gulls-at-six/ /articles/gulls-at-six/versions/1/ /articles/gulls-at-six/how/ /authors/ "
    "/authors/ana-ruiz/ /sections/ /sections/opinion/ /tags/ /archive/ /corrections/ /disclaimer/ /disclaimer/1/ /about/ "
    "/about/privacy/ /feeds/rss.xml /feeds/feed.json /sections/opinion/feeds/atom.xml /authors/ana-ruiz/feeds/rss.xml "
    "/sitemap.xml {sitemap_file} /news-sitemap.xml"
).split()


@pytest.mark.parametrize("change", CHANGES)
def test_page_of_an_older_edition_is_given_out_only_where_it_would_come_out_the_same(site, published, cast, change):
    pages = [path.format(sitemap_file=factories.sitemap_file(published)) for path in PAGES]
    for path in pages:
        site.text(path)
    today, made = Site(), site.made

    CHANGES[change][1](cast)

    assert {path for path in pages if site.text(path) != today.text(path)} == set()
    today.close()
    assert made < site.made <= made + len(PAGES)
    if change in ("profile", "tag", "link"):
        assert site.made < made + len(PAGES) / 2


def test_page_is_not_made_again_where_its_rows_are_as_they_were(site, published):
    before = site.get(published.get_absolute_url())
    Tag.objects.create(name="Gulls", slug="gulls")

    assert site.get(published.get_absolute_url()) == before
    assert site.made == 1
    published.tags.add(Tag.objects.get())
    assert "Gulls" in site.text(published.get_absolute_url())
    assert site.made == 2


def test_page_that_reads_in_a_way_that_is_not_noted_is_made_again(site, published):
    with reread.noted(connection) as notes, connection.cursor() as cursor:
        assert Article.objects.exists()
    assert notes.hold(connection)

    with reread.noted(connection) as run_through, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM articles_section")
        assert [name for (name,) in cursor] == ["Opinion"]
    with reread.noted(connection) as written:
        Section.objects.update(name="Views")

    assert not run_through.hold(connection)
    assert not written.hold(connection)


@pytest.mark.parametrize("taken", ["first", "all", "one"])
def test_rows_that_came_or_went_or_changed_are_noticed(site, published, taken):
    sections = Section.objects.order_by("name")
    take = {"first": sections.first, "all": lambda: list(sections.all()), "one": sections.count}[taken]
    with reread.noted(connection) as notes:
        take()
    assert notes.hold(connection)

    Section.objects.create(name="Arts", slug="arts")

    assert not notes.hold(connection)


@pytest.mark.parametrize("typed", ["100%", "%s", "it's", "?"])
def test_statement_is_asked_again_as_it_was(site, published, typed):
    Section.objects.create(name=f"About {typed}", slug="about")
    with reread.noted(connection) as notes:
        found = Article.objects.filter(standing=Standing.LIVE, section__name__contains=typed)
        assert found.count() == 0
        assert [section.slug for section in Section.objects.filter(name__contains=typed)] == ["about"]
    assert notes.hold(connection)

    Section.objects.filter(pk=published.section_id).update(name=typed)

    again = reread._asked(connection, notes.answers)
    assert list(map(reread.Answer.is_in, notes.answers, again)) == [False, False]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite finds the index of what is live by itself")
def test_what_the_code_says_stands_in_the_statement_so_that_its_plan_can_be_kept(site, published):
    with reread.noted(connection) as notes:
        assert Article.objects.listed().filter(slug=published.slug).exists()

    (answer,) = notes.answers
    assert "'live'" in answer.sql
    assert published.slug in answer.params
    assert Standing.LIVE not in answer.params
