"""When a member's session ends by itself: unused for 12 hours, or 14 days old."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.sessions import BEGAN, SessionStore
from accounts.tasks import clear_sessions
from tests.factories.accounts import PASSWORD, MemberFactory
from tests.queries import queries_of

BEGIN = datetime(2026, 6, 1, 8, tzinfo=UTC)
PAGE = "/alerts/settings/"


@pytest.fixture
def clock():
    with time_machine.travel(BEGIN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(clock, sign_in):
    return sign_in(MemberFactory(email="ada@agency.example"))


@pytest.fixture
def is_open(browser, clock):
    """`is_open(after)`: whether the session opens a page so long after it began."""

    def visit(after):
        clock.move_to(BEGIN + after, tick=False)
        return browser.get(PAGE).status_code == 200

    return visit


def test_an_unused_session_ends_after_twelve_hours(is_open):
    assert is_open(timedelta(hours=12) - timedelta(seconds=1))
    assert not is_open(timedelta(hours=24))


def test_a_session_ends_on_the_second(is_open):
    assert not is_open(timedelta(hours=12))


def test_use_puts_the_end_off(is_open):
    assert [is_open(timedelta(hours=hours)) for hours in (8, 16, 24, 32)] == [True] * 4


def test_fourteen_days_are_the_end_of_any_session(is_open):
    used = [is_open(timedelta(hours=6 * turn)) for turn in range(14 * 4)]

    assert used == [True] * 56
    assert is_open(timedelta(days=14) - timedelta(seconds=1))
    assert not is_open(timedelta(days=14))


def test_an_ended_session_sends_to_the_sign_in_page(browser, clock):
    clock.shift(timedelta(hours=13))

    page, fragment = browser.get(PAGE), browser.get(PAGE, headers={"HX-Request": "true"})

    assert (page.status_code, page["Location"]) == (302, f"/account/login/?next={PAGE}")
    assert (fragment.status_code, "HX-Redirect" in fragment) == (401, True)


def writes(browser):
    asked = queries_of(lambda: browser.get(PAGE))
    return [sql for sql in asked if sql.startswith(("UPDATE", "INSERT"))]


def test_a_click_writes_nothing_within_five_minutes(browser, clock):
    clock.shift(timedelta(minutes=4, seconds=59))
    early = writes(browser)
    clock.shift(timedelta(seconds=1))
    due = writes(browser)
    again = writes(browser)

    assert (early, again) == ([], [])
    assert len(due) == 1
    assert due[0].startswith('UPDATE "django_session" SET "expire_date"')


def test_what_the_session_holds_is_kept_when_its_end_is_put_off(browser, clock):
    before = dict(browser.session)

    clock.shift(timedelta(hours=1))
    browser.get(PAGE)

    assert dict(browser.session) == before
    assert Session.objects.get().expire_date == BEGIN + timedelta(hours=13)


def test_writing_into_a_session_does_not_make_it_younger(browser, clock, is_open):
    for day in range(1, 28):
        clock.move_to(BEGIN + timedelta(hours=12 * day - day), tick=False)
        session = browser.session
        session["words"] = str(day)
        session.save()

    assert Session.objects.get().expire_date <= BEGIN + timedelta(days=14)
    assert not is_open(timedelta(days=14))


def test_a_session_of_unknown_beginning_has_ended(browser):
    row = Session.objects.get()
    store = SessionStore()
    data = row.get_decoded()
    del data[BEGAN]
    Session.objects.update(session_data=store.encode(data))

    assert browser.get(PAGE).status_code == 302


def test_signing_in_again_begins_anew(browser, clock):
    clock.shift(timedelta(days=14))

    browser.post(reverse("account_login"), {"login": "ada@agency.example", "password": PASSWORD})

    assert browser.get(PAGE).status_code == 200
    assert browser.session[BEGAN] == int((BEGIN + timedelta(days=14)).timestamp())


def test_the_night_deletes_ended_sessions_only(browser, clock):
    ended = SessionStore()
    ended.create()
    clock.move_to(BEGIN + timedelta(hours=11), tick=False)
    browser.get(PAGE)
    clock.move_to(BEGIN + timedelta(hours=13), tick=False)

    clear_sessions(later="field")

    assert [row.pk for row in Session.objects.all()] == [browser.session.session_key]
