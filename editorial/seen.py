"""When a sign-in was last used, and from where: what its owner finds in the list of their sign-ins."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.middleware import UserSessionsMiddleware
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase

from network import clock

EVERY = timedelta(minutes=1)


class Seen(UserSessionsMiddleware):
    """To the minute. Written down at each request, it would be one more write that every other one waits for."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key and request.user.is_authenticated and _is_known(request):
            return self.get_response(request)
        return super().__call__(request)


def _is_known(request: HttpRequest) -> bool:
    sessions = UserSession.objects.filter(session_key=request.session.session_key, user=request.user.pk)
    address = get_adapter().get_client_ip(request)
    return sessions.filter(ip=address, last_seen_at__gt=clock.now() - EVERY).exists()
