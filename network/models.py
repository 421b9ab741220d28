"""The one row that names the network; and what went wrong in it, counted."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from network import clock, markup

ONE_LINE = RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "Write it on one line.")
PLAIN_ADDRESS = RegexValidator(r"\A[\w.+-]+@[\w.-]+\Z", "Use a plain address, without quotation marks.")


def renders(text: str) -> None:
    """Raise ValidationError for Markdown that no page will lay out."""
    try:
        markup.render(text, doc_id="check")
    except markup.TooLong as error:
        raise ValidationError(str(error)) from None


class Network(models.Model):
    """The network's name, its host, its addresses and its promises. There is exactly one row."""

    name = models.CharField(
        max_length=80,
        validators=[ONE_LINE],
        default="Contributor Network",
        help_text="As readers know it: “The First TV”.",
    )
    host = models.CharField(
        max_length=80,
        validators=[ONE_LINE],
        default="the publisher",
        help_text="Who runs it, as the disclaimer names it: “The First”.",
    )
    contact = models.EmailField(
        validators=[PLAIN_ADDRESS],
        default="desk@network.example",
        help_text="Where readers and contributors reach you.",
    )
    tagline = models.CharField(max_length=160, blank=True, help_text="One line under the name.")
    about = models.TextField(
        blank=True, validators=[renders], help_text="The standing paragraph at the top of the listing. Markdown."
    )
    answer_days = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1)],
        help_text="Days within which a contributor hears from the desk: the promise date of each submission.",
    )

    proof_days = models.PositiveSmallIntegerField(
        default=4,
        validators=[MinValueValidator(1)],
        help_text="Days that an author has to sign a proof. They are reminded at half time and at the end.",
    )
    claim_days = models.PositiveSmallIntegerField(
        default=7,
        validators=[MinValueValidator(1)],
        help_text="Days after which a piece goes back to the queue when its editor has left it alone.",
    )
    call = models.TextField(
        "what we want",
        blank=True,
        validators=[renders],
        help_text="For the page “Write for us”: what the network is looking for, and its rules. Markdown.",
    )
    least_words = models.PositiveIntegerField(
        default=500, help_text="How short a piece may be, as “Write for us” says."
    )
    most_words = models.PositiveIntegerField(
        default=1_500, help_text="How long a piece may be, as “Write for us” says."
    )
    takes_applications = models.BooleanField(
        "takes applications", default=True, help_text="Whether “Write for us” has a form, or says that it is closed."
    )
    application_days = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1)],
        help_text="Days within which somebody who applies hears from the desk.",
    )

    masthead = models.TextField(
        blank=True,
        validators=[renders],
        help_text="For the page “About”: who runs the network, edits it and pays for it. Markdown.",
    )
    policies = models.TextField(
        blank=True,
        validators=[renders],
        help_text="For the page “About”: how you choose, check and correct. Each heading can be linked to. Markdown.",
    )
    privacy = models.TextField(
        blank=True,
        validators=[renders],
        help_text="For the page “Privacy”, under what the site itself does: who is responsible, and rights. Markdown.",
    )
    crawlers_refused = models.JSONField(
        "AI crawlers that are refused",
        default=list,
        blank=True,
        help_text="Their names, as robots.txt gives them. The rest may read what readers may.",
    )
    allows_republishing = models.BooleanField(
        "allows republishing",
        default=False,
        help_text="Whether each piece has a page with its text for other sites to copy. Ask your agreement first.",
    )
    names_editors = models.BooleanField(
        "name editors to readers",
        default=False,
        help_text="Whether “How this piece got here” gives the names of the desk, or only their part.",
    )

    class Meta:
        verbose_name_plural = "network"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="network_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(least_words__lte=models.F("most_words")), name="network_lengths_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def load(cls) -> "Network":
        """The row, made with neutral words where nobody has filled it in yet."""
        return cls.objects.filter(pk=1).first() or cls.objects.get_or_create(pk=1)[0]


class Tally(models.Model):
    """How often something went wrong within an hour: which kind, and where. It says nothing of whom, but for a sign-in
    whose account it was meant for. Only `network.watch` writes it."""

    class Kind(models.TextChoices):
        ERROR = "error", "Error or outage"
        SIGN_IN = "sign_in", "Failed sign-in"
        REFUSED = "refused", "Refused step"

    KEPT_FOR = timedelta(days=30)

    kind = models.CharField(max_length=8, choices=Kind)
    what = models.CharField(max_length=120)
    hour = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "thing that went wrong"
        verbose_name_plural = "things that went wrong"
        ordering = ["-hour", "kind", "what"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "what", "hour"], name="one_tally_an_hour"),
            models.CheckConstraint(
                condition=models.Q(kind__in=("error", "sign_in", "refused")), name="tally_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} × {self.what}"

    @classmethod
    def sweep(cls) -> None:
        cls.objects.filter(hour__lt=clock.now() - cls.KEPT_FOR).delete()


class Edition(models.Model):
    """The one row that says how often what readers see has changed (network/edition.py). Triggers of the database count
    it up with each change, in the change's own transaction (editorial/public_changes.py)."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="edition_is_one_row")]

    def __str__(self) -> str:
        return f"edition {self.number}"
