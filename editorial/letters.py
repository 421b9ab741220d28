"""Letters that a person at the desk writes: what they may start from, and how each will arrive before it is sent."""

from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest

from articles.models import Article
from editorial import notifications
from editorial.models import LetterTemplate
from network.models import Network

OF_STEP = {"decline": "declined", "ask_changes": "changes_asked", "kill": "killed"}
PREVIEW = "preview"  # the name of the button that shows what was typed and sends nothing


@dataclass(frozen=True)
class Opening:
    """What a letter may start from, the template that was chosen, and its words filled in."""

    templates: list[LetterTemplate]
    chosen: LetterTemplate | None
    words: str


def opening(request: HttpRequest, kind: str, **values: str) -> Opening:
    """The templates of a kind; the address names one by its number. A value that is not known yet stays in braces."""
    templates = list(LetterTemplate.objects.filter(kind=kind, is_active=True))
    chosen = next((template for template in templates if str(template.pk) == request.GET.get("letter")), None)
    words = chosen.filled(network=Network.load().name, **values) if chosen else ""
    return Opening(templates, chosen, words)


def values_of(piece: Article) -> dict[str, str]:
    """What a template says of a piece. Under embargo a piece is its number, as in every letter."""
    names = [byline.first_name or byline.printed_name for byline in piece.bylines.all()]
    together = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return {"title": notifications.title(piece), "name": together}


def is_preview(request: HttpRequest) -> bool:
    return request.method == "POST" and PREVIEW in request.POST


class TemplateAdmin(admin.ModelAdmin):
    """Changed by standards, and read by everybody at the desk."""

    list_display = ["reason", "kind", "position", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["reason", "words"]
    actions = None
