"""What the sign-in library's pages need from us besides their templates."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache


@login_required
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The picture that an authenticator app scans. An address of its own, because the content policy shows no picture
    that stands inside a page; it draws the secret that this person is setting up, and exists at no other time."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(drawn, content_type="image/svg+xml")
