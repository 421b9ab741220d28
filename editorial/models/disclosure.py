from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import models

from articles.models import Article
from authors.models import Author
from network import clock


class Question(NamedTuple):
    key: str
    words: str
    printed: str


QUESTIONS = (
    Question("prompted", "Did an organisation ask or prompt you to write this?", "was asked to write this by"),
    Question("helped", "Did anyone else help with the writing?", "was helped with the writing by"),
    Question("paid", "Is anyone other than this network paying you for it?", "was paid for this by"),
    Question(
        "money",
        "In the last three years, have you had money, grants, stock or travel from anyone named here or who gains?",
        "has had money or other benefits from",
    ),
    Question("member", "Are you employed by, or a member of, anyone named here?", "works for or is a member of"),
    Question("family", "Do you have a family or other close tie to anyone named here?", "has a close tie to"),
    Question("office", "Are you a lobbyist, a candidate or a party officer?", "holds or seeks office:"),
    Question("links", "Does a link in the piece earn anyone money?", "links to pages that earn money:"),
)


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def last_of(self, author: Author, *, other_than: Article) -> "Disclosure | None":
        """What this author last answered about another piece, to begin from."""
        others = self.filter(author=author).exclude(article=other_than).select_related("article")
        return others.order_by("-answered_at", "-pk").first()


class Disclosure(models.Model):
    """One author's interests for one piece: an answer to each question, and the line that is printed from them.

    `answers` maps a question's key to `{"yes": bool, "detail": str}`. “No relevant interests” is an answer the author
    gave to every question, never a default.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="disclosures")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="disclosures")
    answers = models.JSONField(default=dict)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="one_disclosure_per_author")]

    def __str__(self) -> str:
        return f"{self.author} on {self.article_id}"

    @property
    def is_complete(self) -> bool:
        return all(_answered(self.answers.get(question.key)) for question in QUESTIONS)

    def line(self) -> str:
        """The printed line, never empty once complete: “Ana Ruiz declares no relevant interests.”"""
        interests = [
            f"{question.printed} {self.answers[question.key]['detail'].strip().rstrip('.')}"
            for question in QUESTIONS
            if self.answers.get(question.key, {}).get("yes")
        ]
        if interests:
            return f"{self.author.name} {'; '.join(interests)}."
        return f"{self.author.name} declares no relevant interests."


def _answered(answer: Mapping | None) -> bool:
    """A plain no, or a yes that says what."""
    return answer is not None and (answer.get("yes") is False or bool(str(answer.get("detail", "")).strip()))
