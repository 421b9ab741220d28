"""Who sees which piece. Every view, feed and admin page asks here and nowhere else."""

from collections.abc import Iterable

from django.db import connections, models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from articles.status import APPROVED, OPEN, READABLE, STAGES_AT, WITH_AUTHOR, Place, Stage, Standing

MOST_WORDS = 8  # of a search; more would only make it slower
WAITING = ((Stage.PROOF,), (Stage.CHANGES_REQUESTED,), (Stage.DRAFT,))  # for their author, the most pressing first

CARD = (
    *("slug", "standing", "published_at", "live_section"),
    *("lead_picture__reference", "lead_picture__focus_x", "lead_picture__focus_y"),
    *(f"live__revision__{name}" for name in ("headline", "dek", "label", "language", "images", "byline")),
    *(f"live__revision__section__{name}" for name in ("name", "slug")),
)

NOT_READ = (  # of what a page of one piece loads: what nobody reads there, and the texts of other pieces
    *("body", "live__revision__body", "repin__publication__revision__body", "repin__publication__revision__html"),
    *(f"live__revision__responds_to__{name}" for name in ("body", "live__revision__body", "live__revision__html")),
)

_NEXT_AUTHOR = """(SELECT a.id FROM authors_author a WHERE a.id > {after} AND EXISTS (
    SELECT 1 FROM articles_byline b JOIN articles_article p ON p.id = b.article_id
    WHERE b.author_id = a.id AND p.standing = 'live') ORDER BY a.id LIMIT 1)"""
PARTS_OF_AUTHORS = f"""WITH RECURSIVE first (id) AS (
    SELECT {_NEXT_AUTHOR.format(after=0)}
    UNION ALL SELECT {_NEXT_AUTHOR.format(after="(first.id + {size} - 1) / {size} * {size}")}
    FROM first WHERE first.id IS NOT NULL)
    SELECT (id + {{size}} - 1) / {{size}} FROM first WHERE id IS NOT NULL ORDER BY 1"""  # noqa: S608 - names of ours

HANDED_OVER = (~Q(stage=Stage.DRAFT) & ~Q(slug="")) | ~Q(standing=Standing.UNPUBLISHED)


def is_at(stages: Iterable[Stage]) -> Q:
    """The condition that a piece is at one of these stages, for the desk's queues, which count many at once."""
    return Q(stage__in=tuple(stages))


def may_open(user) -> bool:
    """Whether this person's groups let them look at pieces that readers do not have; a superuser is in none by that."""
    return "articles.view_article" in user.get_group_permissions()


class ArticleQuerySet(models.QuerySet):
    def live(self) -> "ArticleQuerySet":
        """What anyone may read at its own address, marked pieces included."""
        return self.filter(standing__in=READABLE)

    def gone(self) -> "ArticleQuerySet":
        """What was public once and was removed: its address says so, and leads to the piece it was merged into."""
        return self.filter(standing=Standing.REMOVED)

    def retracted(self) -> "ArticleQuerySet":
        """What the network no longer stands by, and keeps at its address, the newest first."""
        return self.filter(standing=Standing.RETRACTED).order_by("-published_at", "-pk")

    def listed(self) -> "ArticleQuerySet":
        """What listings, feeds and sitemaps may name, newest first."""
        return self.filter(standing=Standing.LIVE).order_by("-published_at", "-pk")

    def years(self) -> list[int]:
        """The years from the newest listed piece back to the oldest."""
        moments = self.listed().values_list("published_at", flat=True)
        newest, oldest = moments.first(), moments.last()
        return list(range(newest.year, oldest.year - 1, -1)) if newest and oldest else []

    def corrections(self) -> models.QuerySet:
        """What readers were told of these pieces, the newest first."""
        publications = self.model._meta.get_field("publications").related_model
        return publications._default_manager.with_notice().filter(article__in=self.order_by().values("pk"))

    def published_between(self, start, end) -> "ArticleQuerySet":
        """From one moment to just before another."""
        return self.filter(published_at__gte=start, published_at__lt=end)

    def published_in(self, section) -> "ArticleQuerySet":
        """The pieces whose published text is in a section, whatever an open amendment says."""
        return self.filter(live_section=section)

    def newest_of_each(self, sections: Iterable, most: int, besides: Iterable[int] = ()) -> "ArticleQuerySet":
        """The newest so many listed pieces of each section, `besides` left out; each is found through the index."""
        found = [self.listed().published_in(one).exclude(pk__in=list(besides))[:most] for one in sections]
        return self.any_of(found)

    def any_of(self, found: Iterable[models.QuerySet]) -> "ArticleQuerySet":
        """What is in any of some short lists, and nothing where there is none. As one list: for each of several
        PostgreSQL would look at every piece. SQLite takes no LIMIT in a union, but within each of its parts."""
        parts = [self.order_by().filter(pk__in=rows.values("pk")).values("pk") for rows in found]
        return self.filter(pk__in=parts[0].union(*parts[1:])) if parts else self.none()

    def parts_of_authors(self, size: int) -> list[int]:
        """The numbers of the parts, so many authors in each, in which one of them has a listed piece. Each is found
        from the one before, whatever is in it."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(PARTS_OF_AUTHORS.format(size=size))
            return [part for (part,) in cursor.fetchall()]

    def visible_to(self, user) -> "ArticleQuerySet":
        """What this person may open while it is worked on: their own, and for the desk all that has left its author.

        A piece gets its address when it is first submitted, so one without an address has never been handed over.
        """
        if not user.is_authenticated:
            return self.none()
        own = self._of_account(user)
        if may_open(user):
            own |= HANDED_OVER & ~self._conflicting(user)
        return self.filter(own)

    def within_reach_of(self, user) -> "ArticleQuerySet":
        """What readers have or had, and what this person may open while it is worked on."""
        return self.visible_to(user) | self.exclude(standing=Standing.UNPUBLISHED)

    def on_desk_of(self, user) -> "ArticleQuerySet":
        """What this person may judge: all that they may open (`visible_to`) but what they signed themselves, asked
        for without the parts that cancel out, because the desk asks for it a dozen times a page."""
        if not user.is_authenticated:
            return self.none()
        signed = self.model.authors.through.objects.filter(author__user=user).values("article_id")
        opened = Q(created_by=user)
        if may_open(user):
            opened |= HANDED_OVER
        return self.filter(opened, ~self._conflicting(user), ~Q(pk__in=signed))

    def recusing(self, user) -> "ArticleQuerySet":
        """The pieces this person must not judge: a conflict they declared, a listed tie to an author, the same
        employer; unless they were the last editor left, and broke the glass."""
        return self.filter(self._conflicting(user))

    def _conflicting(self, user) -> Q:
        """Asked from the few rows that name this person, so that no piece is looked at that none of them names."""
        bylines = self.model.authors.through.objects
        tied = bylines.filter(author__ties__user=user)
        employers = user.employments.values("key")
        colleagues = bylines.filter(~Q(author__user=user), author__user__employments__key__in=employers)
        conflicts = (user.recusals, tied, colleagues)
        named = Q(*(("pk__in", rows.values("article_id")) for rows in conflicts), _connector=Q.OR)
        return named & ~Q(pk__in=user.broken_glass.values("article_id"))

    def by_account(self, user) -> "ArticleQuerySet":
        """The pieces this account signs or brought in, whatever else it may see."""
        return self.filter(self._of_account(user))

    def _of_account(self, user) -> Q:
        """Whoever brought a piece in for others and must not judge it any more does not read it that way either."""
        signed = self.model.authors.through.objects.filter(author__user=user).values("article_id")
        brought = Q(created_by=user) & ~self._conflicting(user)
        return Q(pk__in=signed) | brought

    def closed_to(self, user) -> "ArticleQuerySet":
        """What the desk writes about, and this person of the desk must not read there: their own, and what they are
        recused from."""
        signed = self.model.authors.through.objects.filter(author__user=user).values("article_id")
        return self.filter(Q(pk__in=signed) | self._conflicting(user))

    def with_author(self) -> "ArticleQuerySet":
        """What is still, or again, its author's to change."""
        return self.filter(stage__in=WITH_AUTHOR)

    def unpublished(self) -> "ArticleQuerySet":
        """What readers have never had."""
        return self.filter(live=None)

    def open(self) -> "ArticleQuerySet":
        """Handed over and not at an end: at the desk, or with its author because the desk asked for something."""
        return self.filter(stage__in=OPEN)

    def in_review(self) -> "ArticleQuerySet":
        """What an editor has before them."""
        return self.filter(stage=Stage.IN_REVIEW)

    def in_proof(self) -> "ArticleQuerySet":
        """What waits for the signature of its authors."""
        return self.filter(stage=Stage.PROOF)

    def past_approval(self) -> "ArticleQuerySet":
        """What an editor has approved and readers do not have yet."""
        return self.filter(stage__in=APPROVED | {Stage.PROOF})

    def at(self, place: Place) -> "ArticleQuerySet":
        """What its author looks for in one place."""
        return self.filter(stage__in=STAGES_AT[place])

    def counted(self) -> dict[Place, int]:
        """How many there are in each place, in one query."""
        counts = {place.value: Count("pk", filter=Q(stage__in=STAGES_AT[place])) for place in Place}
        return {Place(place): count for place, count in self.order_by().aggregate(**counts).items()}

    def with_rank(self) -> "ArticleQuerySet":
        """With `rank`: how soon it is its author's turn, 0 the soonest."""
        elsewhere = [tuple(STAGES_AT[place]) for place in Place if place != Place.YOU]
        ranks = [When(stage__in=stages, then=Value(rank)) for rank, stages in enumerate([*WAITING, *elsewhere])]
        return self.annotate(rank=Case(*ranks, output_field=models.IntegerField()))

    def saying(self, typed: str) -> "ArticleQuerySet":
        """Those that have every typed word somewhere in headline, dek, text or byline. Nothing typed finds all."""
        found = self
        for word in typed.replace("\0", " ").split()[:MOST_WORDS]:
            printed = self.model.authors.through.objects.filter(_has(word, "printed_name"))
            found = found.filter(_has(word, "headline", "dek", "body") | Q(pk__in=printed.values("article_id")))
        return found

    def named(self, typed: str) -> "ArticleQuerySet":
        """Those that have every typed word in headline, address or byline, for the desk, which knows them by name."""
        found = self
        for word in typed.replace("\0", " ").split()[:MOST_WORDS]:
            printed = self.model.authors.through.objects.filter(_has(word, "printed_name"), article=OuterRef("pk"))
            found = found.filter(_has(word, "headline", "slug") | Q(Exists(printed)))
        return found

    def due(self, moment) -> "ArticleQuerySet":
        """Scheduled pieces whose time has come, the longest waiting first."""
        return self.filter(stage=Stage.SCHEDULED, scheduled_for__lte=moment).order_by("scheduled_for", "pk")

    def next_due(self):
        """A subquery for the next moment at which something falls due."""
        return self.filter(stage=Stage.SCHEDULED).order_by("scheduled_for").values("scheduled_for")[:1]

    def with_moments(self) -> "ArticleQuerySet":
        """With `modified_at`: when readers were last told of a change, or else first had the piece. Page, feeds,
        structured data and sitemap all ask here, so that they never differ."""
        told = self._publications().told().filter(article=OuterRef("pk")).order_by("-number")
        return self.annotate(modified_at=Coalesce(Subquery(told.values("published_at")[:1]), F("published_at")))

    def original(self) -> "ArticleQuerySet":
        """Those whose first address is here, and not where their author says they were published before."""
        return self.exclude(prior="elsewhere", canonical="elsewhere")

    def as_sent(self) -> "ArticleQuerySet":
        """With all that a piece carries when it leaves the site: `told` holds the public notes, the newest first."""
        told = self._publications().told().order_by("-number")
        return self.as_read().prefetch_related("authors", "tags", Prefetch("publications", told, to_attr="told"))

    def _publications(self):
        return self.model.publications.rel.related_model.objects

    def as_read(self) -> "ArticleQuerySet":
        """With all that a page of one piece shows, in one query, and whether there are notices to ask for."""
        notices = self.model._meta.get_field("notices").related_model._default_manager
        glass = self.model.broken_glass.rel.related_model._default_manager
        has_notices = Exists(notices.filter(article=OuterRef("pk")))
        return (
            self.with_moments()
            .annotate(has_notices=has_notices, has_broken_glass=Exists(glass.filter(article=OuterRef("pk"))))
            .select_related(
                "live__revision__section",
                "live__disclaimer",
                "live__revision__responds_to__live__revision",
                "lead_picture",
                "repin__act__disclaimer",
                "repin__publication__revision",
            )
            .defer(*NOT_READ)
        )

    def as_card(self) -> "ArticleQuerySet":
        """With what a listing shows of each piece, and nothing else: each column costs time in every row."""
        return self.select_related("live__revision__section", "lead_picture").only(*CARD)


def _has(word: str, *columns: str) -> Q:
    """The word in one of the columns, in small letters or capitals: SQLite knows them only of ASCII by itself."""
    spellings = [word] if word.isascii() else dict.fromkeys([word, word.lower(), word.capitalize(), word.upper()])
    return Q(*((f"{column}__icontains", each) for column in columns for each in spellings), _connector=Q.OR)
