"""What every page of the contributor’s side begins with: own pieces only, so that another’s is a 404."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from articles.models import Article
from editorial import permissions, workflow, writing
from editorial.refusal import Refused


class SignedIn(HttpRequest):
    """What `waiting.signed_in` lets through."""

    user: User


def own(request: SignedIn, pk: int) -> Article:
    return get_object_or_404(
        Article.objects.by_account(request.user).select_related("section", "live__revision"), pk=pk
    )


def may_write(request: SignedIn, article: Article) -> bool:
    """On this side an author writes; an editor who brought the piece in for somebody does so at the desk."""
    return permissions.is_author(request.user, article) and writing.may_write(request.user, article)


def took(request: SignedIn, name: str, article: Article, **data) -> bool:
    """Take a step for the person; say what happened or what is missing."""
    try:
        workflow.take(name, article, by=request.user, **data)
    except Refused as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
        return False
    messages.success(request, f"{workflow.STEPS[name].label}: done.")
    return True
