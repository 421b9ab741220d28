"""The one row that names the network."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from network import markup

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

    class Meta:
        verbose_name_plural = "network"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="network_is_one_row")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def load(cls) -> "Network":
        """The row, made with neutral words where nobody has filled it in yet."""
        return cls.objects.filter(pk=1).first() or cls.objects.get_or_create(pk=1)[0]
