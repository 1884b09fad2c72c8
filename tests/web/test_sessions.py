"""Catalogue rows W10 and T9: when a session ends it is dead everywhere, and it never opens another agency."""

import copy
import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache

from accounts.models import OutboxEmail, User
from accounts.services import members
from agencyam.tenancy.context import tenant_context
from tests.catalogue import report
from tests.factories.accounts import PASSWORD, MemberFactory, OwnerFactory
from tests.web.visitors import HARBOUR, new_browser, sign_in_afresh

FRESH = "another long pass phrase"
PATHS = ("/settings/", "/clients/", "/kpis/", "/reviews/", "/account/2fa/", "/account/sessions/")


@pytest.fixture(autouse=True)
def _no_tries_counted(agency):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def member(agency):
    return MemberFactory(email="ada@agency.example")


@pytest.fixture
def device(member):
    """`device()` is a browser on which the member has signed in."""

    def make():
        browser = new_browser()
        sign_in_afresh(browser, member)
        return browser

    return make


def stolen_from(browser):
    """A thief's browser with the same cookies."""
    thief = new_browser()
    thief.cookies = copy.deepcopy(browser.cookies)
    return thief


def alive(*browsers) -> int:
    """How many pages these browsers still open."""
    return sum(browser.get(path).status_code == 200 for browser in browsers for path in PATHS)


def test_sessions_are_alive_to_begin_with(device):
    assert alive(device(), stolen_from(device())) == 2 * len(PATHS)


@pytest.mark.parametrize("planted", ["chosen-by-somebody-else", "known to the thief"])
def test_w10_a_session_fixed_before_signing_in_is_worth_nothing(member, planted):
    victim, thief = new_browser(), new_browser()
    session = SessionStore()
    session["planted"] = "yes"
    session.save()
    key = session.session_key if planted == "known to the thief" else planted
    victim.cookies["sid"] = thief.cookies["sid"] = key

    sign_in_afresh(victim, member)

    figures = {"case": "fixed", "new_sid": victim.cookies["sid"].value != key, "alive": alive(thief)}
    report("W10", ok=figures["new_sid"] and figures["alive"] == 0 and alive(victim) == len(PATHS), **figures)


def _sign_out(member, here):
    here.post("/account/logout/")


def _change_password(member, here):
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH})


def _reset_password(member, here):
    stranger = new_browser()
    stranger.post("/account/password/reset/", {"email": member.email})
    path = re.search(
        r"(/account/password/reset/key/\S+)", OutboxEmail.objects.get(to_email=member.email).text
    )[1]
    form = stranger.get(path, follow=True).request["PATH_INFO"]
    stranger.post(form, {"password1": FRESH, "password2": FRESH})
    member.refresh_from_db()
    assert member.check_password(FRESH)


def _deactivate(member, here):
    members.deactivate_member(by=OwnerFactory(), member=member)


def _forbid_in_the_row(member, here):
    User.objects.filter(pk=member.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("event", "ends"),
    [
        (_sign_out, "its own"),
        (_change_password, "all"),
        (_reset_password, "all"),
        (_deactivate, "all"),
        (_forbid_in_the_row, "all"),
    ],
)
def test_w10_an_ended_session_is_dead_everywhere(member, device, event, ends):
    here, there = device(), device()
    thieves = [stolen_from(here), stolen_from(there)] if ends == "all" else [stolen_from(here)]

    event(member, here)

    dead = alive(*thieves)
    report(
        "W10",
        ok=dead == 0,
        case=event.__name__.strip("_"),
        sessions=len(thieves),
        pages=len(PATHS),
        alive=dead,
    )


def test_w10_ending_all_other_sessions_leaves_this_one(device):
    here, there = device(), device()
    thief = stolen_from(there)

    here.post("/account/sessions/")

    report("W10", ok=(alive(thief), alive(here)) == (0, len(PATHS)), case="end others", alive=alive(thief))


def test_a_member_back_again_does_not_revive_old_sessions(member, device):
    here = device()
    members.deactivate_member(by=OwnerFactory(), member=member)

    members.reactivate_member(by=OwnerFactory(), member=member)

    assert alive(here) == 0


def test_t9_a_session_opens_no_other_agency(agency, other_agency):
    here = MemberFactory(pk=424242, email="ada@agency.example", role="owner")
    with tenant_context(other_agency):
        twin = MemberFactory(pk=424242, email="ada@agency.example", role="owner")
    browser, accepted = new_browser(), {}
    sign_in_afresh(browser, here)
    sid = browser.cookies["sid"].value
    data = Session.objects.get(pk=sid).session_data
    payload = dict(browser.session)
    forged = {
        "the session's key": sid,
        "the session's signed content": data,
        "content signed with the installation's key": signing.dumps(
            payload, salt="django.contrib.sessions.backends.signed_cookies", compress=True
        ),
        "the member's id": "424242",
    }

    for way, value in forged.items():
        abroad = new_browser(HARBOUR)
        abroad.cookies["sid"] = value
        accepted[way] = alive(abroad)

    assert (here.pk, here.password) == (twin.pk, twin.password)
    assert alive(browser) == len(PATHS)
    report(
        "T9",
        ok=not any(accepted.values()),
        ways=len(forged),
        pages=len(PATHS),
        accepted=sum(accepted.values()),
    )


def test_t9_a_token_of_one_agency_resets_no_password_in_another(agency, other_agency):
    here = MemberFactory(pk=424242, email="ada@agency.example")
    with tenant_context(other_agency):
        twin = MemberFactory(pk=424242, email="ada@agency.example")
    new_browser().post("/account/password/reset/", {"email": here.email})
    path = re.search(r"(/account/password/reset/key/\S+)", OutboxEmail.objects.get().text)[1]
    abroad = new_browser(HARBOUR)

    form = abroad.get(path, follow=True).request["PATH_INFO"]
    abroad.post(form, {"password1": FRESH, "password2": FRESH})

    with tenant_context(other_agency):
        twin.refresh_from_db()
        assert not twin.check_password(FRESH)
