"""The whole application with its ready pages before it, and what can change on it."""

from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from django.utils import timezone

from articles.models import Article, Section, Tag
from authors.models import Author
from editorial import repinning, workflow, writing
from network import edition
from network.models import Edition, Network
from tests import factories


class Site:
    """The whole application, ready pages before it. `made` counts what was not ready."""

    def __init__(self):
        django = get_wsgi_application()
        self.made = 0

        def counted(environ, start):
            self.made += 1
            return django(environ, start)

        self.edition = edition.Edition(counted)

    def get(self, path: str, method: str = "GET", **headers):
        environ = RequestFactory().generic(method, path).environ | headers
        said = []
        answer = self.edition(environ, lambda status, headers: said.extend((status, dict(headers))))
        body = b"".join(answer)
        return int(said[0][:3]), {name: value for name, value in said[1].items() if name != "Age"}, body

    def text(self, path: str) -> str:
        return self.get(path)[2].decode()

    def close(self) -> None:
        for asking in (self.edition.counter, self.edition.reader):
            asking.connection.close()


def number() -> int:
    return Edition.objects.get().number


def page(body: bytes = b"x") -> edition.Page:
    return edition.Page([], body, None, timezone.now())


def corrected(cast):
    piece = workflow.take("amend", Article.objects.get(), by=cast.ana)
    piece = writing.save(piece, {"body": factories.BODY.replace("quiet", "loud")}, by=cast.ana)
    for step, who in (("submit", cast.ana), ("claim", cast.edda)):
        piece = workflow.take(step, piece, by=who)
    factories.correct(factories.approve(piece, cast.edda), cast, "It was loud, not quiet.")


def _first_at(address):
    Article.objects.update(prior="elsewhere", canonical="elsewhere", prior_url=address)


CHANGES = {
    "publish": ("/", lambda cast: factories.make_piece_at("published", cast, headline="Newer than that")),
    "correction": ("/articles/gulls-at-six/", corrected),
    "corrections": ("/corrections/", corrected),
    "challenge": (
        "/articles/gulls-at-six/",
        lambda cast: workflow.take("challenge", Article.objects.get(), by=cast.sten, notice="We are looking into it."),
    ),
    "repin": (
        "/articles/gulls-at-six/",
        lambda cast: repinning.apply(factories.make_disclaimer(text="Newer words of {network}."), by=cast.sten),
    ),
    "disclaimer": ("/disclaimer/", lambda cast: factories.make_disclaimer(text="Newer words of {network}.")),
    "profile": ("/authors/ana-ruiz/", lambda cast: Author.objects.filter(name="Ana Ruiz").update(bio="Writes more.")),
    "link": ("/authors/ana-ruiz/", lambda cast: cast.ana.author.links.update(handle="ana_ruiz")),
    "network": ("/feeds/rss.xml", lambda cast: Network.objects.update(name="The Noise")),
    "section": ("/sections/", lambda cast: Section.objects.update(name="Views")),
    "tag": ("/tags/", lambda cast: Article.objects.get().tags.add(Tag.objects.create(name="Gulls", slug="gulls"))),
    "sitemap": ("{sitemap_file}", lambda cast: factories.make_piece_at("published", cast, headline="Another")),
    "how": ("/articles/gulls-at-six/how/", corrected),
    "first elsewhere": ("/articles/gulls-at-six/", lambda cast: _first_at("https://earlier.example/gulls")),
}
