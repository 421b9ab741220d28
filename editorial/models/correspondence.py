"""What readers write to an author or to the desk, and what is answered."""

import secrets

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q

from articles.models import Article, Publication
from authors.models import Author
from network import clock

KEYS = signing.Signer(salt="editorial.letter")


def random_key() -> str:
    """128 bits in digits and small letters: mail servers may change the case of an address."""
    return secrets.token_hex(16)


class To(models.TextChoices):
    AUTHOR = "author", "To an author"
    DESK = "desk", "To the desk"
    CORRECTION = "correction", "Asks for a correction"


class Topic(models.TextChoices):
    GENERAL = "general", "Something else"
    PUBLICATION = "publication", "A letter to be published"
    PIECE = "piece", "About a piece"
    PRIVACY = "privacy", "Privacy: what you hold about me"


class State(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Not confirmed yet"
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


class Side(models.TextChoices):
    READER = "reader", "The reader"
    AUTHOR = "author", "The author"
    DESK = "desk", "The desk"


class CorrespondenceQuerySet(models.QuerySet["Correspondence"]):
    def confirmed(self) -> "CorrespondenceQuerySet":
        """Those whose reader has shown that the address is theirs; nobody else's letter is seen by anybody."""
        return self.exclude(state=State.UNCONFIRMED)

    def relayed_to(self, user) -> "CorrespondenceQuerySet":
        """What readers wrote to the author whom this account speaks for."""
        return self.confirmed().filter(to=To.AUTHOR, author__in=Author.objects.of(user))

    def at_desk_of(self, user) -> "CorrespondenceQuerySet":
        """What this person of the desk may read: what readers wrote to it, and what an author has reported; nothing
        about a piece that they must not judge. What is between a reader and an author is theirs alone."""
        theirs = ~Q(to=To.AUTHOR) | Q(reported_at__isnull=False)
        own = Q(author__user=user.pk)
        closed = Article.objects.closed_to(user).values("pk")
        kept = self.confirmed().filter(theirs).exclude(own)
        return kept.exclude(Q(article__isnull=False) & Q(article__in=closed))

    def by_confirmation(self, key: str) -> "Correspondence | None":
        """Whose letter a link confirms, confirmed already or not."""
        try:
            pk = KEYS.unsign(key)
        except signing.BadSignature:
            return None
        return self.filter(pk=pk).first()


class Correspondence(models.Model):
    """One reader with one author, or with the desk, from a letter to its end. Neither sees the other's address."""

    to = models.CharField(max_length=10, choices=To)
    topic = models.CharField(max_length=11, choices=Topic, default=Topic.GENERAL)
    state = models.CharField(max_length=11, choices=State, default=State.UNCONFIRMED)
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="correspondence")
    author = models.ForeignKey(Author, null=True, blank=True, on_delete=models.PROTECT, related_name="correspondence")
    name = models.CharField(max_length=120)
    email = models.EmailField("e-mail address")
    may_be_published = models.BooleanField("may be published as a letter", default=False)
    digest = models.CharField(max_length=64, help_text="By which the same letter is known when it comes again.")
    reader_key = models.CharField(max_length=32, unique=True, default=random_key, help_text="In the reader's mail.")
    other_key = models.CharField(max_length=32, unique=True, default=random_key, help_text="In the author's mail.")
    begun_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField("last letter", default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_muted = models.BooleanField("no mail about it", default=False)
    reported_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField("why it was reported", blank=True, max_length=2_000)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CorrespondenceQuerySet.as_manager()

    class Meta:
        verbose_name = "letter from a reader"
        verbose_name_plural = "letters from readers"
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(to__in=To.values), name="correspondence_to_known"),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="correspondence_topic_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="correspondence_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.UNCONFIRMED, confirmed_at=None)
                | (~Q(state=State.UNCONFIRMED) & Q(confirmed_at__isnull=False)),
                name="correspondence_confirmed_once",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_at__isnull=False) | (~Q(state=State.CLOSED) & Q(closed_at=None)),
                name="correspondence_close_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(to=To.AUTHOR) | Q(author__isnull=False, article__isnull=False),
                name="correspondence_author_named",
            ),
            models.CheckConstraint(
                condition=~Q(to=To.CORRECTION) | Q(article__isnull=False), name="correspondence_correction_of_piece"
            ),
            models.CheckConstraint(
                condition=Q(reported_at=None, report="") | (Q(reported_at__isnull=False) & ~Q(report="")),
                name="correspondence_report_has_words",
            ),
            models.UniqueConstraint(
                fields=["digest"], condition=~Q(state=State.CLOSED), name="correspondence_once_while_open"
            ),
        ]
        indexes = [
            models.Index(fields=["closed_at"], name="correspondence_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_to_display().lower()}"

    @property
    def is_open(self) -> bool:
        return self.state in (State.OPEN, State.ANSWERED)

    def confirmation(self) -> str:
        return KEYS.sign(str(self.pk))

    def key_of(self, side: Side) -> str:
        """What stands in the address to which this side answers."""
        return self.reader_key if side == Side.READER else self.other_key


class Message(models.Model):
    """One letter of a correspondence, as text and without addresses."""

    correspondence = models.ForeignKey(Correspondence, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=6, choices=Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=20_000)
    written_at = models.DateTimeField(default=clock.now)
    source = models.CharField(max_length=64, blank=True, help_text="By which a mail is known when it comes again.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="message_side_known"),
            models.CheckConstraint(condition=~Q(text=""), name="message_has_words"),
            models.UniqueConstraint(
                fields=["correspondence", "source"], condition=~Q(source=""), name="message_source_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Outcome(models.TextChoices):
    WAITING = "", "No answer yet"
    CORRECTED = "corrected", "Corrected"
    CLARIFIED = "clarified", "Clarified"
    UNCHANGED = "unchanged", "No change"


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    def at_desk_of(self, user) -> "CorrectionRequestQuerySet":
        return self.filter(correspondence__in=Correspondence.objects.at_desk_of(user))

    def waiting(self) -> "CorrectionRequestQuerySet":
        return self.filter(outcome=Outcome.WAITING).exclude(correspondence__state=State.UNCONFIRMED)


class CorrectionRequest(models.Model):
    """What a reader says is wrong in a piece, and what came of it."""

    correspondence = models.OneToOneField(Correspondence, on_delete=models.CASCADE, related_name="correction")
    key = models.CharField(max_length=32, unique=True, default=random_key, help_text="In the address of its page.")
    quote = models.TextField("the passage", max_length=2_000)
    wrong = models.TextField("what is wrong", max_length=5_000)
    right = models.TextField("what is right", max_length=5_000, blank=True)
    source = models.TextField("where that can be read", max_length=2_000, blank=True)
    looked_at = models.DateTimeField("taken up", null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.WAITING, blank=True)
    words = models.TextField("the answer", max_length=5_000, blank=True)
    publication = models.ForeignKey(Publication, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "correction request"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="correction_request_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="", words="", publication=None, decided_at=None, decided_by=None)
                | (~Q(outcome="") & ~Q(words="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="correction_request_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", looked_at=None) | Q(looked_at__isnull=False),
                name="correction_request_looked_at_first",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "unchanged"], publication=None)
                | Q(outcome__in=["corrected", "clarified"], publication__isnull=False),
                name="correction_request_names_publication",
            ),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk}"
