"""Who sees which piece. Every view, feed and admin page asks here and nowhere else."""

from django.db import models
from django.db.models import Q

from articles.status import READABLE, WITH_AUTHOR, Stage, Standing


class ArticleQuerySet(models.QuerySet):
    def live(self) -> "ArticleQuerySet":
        """What anyone may read at its own address, marked pieces included."""
        return self.filter(standing__in=READABLE)

    def listed(self) -> "ArticleQuerySet":
        """What listings, feeds and sitemaps may name, newest first."""
        return self.filter(standing=Standing.LIVE).order_by("-published_at", "-pk")

    def published_in(self, section) -> "ArticleQuerySet":
        """The pieces whose published text is in a section, whatever an open amendment says."""
        return self.filter(live__revision__section=section)

    def visible_to(self, user) -> "ArticleQuerySet":
        """What this person may open while it is worked on: their own, and for the desk all that has left its author.

        A piece gets its address when it is first submitted, so one without an address has never been handed over.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(pk__in=self.model.authors.through.objects.filter(author__user=user).values("article_id"))
        own |= Q(created_by=user)
        if user.has_perm("articles.view_article"):
            own |= (~Q(stage=Stage.DRAFT) & ~Q(slug="")) | ~Q(standing=Standing.UNPUBLISHED)
        return self.filter(own)

    def by_account(self, user) -> "ArticleQuerySet":
        """The pieces this account signs or brought in, whatever else it may see."""
        own = self.model.authors.through.objects.filter(author__user=user).values("article_id")
        return self.filter(Q(pk__in=own) | Q(created_by=user))

    def with_author(self) -> "ArticleQuerySet":
        """What is still, or again, its author's to change."""
        return self.filter(stage__in=WITH_AUTHOR)

    def due(self, moment) -> "ArticleQuerySet":
        """Scheduled pieces whose time has come, the longest waiting first."""
        return self.filter(stage=Stage.SCHEDULED, scheduled_for__lte=moment).order_by("scheduled_for", "pk")

    def next_due(self):
        """A subquery for the next moment at which something falls due."""
        return self.filter(stage=Stage.SCHEDULED).order_by("scheduled_for").values("scheduled_for")[:1]

    def as_read(self) -> "ArticleQuerySet":
        """With all that a page of one piece shows, in one query."""
        return self.select_related(
            "live__revision__section", "live__disclaimer", "live__revision__responds_to__live__revision"
        )

    def as_card(self) -> "ArticleQuerySet":
        """With what a listing shows of each piece, the long texts left in the database."""
        heavy = ("body", "live__revision__body", "live__revision__html")
        return self.select_related("live__revision__section").defer(*heavy)
