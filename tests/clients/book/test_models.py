from datetime import date

import pytest

from agencyam.periods import Period
from clients.models import Assignment, Client, Contact
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContactFactory

DAY = date(2025, 6, 1)
NEXT_DAY = date(2025, 6, 2)
EARLIER = date(2025, 1, 1)


@pytest.mark.parametrize(("archived_on", "is_active"), [(None, True), (NEXT_DAY, True), (DAY, False)])
def test_a_client_is_active_until_the_day_it_is_archived(agency, archived_on, is_active):
    ClientFactory(archived_on=archived_on)

    assert Client.objects.active_on(DAY).exists() is is_active


def test_the_primary_manager_of_the_day_is_named(agency):
    client = ClientFactory()
    before, after = MemberFactory(name="Ada"), MemberFactory(name="Ben")
    AssignmentFactory(client=client, member=before, ends_on=DAY)
    AssignmentFactory(client=client, member=after, starts_on=DAY)
    AssignmentFactory(client=client, role="secondary")

    named = Client.objects.with_primary_manager(DAY).get()

    assert (named.primary_manager_id, named.primary_manager_name) == (after.pk, "Ben")
    assert named.primary_manager_book_id == after.book_id


def test_a_client_without_a_primary_manager_has_none(agency):
    AssignmentFactory(role="secondary")

    assert Client.objects.with_primary_manager(DAY).get().primary_manager_id is None


def test_the_whole_team_is_assigned(agency):
    member = MemberFactory()
    primary = AssignmentFactory(member=member).client
    secondary = AssignmentFactory(member=member, role="secondary").client
    AssignmentFactory(member=member, ends_on=DAY)
    AssignmentFactory(member=member, starts_on=NEXT_DAY)
    AssignmentFactory()

    assert set(Client.objects.assigned_to(member, DAY)) == {primary, secondary}


@pytest.mark.parametrize("text", ["north", "RETAIL", "growth", "vip", "jane", "jane@"])
def test_a_client_is_found_by_its_own_words_and_its_contacts(agency, text):
    client = ClientFactory(name="Northern Lights", industry="Retail", segment="Growth", tags=["vip"])
    ContactFactory(client=client, name="Jane Doe", email="jane@lights.example")
    ClientFactory(name="Southern Cross")

    assert list(Client.objects.named_like(text)) == [client]


def test_a_client_with_two_matching_contacts_is_found_once(agency):
    client = ClientFactory()
    ContactFactory(client=client, name="Jane Doe")
    ContactFactory(client=client, name="Jane Roe")

    assert list(Client.objects.named_like("jane")) == [client]


@pytest.mark.parametrize(("left_on", "is_active"), [(None, True), (NEXT_DAY, True), (DAY, False)])
def test_a_contact_is_there_until_the_day_they_leave(agency, left_on, is_active):
    ContactFactory(left_on=left_on)

    assert Contact.objects.active_on(DAY).exists() is is_active


def test_contacts_without_an_address_get_no_mail(agency):
    ContactFactory(email="")
    contact = ContactFactory()

    assert list(Contact.objects.with_email()) == [contact]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_active"),
    [(DAY, None, True), (NEXT_DAY, None, False), (EARLIER, NEXT_DAY, True), (EARLIER, DAY, False)],
)
def test_an_assignment_holds_from_its_start_to_the_day_before_its_end(agency, starts_on, ends_on, is_active):
    AssignmentFactory(starts_on=starts_on, ends_on=ends_on)

    assert Assignment.objects.active_on(DAY).exists() is is_active


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_inside"),
    [
        (date(2025, 5, 31), None, True),
        (date(2025, 7, 1), None, False),
        (date(2025, 5, 1), date(2025, 6, 2), True),
        (date(2025, 5, 1), date(2025, 6, 1), False),
    ],
)
def test_an_assignment_belongs_to_a_period_it_shares_a_day_with(agency, starts_on, ends_on, is_inside):
    AssignmentFactory(starts_on=starts_on, ends_on=ends_on)

    june = Period(date(2025, 6, 1), date(2025, 7, 1))

    assert Assignment.objects.for_period(june).exists() is is_inside


def test_rows_made_here_get_ids_of_their_own(agency):
    assert len({ClientFactory().book_id, ClientFactory().book_id}) == 2


def test_rows_of_the_book_name_themselves(agency):
    client = ClientFactory(name="Northern Lights")
    contact = ContactFactory(client=client, name="Jane Doe")
    assignment = AssignmentFactory(client=client, starts_on=DAY)

    assert [str(client), str(contact), str(assignment)] == [
        "Northern Lights",
        "Jane Doe",
        "Primary from 2025-06-01",
    ]
