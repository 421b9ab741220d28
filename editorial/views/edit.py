"""The sheet on which an author writes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from editorial import margin, writing
from editorial.sheet import Sheet
from editorial.views.own import SignedIn, may_write, own
from editorial.waiting import signed_in


@signed_in
def edit(request: SignedIn, pk: int) -> HttpResponse:
    article = own(request, pk)
    if not may_write(request, article):
        messages.error(request, "The text is not yours to change now. Its page says whose turn it is.")
        return redirect("editorial:piece", pk)
    sheet = Sheet(article, request)
    if request.method == "POST" and sheet.save(writing.save):
        messages.success(request, "Saved.")
        return redirect("editorial:edit" if "stay" in request.POST else "editorial:piece", pk)
    return render(request, "contribute/edit.html", sheet.context() | margin.beside(article, request.user.author))
