"""Every page of the contributor's side and of signing in, on the smallest screen, in both colour schemes."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from playwright.sync_api import expect

from editorial import byline, conversation, correspondence, joining
from editorial.models import Comment, Side
from editorial.models.correspondence import To
from tests import factories
from tests.journeys import barriers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SMALL = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %: WCAG 2.2, 1.4.10
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
OF_COLOUR = ["color-contrast", "link-in-text-block"]  # what a scheme can change
NOT_A_PAGE = {
    "editorial:buffer": "what the sheet sends while somebody types",
    "editorial:aside": "the same, put aside",
    "editorial:token": "what an open page asks for",
    "editorial:paste": "a paste, answered with Markdown",
    "editorial:settle": "a button",
    "editorial:confirm_bio": "a button",
    "editorial:byline_order": "a button",
    "editorial:byline_take_back": "a button",
    "editorial:byline_answer": "two buttons",
    "editorial:letter_mute": "a button",
    "editorial:agreement_text": "a file",
    "mfa_download_recovery_codes": "a file",
    "totp_code": "a picture",
    "mfa_login_webauthn": "what a passkey is asked",
    "account_confirm_login_code": "nobody signs in by a code alone here",
}


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The names of all addresses below one."""
    prefix += f"{resolver.namespace}:" if resolver.namespace else ""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, prefix)
        else:
            yield prefix + (entry.name or str(entry.pattern))


def own_names() -> set[str]:
    """Of the contributor's side and of signing in."""
    rooms = [entry for entry in get_resolver().url_patterns if str(entry.pattern) in ("contribute/", "accounts/")]
    assert len(rooms) == 2
    return {name for room in rooms for name in names(room)} | {"totp_code", "write_for_us", "applied", "join"}


class Walk:
    """Opens pages, and looks at each in both colour schemes."""

    def __init__(self) -> None:
        self.opened: set[str] = set()

    def open(self, person, name: str, *args) -> None:
        path = reverse(name, args=args)
        person.page.set_viewport_size(SMALL)
        person.go(path)
        self.look(person, name, path)

    def refused(self, person, name: str, *args, press: str) -> None:
        """The page of a form that was sent as it is, past what the browser itself would ask for."""
        path = reverse(name, args=args)
        person.go(path)
        person.page.evaluate("[...document.forms].forEach(form => { form.noValidate = true })")
        person.press(press)
        expect(person.page.get_by_role("alert")).not_to_be_empty()
        self.look(person, name, urlsplit(person.page.url).path)

    def look(self, person, name: str, path: str) -> None:
        """At a page that is open."""
        page = person.page
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        in_light = barriers.on(page)
        page.emulate_media(color_scheme="dark")
        in_dark = page.evaluate(
            "rules => axe.run({runOnly: rules, resultTypes: ['violations'], preload: false})", OF_COLOUR
        )
        found = [(one["id"], node["html"]) for one in in_light + in_dark["violations"] for node in one["nodes"]]
        assert (name, urlsplit(page.url).path, wide, found) == (name, path, 0, [])
        self.opened.add(name)


@pytest.mark.looks
def test_no_page_has_a_barrier_or_is_wider_than_the_smallest_screen(visitor, cast, at_stage):
    walk = Walk()
    _at_the_door(walk, visitor, cast)
    _joining(walk, visitor, cast)
    ana = visitor("ana")
    _own_pages(walk, ana, cast)
    _own_letters(walk, ana, cast, at_stage)
    _own_pieces(walk, ana, cast, at_stage)
    _security(walk, ana, cast)
    _second_steps(walk, visitor, ana, cast)

    assert own_names() - walk.opened == set(NOT_A_PAGE)


def _at_the_door(walk, visitor, cast) -> None:
    stranger = visitor()
    walk.refused(stranger, "write_for_us", press="Send the application")
    key = f"{user_pk_to_url_str(cast.bo)}-{default_token_generator.make_token(cast.bo)}"
    for name in (
        "write_for_us",
        "applied",
        "account_login",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
    ):
        walk.open(stranger, name)
    stranger.go("/accounts/password/reset/key/" + key + "/")
    walk.look(stranger, "account_reset_password_from_key", urlsplit(stranger.page.url).path)
    assert "set-password" in stranger.page.url
    cast.emil.emailaddress_set.update(verified=False)
    stranger.sign_in("emil")
    walk.look(stranger, "account_email_verification_sent", reverse("account_email_verification_sent"))


def _joining(walk, visitor, cast) -> None:
    invitation = joining.invite(email="nina@elsewhere.example", name="Nina Sand", by=cast.edda)
    stranger = visitor()
    walk.open(stranger, "join", invitation.key())
    stranger.press("Join with a password")
    walk.look(stranger, "account_signup", reverse("account_signup"))
    walk.open(stranger, "account_signup_by_passkey")
    stranger.press("Open my account")
    stranger.page.wait_for_url("**/webauthn/**")
    walk.look(stranger, "mfa_signup_webauthn", reverse("mfa_signup_webauthn"))


def _own_pages(walk, ana, cast) -> None:
    newcomer = factories.make_piece(cast.bo, cast.section, headline=LONG)
    byline.ask(newcomer, email=cast.ana.email, name="Ana Ruiz", by=cast.bo)
    for name in ("index", "new", "profile", "profile_preview", "everything", "employers", "bylines", "agreement"):
        walk.open(ana, f"editorial:{name}")
    walk.open(ana, "editorial:accepted_agreement", 1)
    ana.go("/contribute/profile/")
    ana.page.locator("[name=bio]").fill("x" * 161)
    ana.press("Save and confirm")
    expect(ana.page.get_by_role("alert")).to_contain_text("not saved yet")
    walk.look(ana, "editorial:profile", "/contribute/profile/")


def _own_pieces(walk, ana, cast, at_stage) -> None:
    draft = factories.make_piece(cast.ana, cast.section, cast.bo, headline=LONG, body="")
    for name in ("piece", "edit", "declarations", "submit", "byline", "byline_leave"):
        walk.open(ana, f"editorial:{name}", draft.pk)
    walk.refused(ana, "editorial:declarations", draft.pk, press="Keep my answers")
    proof = _long_proof(cast, at_stage)
    for name in ("piece", "proof", "proof_edit", "comment", "revisions"):
        walk.open(ana, f"editorial:{name}", proof.pk)
    walk.open(ana, "editorial:revision", proof.pk, 1)
    walk.open(ana, "editorial:step", proof.pk, "withdraw")
    for stage in ("published", "declined"):
        walk.open(ana, "editorial:piece", at_stage(stage, headline=LONG).pk)
    factories.make_agreement()
    walk.open(ana, "editorial:agreement")
    walk.open(ana, "editorial:submit", draft.pk)
    walk.open(ana, "editorial:index")


def _own_letters(walk, ana, cast, at_stage) -> None:
    walk.open(ana, "editorial:letters")
    piece = at_stage("published", headline=LONG)
    said = {"name": LONG, "email": "rosa@reader.example", "text": "W" * 300, "article": piece}
    between = correspondence.begin(To.AUTHOR, author=cast.ana.author, **said)
    correspondence.confirm(between)
    correspondence.say(between, Side.AUTHOR, "Thank you.", by=cast.ana)
    walk.open(ana, "editorial:letters")
    for name in ("letter", "letter_close", "letter_report"):
        walk.open(ana, f"editorial:{name}", between.pk)
    walk.refused(ana, "editorial:letter", between.pk, press="Send the answer")
    walk.refused(ana, "editorial:letter_report", between.pk, press="Report it")
    correspondence.report(between, "Threats.")
    walk.open(ana, "editorial:letter", between.pk)


def _long_proof(cast, at_stage):
    """With everything in its conversation that can be there."""
    proof = at_stage("proof", headline=LONG)
    first = conversation.say(proof, by=cast.edda, text="Who?", quote="nobody had told the gulls", is_blocking=True)
    lost = conversation.say(proof, by=cast.ana, text="W" * 400)
    Comment.objects.filter(pk=lost.pk).update(quote="Words that are gone from this text for ever")
    conversation.say(proof, by=cast.ana, text="A gull.", answers=first)
    return proof


def _security(walk, ana, cast) -> None:
    for name in (
        "account_logout",
        "account_email",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_activate_totp",
        "usersessions_list",
    ):
        walk.open(ana, name)


def _second_steps(walk, visitor, ana, cast) -> None:
    TOTP.activate(cast.ana, generate_totp_secret())
    RecoveryCodes.activate(cast.ana)
    data = {"name": LONG, "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
    passkey = Authenticator.objects.create(user=cast.ana, type=Authenticator.Type.WEBAUTHN, data=data)
    for name in (
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    ):
        walk.open(ana, name)
    walk.open(ana, "mfa_edit_webauthn", passkey.pk)
    walk.open(ana, "mfa_remove_webauthn", passkey.pk)
    other = visitor().sign_in("ana")
    walk.look(other, "mfa_authenticate", reverse("mfa_authenticate"))
    walk.open(_without_password(visitor, cast.bo), "account_set_password")


def _without_password(visitor, user):
    """Signed in as somebody who joined with a passkey."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    client = Client()
    client.force_login(user)
    person = visitor()
    person.go("/")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    person.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": person.page.url}])
    return person
