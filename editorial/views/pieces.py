"""Own pieces: the list, a new one, the page of one, and the steps that have a page of their own."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from articles.models import Article
from articles.status import Place
from authors.models import Author
from editorial import byline, conversation, guards, margin, permissions, whereabouts, workflow, writing
from editorial.forms.conversation import CommentForm, NoteForm
from editorial.forms.text import NewPieceForm
from editorial.models import BylineInvitation
from editorial.views.own import SignedIn, may_write, own, took
from editorial.waiting import posted, signed_in
from network.listing import page_of

PER_PAGE = 30
LONGEST_SEARCH = 200
READ = ("submissions", "reviews", "sign_offs")  # by `whereabouts.sentence`
ON_THEIR_OWN_PAGE = frozenset({"submit", "sign", "suggest"})


@signed_in
def index(request: SignedIn) -> HttpResponse:
    """All own pieces, in every stage: those that wait for this person first. `?q=` searches, `?where=` is a place."""
    author = Author.objects.of(request.user).first()
    everything = Article.objects.by_account(request.user)
    typed = request.GET.get("q", "")[:LONGEST_SEARCH]
    found = everything.saying(typed)
    counts = found.counted()
    place = Place(request.GET["where"]) if request.GET.get("where") in Place else None
    rows = whereabouts.in_order(found.at(place) if place else found, author)
    page = page_of(request, rows.select_related("section").defer("body").prefetch_related(*READ), PER_PAGE)
    for article in page:
        article.whereabouts = whereabouts.sentence(article, author)
    context = {
        "page": page,
        "asked": BylineInvitation.objects.to_account(request.user).answerable().count(),
        "has_author": author is not None,
        "q": typed.replace("\0", ""),
        "where": place,
        "places": [(each, counts[each]) for each in Place],
        "total": sum(counts.values()),
        "has_any": bool(sum(counts.values())) or everything.exists(),
    }
    return render(request, "contribute/index.html", context)


@signed_in
def new(request: SignedIn) -> HttpResponse:
    if not permissions.can_contribute(request.user):
        raise Http404
    form = NewPieceForm(**posted(request))
    if request.method == "POST" and form.is_valid():
        article = writing.start(request.user.author, by=request.user, **form.cleaned_data)
        return redirect("editorial:edit", article.pk)
    return render(request, "contribute/new.html", {"form": form})


@signed_in
def piece(request: SignedIn, pk: int) -> HttpResponse:
    article = own(request, pk)
    is_author = permissions.is_author(request.user, article)
    steps = workflow.steps_for(article, request.user) if is_author else []
    names = {step.name for step in steps}
    newest = article.revisions.order_by("-number").first()
    author = Author.objects.of(request.user).first()
    lacking = margin.missing(article, author) if "submit" in names else []
    context = {
        "article": article,
        "whereabouts": whereabouts.sentence(article, author),
        "steps": [step for step in steps if step.name not in ON_THEIR_OWN_PAGE],
        "can_write": may_write(request, article),
        "can_submit": "submit" in names,
        "can_sign": "sign" in names,
        "lacking": lacking,
        "owed": margin.owed(article, request.user.author) if is_author else [],
        "lacks_agreement": any(row.guard is guards.agreements_accepted for row in lacking),
        "comments": conversation.threads(article, request.user, newest),
        "announced": article.announcements.standing(),
        "may_comment": bool(article.slug) and is_author,
        "newest": newest,
        "comment_form": CommentForm(),
        "trail": article.trail.select_related("actor").order_by("-seq"),
        "letters": article.letters.filter(to=request.user),
        "publications": article.publications.order_by("-number"),
        "places": byline.places(article),
    }
    return render(request, "contribute/piece.html", context)


@signed_in
def step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """A step on a page of its own: what will happen, and one button. The desk's steps are taken at the desk, also by
    whoever brought a piece in for others."""
    article = own(request, pk)
    row = next((step for step in workflow.steps_for(article, request.user) if step.name == name), None)
    if name in ON_THEIR_OWN_PAGE or name not in workflow.STEPS or not permissions.is_author(request.user, article):
        raise Http404
    if row is None:
        messages.error(request, "That is not possible now. This page says where the piece is.")
        return redirect("editorial:piece", pk)
    form = NoteForm(**posted(request))
    if request.method == "POST" and form.is_valid() and took(request, name, article, note=form.cleaned_data["note"]):
        return redirect("editorial:piece", pk)
    return render(request, "contribute/step.html", {"article": article, "step": row, "form": form})
