"""Letters the desk owes people: which step owes which, to whom, in what words (templates/emails/<kind>.txt).

They are written in the step's own transaction, so a letter exists exactly if its step does; `editorial.post` sends
them.
"""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string

from articles.models import Article
from editorial import permissions
from editorial.models import Letter
from editorial.post import deliver
from network.models import Network

SUBJECTS = {
    "receipt": "We have your piece: {}",
    "changes_asked": "Changes asked: {}",
    "proof": "Please read and sign: {}",
    "declined": "About your piece: {}",
    "accepted": "Accepted: {}",
    "published": "Published: {}",
    "held": "Not published on time: {}",
}
TO_THE_DESK = frozenset({"held"})


def write(kinds: Iterable[str], piece: Article, note: str) -> None:
    """Write the letters of a step that has just been taken, and hand them to the queue."""
    for kind in kinds:
        current = Article.objects.select_related("live").get(pk=piece.pk)
        for person in _recipients(kind, current):
            letter = Letter.objects.create(
                article=current,
                to=person,
                kind=kind,
                subject=_subject(kind, current),
                body=_body(kind, current, person, note),
            )
            deliver.enqueue(letter.pk)


def _subject(kind: str, piece: Article) -> str:
    """One line, whatever blanks are in the headline: a line break would be a header of its own."""
    return SUBJECTS[kind].format(" ".join(piece.headline.split()))[:200]


def _recipients(kind: str, piece: Article):
    people = get_user_model().objects.filter(is_active=True).exclude(email="")
    if kind in TO_THE_DESK:
        return people.filter(groups__name=permissions.PUBLISHERS).distinct()
    return people.filter(author__bylines__article=piece).distinct()


def _body(kind: str, piece: Article, person, note: str) -> str:
    context = {
        "piece": piece,
        "person": person,
        "note": note,
        "network": Network.load(),
        "site": settings.SITE_URL,
        "submission": piece.submissions.order_by("-number").first(),
        "comments": piece.comments.shared().unresolved().filter(is_from_desk=True),
    }
    return render_to_string(f"emails/{kind}.txt", context).strip() + "\n"
