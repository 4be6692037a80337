"""A passkey from its making to a sign-in with nothing else, with Chromium's own virtual authenticator."""

import pytest

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def walker(visitor, platform):
    """A visitor by the name `localhost`: browsers take passkeys for no bare number."""
    made = visitor("accounts")
    made.go = lambda path: made.page.goto(f"http://localhost:{platform.port}{path}")
    devtools = made.context.new_cdp_session(made.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    made.devtools = devtools
    return made


def test_a_passkey_is_made_and_signs_in(walker):
    page = walker.page
    walker.sign_in("wairimu-maina@demo.example")
    walker.go("/me/")
    walker.look("profile")
    walker.click("a:has-text('Passkeys and second step')")
    walker.look("second-step")
    walker.click("a:has-text('Add a passkey')")
    walker.look("add-passkey")
    page.fill("[name=name]", "Office laptop")
    walker.click("main button.button")
    page.wait_for_selector("h1:has-text('Recovery codes')")
    walker.look("recovery-codes")
    walker.go("/accounts/2fa/webauthn/")
    walker.look("passkeys")
    assert page.inner_text(".card h2") == "Office laptop"
    walker.click(".footer button:has-text('Sign out')")

    walker.go("/accounts/login/code/?next=/me/")
    walker.look("sign-in")
    page.click("button:has-text('Sign in with a passkey')")
    page.wait_for_selector("h1:has-text('My account')")

    walker.go("/accounts/logout/")
    walker.click("main button.button")
    walker.go("/accounts/login/")
    page.fill("[name=login]", "wairimu-maina@demo.example")
    page.fill("[name=password]", walker.platform.password)
    walker.click("main button.button")
    page.wait_for_selector("h1:has-text('Second step')")
    walker.look("asked-for-second-step")
    page.click("button:has-text('Use a passkey')")
    page.wait_for_url("**/learn/")
    walker.look("signed-in")


def test_a_passkey_that_is_not_there_is_told_in_words(walker):
    walker.go("/accounts/login/code/")
    walker.page.click("button:has-text('Sign in with a passkey')")
    walker.page.wait_for_selector("text=No passkey answered.")
    walker.look("no-passkey")


def test_the_app_and_the_password_have_pages_that_everyone_can_read(walker):
    page = walker.page
    walker.sign_in("learner5@demo.example")
    for path, name in (
        ("/accounts/2fa/totp/activate/", "app"),
        ("/me/password/", "password"),
        ("/me/addresses/phone/", "phone"),
        ("/me/second-step/", "staff-second-step"),
    ):
        walker.go(path)
        assert page.url.endswith(path)
        walker.look(name)


def test_the_pages_about_people_can_be_read_by_everyone(visitor):
    walker = visitor("people")
    walker.sign_in("registrar@demo.example")
    for path, name in (
        ("/o/centre/people/", "people"),
        ("/o/centre/people/roles/", "give-role"),
        ("/o/centre/permissions/", "permissions"),
        ("/o/centre/recoveries/", "recoveries"),
        ("/o/centre/recoveries/new/", "new-recovery"),
        ("/o/centre/duplicates/", "duplicates"),
        ("/o/centre/identity-providers/", "servers"),
        ("/o/centre/identity-providers/new/", "new-server"),
        ("/sign-in/organisation/", "through-the-organisation"),
        ("/me/identities/", "identities"),
    ):
        walker.go(path)
        assert walker.page.url.endswith(path)
        walker.look(name)
