from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q

KEPT = ("queue", "section__id__exact", "on", "q", "o")  # of the list's address; a page's number is no filter
LONGEST, MOST = 500, 20


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def of(self, user) -> "SavedFilterQuerySet":
        return self.filter(owner=user)


class SavedFilter(models.Model):
    """What somebody at the desk chose and searched for in the list of pieces, under a name. Theirs alone."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=LONGEST)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_says_what"),
        ]

    def __str__(self) -> str:
        return self.name


def only_known(query: str) -> str:
    """What of an address's query chooses pieces, each once and in one order; nothing where it is none, or too long."""
    try:
        typed = {name: value.replace("\0", "") for name, value in parse_qsl(query[: 4 * LONGEST], max_num_fields=50)}
    except ValueError:
        return ""
    kept = urlencode({name: typed[name] for name in KEPT if typed.get(name)})
    return kept if len(kept) <= LONGEST else ""
