from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from articles.models import Article
from authors.models import Author
from network import clock


class Answer(models.TextChoices):
    PENDING = "pending", "Not answered yet"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    REVOKED = "revoked", "Taken back"


class BylineInvitationQuerySet(models.QuerySet["BylineInvitation"]):
    def pending(self) -> "BylineInvitationQuerySet":
        return self.filter(answer=Answer.PENDING)

    def answered(self) -> "BylineInvitationQuerySet":
        return self.exclude(answer=Answer.PENDING)

    def to_account(self, user) -> "BylineInvitationQuerySet":
        """Those that went to an address which this account has proved to be its own."""
        proved = EmailAddress.objects.filter(user_id=user.pk, verified=True).values(address=Lower("email"))
        return self.alias(address=Lower("email")).filter(address__in=proved)

    def answerable(self) -> "BylineInvitationQuerySet":
        """Those to which a yes is possible now: the piece is with its authors, and readers never had it."""
        return self.pending().filter(article__in=Article.objects.with_author().unpublished())


class BylineInvitation(models.Model):
    """An author asks somebody to share the byline of a piece. Nobody is credited before they have accepted."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="byline_invitations")
    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=120)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.PENDING)
    answered_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(
        Author, null=True, blank=True, on_delete=models.PROTECT, related_name="byline_invitations"
    )

    objects = BylineInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="byline_answer_known"),
            models.CheckConstraint(
                condition=Q(answer=Answer.PENDING, answered_at=None)
                | (~Q(answer=Answer.PENDING) & Q(answered_at__isnull=False)),
                name="byline_answer_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(answer=Answer.ACCEPTED) | Q(author__isnull=False), name="byline_acceptance_names_author"
            ),
            models.UniqueConstraint(
                "article", Lower("email"), condition=Q(answer=Answer.PENDING), name="one_pending_byline_invitation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.article_id}"
