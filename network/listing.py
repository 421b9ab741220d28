"""The page of a listing that an address names."""

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest

PER_PAGE = 12


def page_of(request: HttpRequest, rows, per_page: int = PER_PAGE) -> Page:
    """The page that `?page=` names; a page that does not exist is a 404, not another page."""
    paginator = Paginator(rows, per_page)
    number = request.GET.get("page", "1")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= paginator.num_pages:
        raise Http404
    return paginator.page(int(number))
