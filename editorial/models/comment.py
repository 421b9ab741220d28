from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models import Article, Revision
from network import clock


class CommentQuerySet(models.QuerySet["Comment"]):
    def shared(self) -> "CommentQuerySet":
        """Those the piece's author may read."""
        return self.filter(is_shared=True)

    def unresolved(self) -> "CommentQuerySet":
        return self.filter(resolved_at=None)


class Comment(models.Model):
    """One remark in the conversation about a piece: for the desk alone, or shared with its author."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="comments")
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    is_from_desk = models.BooleanField(default=False)
    text = models.TextField()
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answered_by")
    quote = models.TextField("the passage", blank=True, max_length=1_000)
    prefix = models.CharField(max_length=80, blank=True, help_text="The words before the passage.")
    suffix = models.CharField(max_length=80, blank=True, help_text="The words after the passage.")
    is_shared = models.BooleanField("the author sees it", default=True)
    is_blocking = models.BooleanField("nothing is published while it is open", default=False)
    created_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    replies: "list[Comment]"  # these three as `conversation.threads` shows it to somebody
    place: Any
    is_theirs: bool

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["article"], condition=Q(resolved_at=None, is_blocking=True), name="comment_holding_back"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
