from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from clients.models import Touchpoint
from clients.touchpoints import selectors, services
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import ClientFactory, ContactFactory, TouchpointFactory

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def log(client, **fields):
    values = {
        "by": MemberFactory(),
        "occurred_at": NOW,
        "channel": "call",
        "direction": "upstream",
        "summary": "Talked",
        "now": NOW,
        **fields,
    }
    return services.log_touchpoint(client=client, **values)


def test_a_logged_touchpoint_is_held_by_the_one_who_logs_it(agency):
    client = ClientFactory()
    contact = ContactFactory(client=client)
    member = MemberFactory()

    touchpoint = log(client, by=member, contact=contact, summary=" Talked about plans \n")

    touchpoint.refresh_from_db()
    assert (touchpoint.client, touchpoint.contact, touchpoint.member) == (client, contact, member)
    assert (touchpoint.status, touchpoint.summary) == ("held", "Talked about plans")
    assert AuditEvent.objects.order_by("-pk").first().action == "touchpoint.log"


def test_a_touchpoint_lies_behind(agency):
    with pytest.raises(services.CannotLogTouchpoint, match="ahead"):
        log(ClientFactory(), occurred_at=NOW + timedelta(seconds=1))


def test_a_contact_belongs_to_the_client(agency):
    with pytest.raises(services.CannotLogTouchpoint, match="no contact of"):
        log(ClientFactory(), contact=ContactFactory())


def test_a_direction_is_one_of_two(agency):
    with pytest.raises(ValidationError, match="direction"):
        log(ClientFactory(), direction="sideways")


def test_a_refused_touchpoint_leaves_nothing(agency):
    with pytest.raises(services.CannotLogTouchpoint):
        log(ClientFactory(), occurred_at=NOW + timedelta(days=1))

    assert Touchpoint.objects.count() == 0
    assert AuditEvent.objects.filter(action="touchpoint.log").count() == 0


def test_a_cancelled_touchpoint_stays(agency):
    ada = MemberFactory()

    touchpoint = services.cancel_touchpoint(by=ada, touchpoint=TouchpointFactory(member=ada))

    assert Touchpoint.objects.get(pk=touchpoint.pk).status == "cancelled"
    assert AuditEvent.objects.order_by("-pk").first().action == "touchpoint.cancel"


def test_a_touchpoint_is_cancelled_once(agency):
    ada = MemberFactory()
    touchpoint = TouchpointFactory(status="cancelled", member=ada)

    with pytest.raises(services.CannotCancelTouchpoint, match="already"):
        services.cancel_touchpoint(by=ada, touchpoint=touchpoint)


@pytest.mark.parametrize("make_member", [MemberFactory, lambda: None])
def test_anothers_touchpoint_is_not_ones_own_to_cancel(agency, make_member):
    touchpoint = TouchpointFactory(member=make_member())

    with pytest.raises(services.CannotCancelTouchpoint, match="who logged"):
        services.cancel_touchpoint(by=MemberFactory(), touchpoint=touchpoint)

    touchpoint.refresh_from_db()
    assert touchpoint.is_held


def test_who_leads_cancels_anybodys(agency):
    touchpoint = TouchpointFactory(member=MemberFactory())

    services.cancel_touchpoint(by=LeaderFactory(), touchpoint=touchpoint)

    touchpoint.refresh_from_db()
    assert not touchpoint.is_held


def test_cancelled_touchpoints_were_not_held(agency):
    TouchpointFactory(status="cancelled")
    touchpoint = TouchpointFactory()

    assert list(Touchpoint.objects.held()) == [touchpoint]


def test_a_span_of_time_leaves_its_end_out(agency):
    TouchpointFactory(occurred_at=NOW - timedelta(hours=1, microseconds=1))
    first = TouchpointFactory(occurred_at=NOW - timedelta(hours=1))
    TouchpointFactory(occurred_at=NOW)

    assert list(Touchpoint.objects.between(NOW - timedelta(hours=1), NOW)) == [first]


@pytest.mark.parametrize(
    ("channel", "words"), [("video", "Video call"), ("site_visit", "Site visit"), ("", "")]
)
def test_a_channel_reads_as_words(channel, words):
    assert TouchpointFactory.build(channel=channel, client=None).channel_label == words


def test_a_touchpoint_of_another_client_is_not_found(agency):
    touchpoint = TouchpointFactory()

    assert selectors.find_touchpoint(client=touchpoint.client, touchpoint_id=touchpoint.pk) == touchpoint
    assert selectors.find_touchpoint(client=ClientFactory(), touchpoint_id=touchpoint.pk) is None


def test_the_latest_touchpoint_is_listed_first(agency):
    client = ClientFactory()
    older = TouchpointFactory(client=client, occurred_at=NOW - timedelta(days=1))
    newer = TouchpointFactory(client=client, occurred_at=NOW)
    TouchpointFactory()

    assert list(selectors.list_touchpoints(client=client)) == [newer, older]


def test_rows_name_themselves(agency):
    touchpoint = TouchpointFactory(channel="call", occurred_at=NOW)

    assert str(touchpoint) == "Call on 2025-06-01"
