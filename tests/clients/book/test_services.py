from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from clients.book import services
from clients.models import Assignment
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContactFactory

TODAY = date(2025, 6, 1)


def last_event():
    event = AuditEvent.objects.order_by("-pk").first()
    return event.action, event.changes


def test_an_added_client_is_kept_and_recorded(agency):
    member = MemberFactory()

    client = services.add_client(by=member, name=" Northern Lights ", tier="gold", tags=["VIP ", "eu", "vip"])

    client.refresh_from_db()
    assert (client.name, client.tier, client.tags) == ("Northern Lights", "gold", ["eu", "vip"])
    assert AuditEvent.objects.order_by("-pk").first().target_label == "Northern Lights"


def test_a_client_needs_a_name(agency):
    with pytest.raises(ValidationError, match="name"):
        services.add_client(by=MemberFactory(), name=" ")


def test_a_currency_is_three_capitals(agency):
    with pytest.raises(ValidationError, match="three capital letters"):
        services.add_client(by=MemberFactory(), name="Northern Lights", currency="eur")


def test_a_time_zone_must_exist(agency):
    with pytest.raises(services.CannotSaveClient, match="no time zone called Mars/Base"):
        services.add_client(by=MemberFactory(), name="Northern Lights", time_zone="Mars/Base")


def test_a_field_must_exist(agency):
    with pytest.raises(services.CannotSaveClient, match="no field called color"):
        services.add_client(by=MemberFactory(), name="Northern Lights", color="red")


def test_an_updated_client_keeps_its_other_fields(agency):
    client = ClientFactory(name="Northern Lights", tier="gold")

    updated = services.update_client(by=MemberFactory(), client=client, name="Southern Cross")

    assert (updated.name, updated.tier) == ("Southern Cross", "gold")
    assert last_event() == ("client.update", {"name": ["Northern Lights", "Southern Cross"]})


def test_an_update_that_changes_nothing_leaves_no_record(agency):
    client = ClientFactory(tier="gold")
    before = AuditEvent.objects.count()

    services.update_client(by=MemberFactory(), client=client, tier="gold")

    assert AuditEvent.objects.count() == before


def test_an_archived_client_keeps_the_day(agency):
    client = services.archive_client(by=MemberFactory(), client=ClientFactory(), archived_on=TODAY)

    assert client.archived_on == TODAY
    assert last_event() == ("client.archive", {"archived_on": [None, "2025-06-01"]})


def test_a_client_is_archived_once(agency):
    client = ClientFactory(archived_on=TODAY)

    with pytest.raises(services.CannotArchiveClient, match="archived already"):
        services.archive_client(by=MemberFactory(), client=client, archived_on=TODAY)


def test_an_added_contact_belongs_to_the_client(agency):
    client = ClientFactory()

    contact = services.add_contact(by=MemberFactory(), client=client, name=" Jane ", email="jane@x.example")

    assert (contact.client, contact.name, contact.email) == (client, "Jane", "jane@x.example")
    assert last_event() == ("contact.add", {"client": client.name})


def test_an_address_must_be_one(agency):
    with pytest.raises(ValidationError, match="email"):
        services.add_contact(by=MemberFactory(), client=ClientFactory(), name="Jane", email="jane")


def test_a_contact_who_left_keeps_the_day(agency):
    contact = services.mark_contact_left(by=MemberFactory(), contact=ContactFactory(), left_on=TODAY)

    assert contact.left_on == TODAY
    assert last_event() == ("contact.leave", {"left_on": [None, "2025-06-01"]})


def test_the_first_primary_manager_is_assigned(agency):
    client, member = ClientFactory(), MemberFactory(name="Ada")

    services.assign_primary_manager(by=member, client=client, member=member, starts_on=TODAY)

    assert list(Assignment.objects.values_list("member", "starts_on", "ends_on")) == [
        (member.pk, TODAY, None)
    ]
    assert last_event() == (
        "client.assign_primary",
        {"member": [None, "Ada"], "starts_on": "2025-06-01"},
    )


def test_a_new_primary_manager_follows_the_one_before(agency):
    before = AssignmentFactory()
    member = MemberFactory()

    services.assign_primary_manager(by=member, client=before.client, member=member, starts_on=TODAY)

    places = Assignment.objects.order_by("starts_on").values_list("member", "starts_on", "ends_on")
    assert list(places) == [
        (before.member_id, before.starts_on, TODAY),
        (member.pk, TODAY, None),
    ]


def test_a_member_does_not_follow_themselves(agency):
    place = AssignmentFactory()

    with pytest.raises(services.CannotAssignManager, match="already"):
        services.assign_primary_manager(
            by=place.member, client=place.client, member=place.member, starts_on=TODAY
        )


def test_nobody_is_put_before_a_manager_who_is_to_come(agency):
    place = AssignmentFactory(starts_on=TODAY)

    with pytest.raises(services.CannotAssignManager, match="starts on 2025-06-01 or later"):
        services.assign_primary_manager(
            by=place.member, client=place.client, member=MemberFactory(), starts_on=TODAY
        )


def test_a_former_member_gets_no_clients(agency):
    member = MemberFactory(is_active=False)

    with pytest.raises(services.CannotAssignManager, match="no access"):
        services.assign_primary_manager(by=member, client=ClientFactory(), member=member, starts_on=TODAY)
