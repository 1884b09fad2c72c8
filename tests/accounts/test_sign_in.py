"""Sign-in as a person meets it: through allauth's pages, with our adapter."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp

from accounts.addresses import password_key_url
from accounts.models import OutboxEmail, User
from accounts.services import invitations
from tests.factories.accounts import PASSWORD, MemberFactory

NEW_PASSWORD = "another long pass phrase"


def sign_in_with(browser, email, password=PASSWORD):
    return browser.post("/account/login/", {"login": email, "password": password})


def user_id_of(browser):
    return browser.session.get("_auth_user_id")


def test_a_member_signs_in_with_address_and_password(browser):
    member = MemberFactory(email="ada@agency.example")

    response = sign_in_with(browser, "Ada@agency.example")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert user_id_of(browser) == str(member.pk)


def test_signing_in_gives_a_new_session_key(browser):
    MemberFactory(email="ada@agency.example")
    browser.cookies["sid"] = "chosen-by-somebody-else"

    sign_in_with(browser, "ada@agency.example")

    assert browser.cookies["sid"].value != "chosen-by-somebody-else"
    assert browser.session.session_key == browser.cookies["sid"].value


@pytest.mark.parametrize(
    ("email", "password"), [("ada@agency.example", "wrong"), ("zoe@agency.example", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_read_the_same(browser, email, password):
    MemberFactory(email="ada@agency.example")

    response = sign_in_with(browser, email, password)

    assert response.context["form"].non_field_errors() == [
        "The email address and/or password you specified are not correct."
    ]
    assert user_id_of(browser) is None


def test_a_deactivated_member_does_not_get_in(browser):
    MemberFactory(email="ada@agency.example", is_active=False)

    sign_in_with(browser, "ada@agency.example")

    assert user_id_of(browser) is None


def test_signing_out_ends_the_session(sign_in):
    browser = sign_in(MemberFactory())

    browser.post("/account/logout/")

    assert user_id_of(browser) is None


def test_nobody_signs_up_by_themselves(browser):
    password = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    browser.post("/account/signup/", {"email": "zoe@agency.example", **password})

    assert not User.objects.filter(email="zoe@agency.example").exists()


def test_a_forgotten_password_is_reset_by_the_link_in_the_mail(browser):
    member = MemberFactory(email="ada@agency.example")

    browser.post("/account/password/reset/", {"email": "ada@agency.example"})
    mail = OutboxEmail.objects.get()
    path = re.search(r"http://northwind\.localhost(?::\d+)?(/account/password/reset/key/\S+)", mail.text)[1]
    page = browser.get(path, follow=True)
    browser.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    member.refresh_from_db()
    assert (mail.to_email, mail.is_client_mail, mail.may_repeat) == ("ada@agency.example", False, True)
    assert member.check_password(NEW_PASSWORD)


def test_a_mail_names_the_agencys_address_whatever_host_was_asked(browser):
    MemberFactory(email="ada@agency.example")

    browser.post(
        "/account/password/reset/",
        {"email": "ada@agency.example"},
        headers={"host": "NORTHWIND.localhost:6666"},
    )

    text = OutboxEmail.objects.get().text
    assert "6666" not in text
    assert "NORTHWIND" not in text


def test_an_unknown_address_gets_the_same_answer(browser):
    MemberFactory(email="ada@agency.example")

    known = browser.post("/account/password/reset/", {"email": "ada@agency.example"})
    unknown = browser.post("/account/password/reset/", {"email": "zoe@agency.example"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_an_invited_member_chooses_a_password(browser, agency):
    member = MemberFactory(password=None)
    path = password_key_url(invitations.password_key(member)).split("localhost", 1)[1]

    page = browser.get(path[path.index("/") :], follow=True)
    browser.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    member.refresh_from_db()
    assert member.check_password(NEW_PASSWORD)


def test_a_member_sets_up_a_second_step_and_needs_it_from_then_on(browser):
    MemberFactory(email="ada@agency.example")
    sign_in_with(browser, "ada@agency.example")
    browser.post("/account/reauthenticate/", {"password": PASSWORD})

    secret = browser.get("/account/2fa/totp/activate/").context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    browser.post("/account/2fa/totp/activate/", {"code": code})
    browser.post("/account/logout/")
    response = sign_in_with(browser, "ada@agency.example")

    assert response["Location"] == "/account/2fa/authenticate/"
    assert user_id_of(browser) is None
