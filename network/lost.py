"""What is not found, in a demo."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver, resolve


class Lost:
    """With DEBUG on Django answers what is not found with a page for programmers, and leads nobody on who asks for an
    old address. Whoever tries the demo gets the site's own answer, which readers get."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            resolve(request.path_info)
        except Http404 as nowhere:
            return self.answer(request, nowhere)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return self.answer(request, exception) if isinstance(exception, Http404) else None

    def answer(self, request: HttpRequest, exception: Http404) -> HttpResponse:
        not_found: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(404)
        return not_found(request, exception=exception)
