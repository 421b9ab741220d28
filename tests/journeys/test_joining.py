"""From a stranger to an author: applying, the editor's answer, the key in the letter, a passkey or a password."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from authors.models import Application, Author, Invitation
from editorial import joining, post
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SAID = {
    "name": "Nina Sand",
    "email": "nina@elsewhere.example",
    "place": "Ystad, a lighthouse",
    "sample": "The lamp turns whether anybody looks or not.",
    "why": "I know what is seen from up there.",
}


@pytest.fixture
def host(live_server, settings):
    """Passkeys want a name: the same server, called localhost."""
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    return settings.SITE_URL


@pytest.fixture
def stranger(browser, cast, host):
    """A function: a page in a browser of its own, with or without scripts."""
    contexts = []

    def bring(**settings):
        contexts.append(browser.new_context(base_url=host, **settings))
        contexts[-1].set_default_timeout(10_000)
        return contexts[-1].new_page()

    yield bring
    for context in contexts:
        context.close()


def has_a_device(page) -> None:
    """A phone or computer that makes passkeys and whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_in(page, username: str, leads_to: str = "/contribute/") -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    press(page, "Sign in")
    page.wait_for_url(f"**{leads_to}")


def address_in_the_letter(to: str) -> str:
    """Of the letter as it went out, not as it is kept."""
    post.sweep()
    letter = next(sent for sent in mail.outbox if sent.to == [to] and "invitation" in sent.subject)
    return re.search(r"/join/\S+/", letter.body)[0]


def test_a_stranger_applies_and_joins_with_a_passkey(stranger, cast):
    page, editor = stranger(), stranger()

    # she applies
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Write for us").click()
    for name, words in SAID.items():
        page.locator(f"[name={name}]").fill(words)
    press(page, "Send the application")
    expect(page.locator("h1")).to_have_text("Thank you")

    # an editor accepts
    sign_in(editor, "edda", leads_to="/admin/")
    editor.goto("/admin/authors/application/")
    editor.get_by_role("link", name="Nina Sand").click()
    expect(editor.locator("#content")).to_contain_text("I know what is seen from up there.")
    editor.get_by_role("link", name="Accept", exact=True).click()
    editor.locator("[name=words]").fill("Start with the lamp.")
    press(editor, "Accept")
    expect(editor.locator("#content")).to_contain_text("Accepted")

    # she joins with a passkey
    has_a_device(page)
    page.goto(address_in_the_letter("nina@elsewhere.example"))
    press(page, "Join with a passkey")
    expect(page.locator("[name=email]")).to_have_value("nina@elsewhere.example")
    press(page, "Open my account")
    page.locator("[name=name]").fill("Nina's phone")
    press(page, "Make the passkey")
    page.wait_for_url("**/contribute/")
    author = Author.objects.get(name="Nina Sand")
    assert author.user.email == "nina@elsewhere.example"
    assert author.user.emailaddress_set.get().verified
    assert not author.user.has_usable_password()

    # signs out, and in again with the passkey alone
    press(page, "Sign out")
    page.goto("/accounts/login/")
    press(page, "Sign in with a passkey")
    page.wait_for_url("**/contribute/")
    page.get_by_role("link", name="Sign-in and security", exact=True).click()
    expect(page.locator("main")).to_contain_text("Nina's phone")
    page.get_by_role("link", name="See the list", exact=True).click()
    expect(page.locator("main")).to_contain_text("This one")


def test_joining_by_password_needs_no_script(stranger, cast):
    invitation = joining.invite(email="nina@elsewhere.example", name="Nina Sand", by=cast.edda)
    page = stranger(java_script_enabled=False)

    page.goto(address_in_the_letter("nina@elsewhere.example"))
    expect(page.get_by_role("button", name="Join with a passkey")).to_be_hidden()
    press(page, "Join with a password")
    page.locator("[name=password1]").fill("a lamp that turns")
    press(page, "Open my account")

    page.wait_for_url("**/contribute/")
    invitation.refresh_from_db()
    assert invitation.used_by == Author.objects.get(name="Nina Sand").user
    assert not Application.objects.exists()


def test_a_passkey_is_added_and_signs_in_beside_the_password(stranger, cast):
    page = stranger()
    has_a_device(page)
    sign_in(page, "ana")

    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("[name=name]").fill("Laptop")
    press(page, "Make the passkey")
    expect(page.locator("h1")).to_have_text("Recovery codes")
    press(page, "Sign out")
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("ana")
    page.locator("input[name=password]").fill(factories.PASSWORD)
    press(page, "Sign in")
    expect(page.locator("h1")).to_have_text("One more step")
    press(page, "Use a passkey")

    page.wait_for_url("**/contribute/")


def test_a_cancelled_passkey_says_so_and_can_be_tried_again(stranger, cast):
    page = stranger()
    sign_in(page, "ana")
    page.goto("/accounts/2fa/webauthn/add/")
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )

    press(page, "Make the passkey")

    expect(page.get_by_role("alert")).to_contain_text("You can try again.")
    expect(page.get_by_role("button", name="Make the passkey")).to_be_enabled()


def test_signed_out_everywhere_else_is_signed_out(stranger, cast):
    here, there = stranger(), stranger()
    sign_in(here, "ana")
    sign_in(there, "ana")

    here.goto("/accounts/sessions/")
    press(here, "Sign out everywhere else")
    expect(here.locator("main")).to_contain_text("You are signed in nowhere else.")

    there.goto("/contribute/")
    expect(there.locator("h1")).to_have_text("Sign in")
    here.goto("/contribute/")
    expect(here.locator("h1")).not_to_have_text("Sign in")


def test_an_address_that_is_a_number_says_why_there_are_no_passkeys(browser, live_server, cast):
    context = browser.new_context(base_url=live_server.url.replace("localhost", "127.0.0.1"))
    page = context.new_page()

    page.goto("/accounts/login/")

    expect(page.get_by_role("alert")).to_contain_text("localhost")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_disabled()
    context.close()


def test_looking_at_an_invitation_uses_nothing_up(stranger, cast):
    invitation = joining.invite(email="nina@elsewhere.example", name="Nina Sand", by=cast.edda)
    page = stranger()

    for _ in range(3):
        page.goto(f"/join/{invitation.key()}/")

    assert Invitation.objects.open().get() == invitation
    page.goto("/accounts/signup/")
    expect(page.locator("h1")).to_have_text("Accounts come by invitation")
