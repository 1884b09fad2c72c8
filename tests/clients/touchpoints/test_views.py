"""Logging and cancelling touchpoints over HTTP, with script and without."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import AuditEvent
from accounts.services.settings import update_settings
from clients.models import Touchpoint
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import ClientFactory, ContactFactory, TouchpointFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _first_of_june():
    with time_machine.travel(datetime(2025, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def client(agency):
    return ClientFactory()


@pytest.fixture
def log(sign_in, client):
    """`log(summary="…", headers=HTMX)` sends the form, filled in but for what the test names."""
    browser = sign_in(MemberFactory(name="Ada"))

    def send(headers=None, **fields):
        filled = {
            "summary": "Agreed on March.",
            "channel": "call",
            "direction": "upstream",
            "contact": "",
            "occurred_at": "2025-06-01T09:30",
            **fields,
        }
        data = {f"touchpoint-{name}": value for name, value in filled.items()}
        return browser.post(f"/clients/{client.pk}/touchpoints/log/", data, headers=headers or {})

    return send


def test_a_touchpoint_is_logged(log, client):
    contact = ContactFactory(client=client)

    log(contact=contact.pk)

    row = Touchpoint.objects.get()
    assert (row.client, row.contact, row.member.name) == (client, contact, "Ada")
    assert (row.summary, row.channel, row.direction) == ("Agreed on March.", "call", "upstream")
    assert row.occurred_at == datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
    assert AuditEvent.objects.filter(action="touchpoint.log").count() == 1


def test_htmx_gets_the_story_with_it_on_top_and_a_toast(log, client):
    TouchpointFactory(client=client, summary="Long ago.")

    response = log(headers=HTMX)

    page = response.content.decode().strip()
    assert response.status_code == 200
    assert json.loads(response["HX-Trigger"]) == {"toast": {"text": "Touchpoint logged."}}
    assert page.startswith('<div id="client-story"')
    assert page.index("Agreed on March.") < page.index("Long ago.")


def test_the_form_is_empty_again_after_it(log):
    page = log(headers=HTMX).content.decode()

    assert page.count("Agreed on March.") == 1


def test_without_script_the_client_page_follows_with_a_word(log, client):
    response = log()

    assert (response.status_code, response["Location"]) == (302, f"/clients/{client.pk}/")
    assert "Touchpoint logged." in response.client.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summary", ""),
        ("summary", "   "),
        ("summary", "x" * 5001),
        ("summary", "nul\x00"),
        ("channel", "pigeon"),
        ("direction", "sideways"),
        ("contact", "999999"),
        ("contact", "x"),
        ("occurred_at", ""),
        ("occurred_at", "yesterday"),
        ("occurred_at", "2025-06-01T12:01"),
    ],
)
@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_wrong_entry_is_kept_and_explained(log, headers, field, value):
    response = log(headers=headers, **{field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert 'aria-invalid="true"' in response.content.decode()
    assert Touchpoint.objects.count() == 0


def test_a_wrong_entry_answers_htmx_with_the_story_alone(log):
    page = log(headers=HTMX, channel="pigeon").content.decode().strip()

    assert page.startswith('<div id="client-story"')
    assert "Agreed on March." in page


def test_a_contact_of_another_client_is_refused(log):
    stranger = ContactFactory()

    response = log(contact=stranger.pk)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["contact"])


def test_a_contact_who_has_left_is_not_offered(log, client):
    gone = ContactFactory(client=client, left_on="2025-01-01")

    assert log(contact=gone.pk).status_code == 422


def test_the_time_is_read_in_the_agencys_zone(log):
    update_settings(by=None, time_zone="America/New_York")

    log(occurred_at="2025-06-01T07:30")

    assert Touchpoint.objects.get().occurred_at == datetime(2025, 6, 1, 11, 30, tzinfo=UTC)


def test_a_link_of_the_form_in_error_leads_back_to_the_page(log, client):
    browser = log(channel="pigeon").client

    response = browser.get(f"/clients/{client.pk}/touchpoints/log/?show=requests")

    assert (response.status_code, response["Location"]) == (302, f"/clients/{client.pk}/?show=requests")


def test_another_field_is_ignored(log):
    owner = MemberFactory(name="Zoe")

    log(member=owner.pk, status="cancelled", id=987_654_321, client=ClientFactory().pk)

    row = Touchpoint.objects.get()
    assert (row.member.name, row.status, row.pk == 987_654_321) == ("Ada", "held", False)


def test_a_viewer_logs_nothing(sign_in, client):
    response = sign_in(ViewerFactory()).post(f"/clients/{client.pk}/touchpoints/log/", {})

    assert response.status_code == 403
    assert Touchpoint.objects.count() == 0


@pytest.fixture
def ada(agency):
    return MemberFactory(name="Ada")


@pytest.fixture
def cancel(sign_in, client, ada):
    browser = sign_in(ada)

    def send(touchpoint, of=client):
        return browser.post(f"/clients/{of.pk}/touchpoints/{touchpoint.pk}/cancel/", follow=True)

    return send


def test_a_touchpoint_is_cancelled_and_stays_in_the_story(cancel, client, ada):
    touchpoint = TouchpointFactory(client=client, member=ada, summary="Never happened.")

    response = cancel(touchpoint)

    touchpoint.refresh_from_db()
    page = response.content.decode()
    assert touchpoint.status == "cancelled"
    assert response.redirect_chain == [(f"/clients/{client.pk}/", 302)]
    assert "The touchpoint is cancelled and counts no longer." in page
    assert "Never happened." in page


def test_a_cancelled_touchpoint_cannot_be_cancelled_again(cancel, client, ada):
    touchpoint = TouchpointFactory(client=client, member=ada, status="cancelled")

    page = cancel(touchpoint).content.decode()

    assert "This touchpoint is cancelled already." in page
    assert AuditEvent.objects.filter(action="touchpoint.cancel").count() == 0


def test_anothers_touchpoint_is_not_cancelled(cancel, client):
    touchpoint = TouchpointFactory(client=client, member=MemberFactory())

    assert cancel(touchpoint).status_code == 403
    touchpoint.refresh_from_db()
    assert touchpoint.status == "held"


def test_a_touchpoint_of_a_client_out_of_sight_does_not_exist(cancel, client, ada):
    update_settings(by=None, is_portfolio_private=True)
    touchpoint = TouchpointFactory(client=client, member=ada)

    assert cancel(touchpoint).status_code == 404
    touchpoint.refresh_from_db()
    assert touchpoint.status == "held"


def test_the_page_offers_to_cancel_what_may_be_cancelled(sign_in, client, ada):
    own = TouchpointFactory(client=client, member=ada)
    others = TouchpointFactory(client=client, member=MemberFactory())

    def offered(member):
        page = sign_in(member).get(f"/clients/{client.pk}/").content.decode()
        return [f"/touchpoints/{row.pk}/cancel/" in page for row in (own, others)]

    assert [offered(member) for member in (ada, LeaderFactory(), ViewerFactory())] == [
        [True, False],
        [True, True],
        [False, False],
    ]


def test_a_touchpoint_is_found_under_its_own_client_only(cancel, client):
    touchpoint = TouchpointFactory()

    assert cancel(touchpoint, of=client).status_code == 404
    touchpoint.refresh_from_db()
    assert touchpoint.status == "held"
