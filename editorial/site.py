"""The desk's own admin site: its name, its door, and who is let in."""

from allauth.account.decorators import reauthentication_required, secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from articles.models import Article
from editorial import permissions

SECOND_STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
WANTED = "The desk wants a second step besides a password. Add a passkey or an authenticator app, then come back."


DESK = "desk"  # what asks, to the sign-in library
GRAVE = frozenset({"override", "retract", "reinstate", "remove", "merge", "challenge", "clear"})


class Desk(admin.AdminSite):
    site_header = site_title = index_title = "The desk"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not lacks_second_step(request.user)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """By the site's own sign-in. Whoever is signed in and has no second step yet is led to where they get one."""
        if super().has_permission(request) and lacks_second_step(request.user):
            messages.warning(request, WANTED)
            return redirect("mfa_index")
        return secure_admin_login(super().login)(request, extra_context)


def lacks_second_step(user: User | AnonymousUser) -> bool:
    """Whether this account opens nothing of the desk until it has a passkey or an authenticator app."""
    return settings.REQUIRE_SECOND_STEP and not is_mfa_enabled(user, SECOND_STEPS)


@reauthentication_required(app=DESK, enabled=lambda _: settings.REQUIRE_SECOND_STEP)
def ask_again(request: HttpRequest) -> None:
    """Before what only standards do: an open browser is not its owner. Once in five minutes; what was typed is taken
    up again after it."""


def is_let_in(user: User | AnonymousUser, piece: Article) -> bool:
    """Whether this person reaches a piece's text by the addresses that authors and the desk share: what is not their
    own is behind the desk's door, wherever it is asked for."""
    return not lacks_second_step(user) or permissions.is_author(user, piece)
