"""The page of a listing that an address names."""

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest

PER_PAGE = 12


class PastTheEnd(Http404):
    """A page that a list has no more, or never had. `last` is the address of its last."""

    def __init__(self, request: HttpRequest, last: int):
        asked = request.GET.copy()
        asked.pop("page")
        if last > 1:
            asked["page"] = str(last)
        self.last = f"{request.path}?{asked.urlencode()}".rstrip("?")


def page_of(request: HttpRequest, rows, per_page: int = PER_PAGE, count: int | None = None) -> Page:
    """The page that `?page=` names. `count`: how many rows there are, where that is known without counting them.
    Raises PastTheEnd behind the last one, and Http404 for what is no number."""
    paginator = Paginator(rows, per_page)
    if count is not None:
        paginator.count = count
    number = request.GET.get("page", "1")
    if not number.isascii() or not number.isdigit() or int(number[:9]) < 1:
        raise Http404
    if int(number[:9]) > paginator.num_pages:
        raise PastTheEnd(request, paginator.num_pages)
    return paginator.page(int(number[:9]))
