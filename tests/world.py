"""A site with something of everything in it, and a person of every kind, for tests that walk the whole of it.

Whatever readers must not see holds the canary, in any case. It is built once for a module; `walk` asks for one address
and puts everything back as it was.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from math import ceil
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files import File
from django.db import connection, transaction
from django.test import Client
from django.test.client import FakePayload
from django.urls import URLPattern, get_resolver

from articles.models import Article, Disclaimer
from articles.models.sitemap_part import PER_PART
from authors.models import Author, Employment, Tie
from editorial import byline, checkout, conversation, correspondence, joining, permissions, risk, writing
from editorial.models import Buffer, CorrectionRequest, Correspondence, SavedFilter, Side
from editorial.models.correspondence import To, Topic
from editorial.workflow import take
from network import clock
from network.models import Network, Tally
from tests import factories

CANARY = "kanarie"
PEOPLE = (
    "stranger",
    "author",
    "co-author",
    "contributor",
    "editor",
    "recused",
    "publisher",
    "standards",
    "administrator",
    "one step",
    "suspended",
    "expired",
)
NOWHERE = {"int": "987654", "slug": "nowhere-at-all", "str": "nowhere-at-all", "path": "987654"}
_WORDS = {name: f"Kanarie {name}" for name in ("headline", "dek", "body")}
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def make_world() -> SimpleNamespace:
    world = SimpleNamespace(network=factories.make_network(), section=factories.make_section())
    Network.objects.update(takes_applications=True, allows_republishing=True)
    factories.make_disclaimer()
    factories.make_agreement()
    Tally.objects.create(kind=Tally.Kind.ERROR, what="/", hour=clock.now())
    _people(world)
    _public(world)
    _secrets(world)
    _letters(world)
    world.clients = {name: _client(world, name) for name in PEOPLE}
    world.places = _places(world)
    world.walked = {}
    return world


def _people(world) -> None:
    editors, publishers, standards = permissions.DESK
    world.ana = factories.make_contributor("ana", "Ana Ruiz")
    world.bo = factories.make_contributor("bo", "Bo Lindqvist")
    world.cleo = factories.make_contributor("cleo", "Cleo Hart")
    world.edda, world.emil = factories.make_desk("edda", editors), factories.make_desk("emil", editors)
    world.pia, world.sten = factories.make_desk("pia", publishers), factories.make_desk("sten", standards)
    world.root = factories.make_user("root", is_staff=True, is_superuser=True)
    world.olga, world.zoe = factories.make_desk("olga", editors), factories.make_desk("zoe", editors)
    for user in (world.edda, world.emil, world.pia, world.sten, world.root, world.zoe):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Tie.objects.create(author=world.ana.author, user=world.emil, kind="family")
    Employment.objects.create(user=world.sten, employer="Kanarie & Sons")
    world.hidden = factories.make_author("Hidden Kanarie", bio="Kanarie bio", portrait_alt="Kanarie face")
    world.hidden.portrait.save("kanarie.jpg", File(factories.image_file()))


def _public(world) -> None:
    """A live piece with two versions, and an amendment of it that readers know nothing of."""
    piece = factories.make_piece(world.ana, world.section, headline="Gulls at six")
    piece.tags.create(name="Harbour", slug="harbour")
    world.picture = factories.make_picture(piece, world.ana)
    piece = writing.save(piece, {"lead": world.picture}, by=world.ana)
    piece = take("claim", take("submit", piece, by=world.ana), by=world.edda)
    conversation.say(piece, by=world.edda, text="Kanarie of the desk", quote="harbour")
    piece = take("publish", factories.approve(piece, world.edda), by=world.pia)
    piece = take("amend", piece, by=world.ana, note="Kanarie why")
    writing.save(piece, {"headline": "Kanarie again", "body": "Kanarie changed\n"}, by=world.ana)
    world.live = Article.objects.get(pk=piece.pk)


def _secrets(world) -> None:
    """A draft, and a piece at the desk, of Ana and Bo; with everything that is said beside them."""
    for name in ("draft", "desk"):
        piece = factories.make_piece(world.ana, world.section, world.bo, **_WORDS)
        words = {"alt": "Kanarie alt", "caption": "Kanarie caption", "credit": "Kanarie credit"}
        world.secret_picture = factories.make_picture(piece, world.ana, **words)
        writing.save(piece, {"lead": world.secret_picture}, by=world.ana)
        answers = factories.NO_INTERESTS | {"money": {"yes": True, "detail": "Kanarie money"}}
        for author in (world.ana, world.bo):
            factories.declare(piece, author, answers=answers)
        typed = {"headline": "Kanarie typed", "body": "Kanarie typed"}
        Buffer.objects.create(article=piece, writer=world.ana, tab="t", typed=typed, save_number=piece.save_number)
        setattr(world, name, Article.objects.get(pk=piece.pk))
    world.asked = byline.ask(world.draft, email=world.cleo.email, name="Kanarie asked", by=world.ana)
    world.desk = take("claim", take("submit", world.desk, by=world.ana), by=world.edda)
    world.comment = conversation.say(world.desk, by=world.edda, text="Kanarie question", quote="Kanarie body")
    conversation.say(world.desk, by=world.ana, text="Kanarie answer", quote="")
    risk.mark(world.desk, by=world.edda, reason="Kanarie risk")
    checkout.take(world.desk, by=world.edda)
    world.filter = SavedFilter.objects.create(owner=world.edda, name="Kanarie filter", query="q=kanarie")


def _letters(world) -> None:
    reader = {"name": "Kanarie Reader", "email": "reader@kanarie.example", "text": "Kanarie letter"}
    to_desk, to_author = ({"to": To.DESK, "topic": Topic.GENERAL}, {"to": To.AUTHOR, "author": world.ana.author})
    world.to_desk = correspondence.begin(**to_desk, **reader)
    world.to_author = correspondence.begin(**to_author, article=world.live, **reader)
    asked = {"quote": "harbour", "wrong": "Kanarie wrong", "right": "Kanarie right", "source": ""}
    fix = correspondence.begin(To.CORRECTION, article=world.live, correction=asked, **reader)
    world.unconfirmed = correspondence.begin(To.DESK, **reader | {"text": "Kanarie unconfirmed"})
    for begun in (world.to_desk, world.to_author, fix):
        correspondence.confirm(begun)
    correspondence.say(Correspondence.objects.get(pk=world.to_author.pk), Side.AUTHOR, "Kanarie reply", by=world.ana)
    world.fix = CorrectionRequest.objects.get(correspondence=fix)
    said = {name: f"Kanarie {name}" for name in ("name", "place", "links", "sample", "why")}
    world.application = joining.apply(email="applicant@kanarie.example", **said)
    world.invitation = joining.invite(
        email="nina@kanarie.example", name="Nina Kanarie", by=world.edda, words="Kanarie words"
    )


def _client(world, name: str) -> Client:
    """Signed in as it is in life: the suspended and the expired were so before."""
    names = {
        "author": "ana",
        "co-author": "bo",
        "contributor": "cleo",
        "editor": "edda",
        "recused": "emil",
        "publisher": "pia",
        "standards": "sten",
        "administrator": "root",
        "one step": "olga",
        "suspended": "zoe",
        "expired": "edda",
    }
    client = Client()
    if name in names:
        client.force_login(user := getattr(world, names[name]))
        if name == "suspended":
            type(user).objects.filter(pk=user.pk).update(is_active=False)
        if name == "expired":
            past = clock.now() - timedelta(days=1)
            Session.objects.filter(pk=client.session.session_key).update(expire_date=past)
    return client


# Addresses


def routes() -> Iterator[str]:
    """Every route of the site as a person would write it down, each once."""
    yield from dict.fromkeys(_below(get_resolver(), ""))


def _below(resolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield "/" + _GROUP.sub(r"<\1>", route).replace("^", "").replace("$", "")
        else:
            yield from _below(pattern, route)


def _places(world) -> dict[str, dict[str, dict[str, object]]]:
    """What the names in a route stand for, by the beginning of the route; the longest one that fits has the word.

    Where a route leads both to what is public and to what is not, there are two of them.
    """
    now = world.live.published_at
    kind = ContentType.objects.get_for_model(Author).pk
    places: dict[str, dict[str, dict[str, object]]] = {
        "/articles/": {
            "public": {"slug": world.live.slug, "number": 1},
            "secret": {"slug": world.desk.slug, "number": 1},
        },
        "/sections/": {"": {"slug": world.section.slug}},
        "/tags/": {"": {"slug": "harbour"}},
        "/disclaimer/": {"": {"version": 1}},
        "/archive/": {"": {"year": now.year, "month": now.month}},
        "/pictures/": {
            "public": {"reference": world.picture.reference, "name": "whole-480"},
            "secret": {"reference": world.secret_picture.reference, "name": "whole-480"},
        },
        "/authors/": {"public": {"slug": world.ana.author.slug}, "secret": {"slug": world.hidden.slug}},
        "/corrections/requests/": {"": {"key": world.fix.key}},
        "/letters/confirm/": {"": {"key": world.unconfirmed.confirmation()}},
        "/letters/": {"": {"key": world.to_author.reader_key}},
        "/sitemap-": {"": {"kind": "pieces", "number": ceil(world.live.pk / PER_PART)}},
        "/join/": {"": {"key": world.invitation.key()}},
        "/contribute/bylines/": {"": {"number": world.asked.pk}},
        "/contribute/agreement/": {"": {"version": 1}},
        "/contribute/letters/": {"": {"pk": world.to_author.pk}},
        "/contribute/": {
            "draft": {"pk": world.draft.pk, "number": 1, "name": "withdraw", "comment_pk": world.comment.pk},
            "at the desk": {"pk": world.desk.pk, "number": 1, "name": "withdraw", "comment_pk": world.comment.pk},
        },
        "/contribute/<int:pk>/byline/": {"": {"pk": world.draft.pk, "number": world.asked.pk}},
        "/accounts/": {"": {"uidb36": "1", "key": "nowhere-at-all", "pk": 987654}},
        "/admin/": {"": {"app_label": "articles", "url": "nowhere/", "content_type_id": kind}},
        "/admin/r/": {"": {"content_type_id": kind, "object_id": world.ana.author.pk}},
        "/admin/articles/article/": {"": {"pk": world.desk.pk, "comment_pk": world.comment.pk, "name": "approve"}},
        "/admin/articles/article/filters/": {"": {"pk": world.filter.pk}},
        "/admin/authors/author/": {"": {"pk": world.ana.author.pk}},
        "/admin/authors/application/": {"": {"pk": world.application.pk}},
        "/admin/authors/invitation/": {"": {"pk": world.invitation.pk}},
        "/admin/articles/disclaimer/": {"": {"pk": Disclaimer.objects.get().pk}},
        "/admin/editorial/correspondence/": {"": {"pk": world.to_desk.pk}},
        "/admin/editorial/correctionrequest/": {"": {"pk": world.fix.pk}},
        "/admin/auth/user/": {"": {"id": world.cleo.pk}},
    }
    return places


def filled(world, route: str) -> dict[str, str]:
    """The addresses to ask for: by what they are of."""
    if "<" not in route:
        return {"": route}
    known = [place for place in sorted(world.places, key=len, reverse=True) if route.startswith(place)]
    own = world.places[known[0]] if known else {"": {}}
    if "<form>" in route or "<str:form>" in route:
        own = {of: values | {"form": "rss.xml"} for of, values in own.items()} if known else {"": {"form": "rss.xml"}}
    return {of: _address(world, route, values) for of, values in own.items()}


def _address(world, route: str, values: dict[str, object]) -> str:
    return _PART.sub(lambda part: str(_value(world, route, part, values)), route)


def _value(world, route: str, part: re.Match, values: dict[str, object]) -> object:
    if part[2] in values:
        return values[part[2]]
    return _first_of(world, route) if route.count("/") > 4 else NOWHERE[part[1] or "str"]


def _first_of(world, route: str) -> int:
    """A row of the model whose page of the admin it is."""
    _, _, app, model, *_ = route.split("/")
    special = {"article": world.desk, "author": world.ana.author, "correspondence": world.to_desk, "user": world.cleo}
    if model in special:
        return special[model].pk
    kind = ContentType.objects.filter(app_label=app, model=model).first()
    row = kind and kind.model_class()._default_manager.order_by("pk").first()
    return row.pk if row else 987654


def nowhere(route: str) -> str | None:
    """The same route to something that does not exist; None where it names nothing."""
    named = [part for part in _PART.finditer(route) if part[2] not in ("form", "kind", "app_label", "url", "name")]
    if not named:
        return None
    name = "whole-480" if route.startswith("/pictures/") else "withdraw"
    fixed = {"form": "rss.xml", "kind": "pieces", "name": name, "app_label": "articles", "url": "nowhere/"}
    return _PART.sub(lambda part: fixed.get(part[2]) or NOWHERE[part[1] or "str"], route)


# Asking


class Seen(SimpleNamespace):
    """One answer: its `word` in the table, the `response`, how many queries it took, and which tables it wrote."""


_WRITES = re.compile(r'(?:INSERT INTO|INSERT OR \w+ INTO|UPDATE|DELETE FROM) "(\w+)"')


def ask(client: Client, method: str, address: str, data: bytes = b"", **environ) -> Seen:
    """One request, and everything as it was before. Not by the client's own way, which keeps a copy of every template's
    context and takes twice as long."""
    written: Counter[str] = Counter()
    queries = Counter[str]()

    def note(execute, sql, params, many, context):
        queries["all"] += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        if found := _WRITES.match(sql):
            written[found[1]] += 1
        return execute(sql, params, many, context)

    path, _, query = address.partition("?")
    form = {
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": len(data),
        "wsgi.input": FakePayload(data),
    }
    asked = client._base_environ(PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD=method, **form, **environ)
    cache.clear()
    with transaction.atomic(), connection.execute_wrapper(note):
        response = client.handler(asked)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return Seen(word=word_of(response), response=response, body=body, queries=queries["all"], written=written)


def word_of(response) -> str:
    location = response.headers.get("Location", "")
    if location.startswith(("/accounts/login/", "/admin/login/")):
        return "in"
    if location.startswith(("/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/")):
        return "again"
    return f"{response.status_code}"


def has_canary(seen: Seen) -> bool:
    """In the body, or in a header: where it leads, what it sets, what the file is called."""
    told = seen.body.lower() + str(seen.response.headers).lower().encode() + str(seen.response.cookies).lower().encode()
    return CANARY.encode() in told


_LINK = re.compile(
    rb"""(?:href|src|srcset|action|content)="([^"]+)"|<(?:loc|link|guid|id)>([^<]+)<|"(?:url|id)": ?"([^"]+)\""""
)
_OWN = re.compile(r"(?:https?://(?:testserver|127\.0\.0\.1:8000))?(/[^\s#]*)")


def links_in(seen: Seen) -> list[str]:
    """Every address of ours that an answer names, in a page, a feed or a sitemap, and where it leads."""
    named = [html.unescape(next(filter(None, found)).decode()) for found in _LINK.findall(seen.body)]
    named += [part.split()[0] for group in named for part in group.split(",") if part.strip()]
    named.append(seen.response.headers.get("Location", ""))
    own = (_OWN.fullmatch(address) for address in named)
    return [found[1] for found in own if found and not found[1].startswith(("//", "/static/"))]
