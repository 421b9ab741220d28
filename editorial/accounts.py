"""How people get in: by invitation, so nobody signs up by themselves; and the second step."""

import base64
import hashlib
import logging
import time
from email.utils import formataddr
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes

from authors.models import Author, Invitation
from editorial import joining, notifications, permissions, site
from editorial.refusal import Refused
from network import limits, watch
from network.models import Network, Tally

WRONG_CODE = "This code or key is not the right one. Try again."
NO_ADDRESS = (
    "This account has no e-mail address, and signing in needs one that you confirm. Whoever runs this site can give it "
    "one; docs/operations.md says how."
)
GUESSED, MOST_GUESSES, GUESSES_COUNT_FOR = "guessed", 20, 3600  # wrong passwords of one account, from everywhere
INVITED = "invitation"  # in the session: which invitation its owner opened with the key


def keep(request: HttpRequest, invitation: Invitation) -> None:
    """This browser has shown the key, which came by mail to the invited address and to nobody else."""
    request.session[INVITED] = invitation.pk


def invitation(request: HttpRequest) -> Invitation | None:
    """The invitation this browser has opened, as long as it still opens an account."""
    kept = request.session.get(INVITED)
    return Invitation.objects.open().filter(pk=kept).first() if kept else None


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "").lower()


def _meant(credentials: dict[str, Any]) -> User | None:
    typed = _typed(credentials)
    return User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).first() if typed else None


def _whom(credentials: dict[str, Any]) -> str:
    """An account, or a name that nobody has, as it is typed."""
    meant = _meant(credentials)
    return str(meant.pk) if meant else f"nobody:{_typed(credentials)}"


def _was_here(user: User | None, request: HttpRequest) -> bool:
    address = get_adapter().get_client_ip(request)
    return user is not None and UserSession.objects.filter(user=user, ip=address).exists()


class Rights(AuthenticationBackend):
    """Who signs in, and what their rights are worth: nothing before the second step that the desk asks for. What
    somebody's groups allow is what those groups allow, also for a superuser: running the machine opens no piece."""

    def _authenticate(self, request: HttpRequest | None, **credentials):
        """What is typed with an @ comes as a name and as an address. Looked up as both, the password of an address that
        has an account would be hashed once more than another's, and the time would tell."""
        if credentials.get("email"):
            credentials.pop("username", None)
        return super()._authenticate(request, **credentials)

    def get_user_permissions(self, user_obj, obj=None) -> set[str]:
        return set() if site.lacks_second_step(user_obj) else super().get_user_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj, obj=None) -> set[str]:
        if not user_obj.is_active or site.lacks_second_step(user_obj):
            return set()
        if not user_obj.is_superuser:
            return super().get_group_permissions(user_obj, obj)
        rights = Permission.objects.filter(group__user=user_obj).values_list("content_type__app_label", "codename")
        return {f"{app}.{name}" for app, name in rights}


class InvitationOnly(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "invalid_login": "The name or the password is not right.",
        "email_password_mismatch": "The address or the password is not right.",
        "username_password_mismatch": "The name or the password is not right.",
        "too_many_login_attempts": "That was wrong too often. Wait five minutes, then try again.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": WRONG_CODE,
        "enter_current_password": "Give the password you have now.",
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk, for those of it who write nothing; everybody else begins with their own pieces."""
        is_author = Author.objects.filter(user=request.user.pk).exists()
        if permissions.is_on_desk(request.user) and not is_author:
            return reverse("admin:index")
        return super().get_login_redirect_url(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials) -> str:
        """Failed tries are counted for an account, by whichever of its names it is called, and a network together:
        nobody locks somebody else out from elsewhere."""
        return f"{_whom(credentials)}:{limits.place(request)}"

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials) -> None:
        """With a new password, which came by mail: whoever reads the account's mail is its owner."""
        super()._delete_login_attempts_cached_email(request, **credentials)
        cache.delete(f"limit:{GUESSED}:{_whom(credentials)}")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Where an account is tried from many networks, only those are still let through from which it has signed in
        before. A passkey is no guess, and a new password that came by mail ends the count."""
        super().pre_authenticate(request, **credentials)
        tried = cache.get(f"limit:{GUESSED}:{_whom(credentials)}", 0)
        if tried >= MOST_GUESSES and not _was_here(_meant(credentials), request):
            raise self.validation_error("too_many_login_attempts")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitation(request) is not None

    def save_user(self, request: HttpRequest, user: User, form, commit: bool = True) -> User:
        """The account and the use of its invitation are one act, by password and by passkey alike: `JoinForm.save`
        brackets this and the address that the sign-in library writes beside it. Whoever comes second with one key waits
        here for the first, and is back at a closed door."""
        invited = Invitation.objects.open().select_for_update().filter(pk=request.session.get(INVITED, 0)).first()
        if invited is None:
            raise ImmediateHttpResponse(redirect("account_signup"))
        self.stash_verified_email(request, invited.email)
        user.first_name, _, user.last_name = (part[:150] for part in invited.name.partition(" "))
        saved = super().save_user(request, user, form, commit)
        try:
            joining.redeem(invited, saved)
        except Refused as refusal:
            self.stash_verified_email(request, "")
            raise ImmediateHttpResponse(redirect("account_signup")) from refusal
        return saved

    def pre_login(self, request: HttpRequest, user: User, **kwargs) -> HttpResponse | None:
        """Such as `createsuperuser` makes when it is told no address: there is nowhere to send a code to."""
        if not user.email and not user.emailaddress_set.exists():  # type: ignore[attr-defined]
            messages.error(request, NO_ADDRESS)
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted for administrators: by account, since somebody may be trying to get into one."""
        meant = _meant(credentials)
        limits.is_over(GUESSED, _whom(credentials), most=MOST_GUESSES, seconds=GUESSES_COUNT_FOR)
        watch.note(Tally.Kind.SIGN_IN, meant.get_username() if meant else "a name that nobody has")

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Nobody is asked again who has shown within five minutes that it is they, by signing in or otherwise."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0)
        return time.time() - latest > app_settings.REAUTHENTICATION_TIMEOUT

    def get_from_email(self) -> str:
        network = Network.load()
        return formataddr((network.name, network.contact))

    def render_mail(self, template_prefix: str, email, context: dict, headers=None) -> EmailMessage:
        """Like every letter of the network: in its name, as text and as HTML from the same words."""
        shown = context | {"network": Network.load(), "site": settings.SITE_URL}
        message = super().render_mail(template_prefix, email, shown, headers)
        if isinstance(message, EmailMultiAlternatives):
            page = render_to_string("emails/letter.html", {"subject": message.subject, "words": message.body})
            message.attach_alternative(page, "text/html")
        return message

    def send_password_reset_mail(self, user: User, email: str, context: dict) -> None:
        """A letter like others: whether somebody has an account is told neither by a page that waits for the mail
        server nor by one that fails with it."""
        is_first = email.lower() == user.email.lower()
        to, address = (user, "") if is_first else (None, email)
        notifications.owe("password_reset", to=to, address=address, username=user.get_username())

    def send_notification_mail(self, *args, **kwargs) -> None:
        """A notice that something has changed undoes nothing by not being sent."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except OSError:
            logging.getLogger(__name__).exception("A notice of a change of sign-in was not sent.")


class SecondSteps(DefaultMFAAdapter):
    """Secrets of authenticator apps rest encrypted: a copy of the database alone opens no account."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": InvitationOnly.error_messages["incorrect_code"]
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return Network.load().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": Network.load().name}

    def generate_authenticator_name(self, user, type) -> str:  # noqa: A002 - the library's name
        """What a passkey is called until its owner calls it something else."""
        many = user.authenticator_set.filter(type=type).count()
        return f"Passkey {many + 1}" if many else "Passkey"


def _box() -> MultiFernet:
    """Keys made from the site's secret, and from those it had before, so that it can be changed."""
    secrets = map(force_bytes, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    keys = (hashlib.sha256(b"editorial.accounts:" + secret).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
