from datetime import date

import pytest
from django.http import Http404

from accounts.services.settings import update_settings
from clients.book import selectors
from clients.book.permissions import client_or_404
from clients.models import Client
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContactFactory
from tests.queries import queries_of

TODAY = date(2025, 6, 1)


@pytest.fixture
def private_agency(agency):
    """The agency, with account managers who see their own clients only."""
    update_settings(by=None, is_portfolio_private=True)
    return agency


def test_members_see_all_clients_of_an_open_agency(agency):
    client = ClientFactory()

    assert list(selectors.visible_clients(user=MemberFactory(), today=TODAY)) == [client]


def test_account_managers_see_their_own_clients_where_portfolios_are_private(private_agency):
    member = MemberFactory()
    mine = AssignmentFactory(member=member).client
    AssignmentFactory()
    AssignmentFactory(member=member, ends_on=TODAY)

    assert list(selectors.visible_clients(user=member, today=TODAY)) == [mine]


@pytest.mark.parametrize("factory", [LeaderFactory, ViewerFactory])
def test_leaders_and_viewers_see_private_portfolios(private_agency, factory):
    client = AssignmentFactory().client

    assert list(selectors.visible_clients(user=factory(), today=TODAY)) == [client]


def test_a_client_comes_with_its_manager(agency):
    assignment = AssignmentFactory()

    client = selectors.get_client(user=MemberFactory(), client_id=assignment.client_id, today=TODAY)

    assert client.primary_manager_name == assignment.member.name


def test_a_client_of_somebody_else_does_not_exist(private_agency):
    client = AssignmentFactory().client

    with pytest.raises(Client.DoesNotExist):
        selectors.get_client(user=MemberFactory(), client_id=client.pk, today=TODAY)


def test_a_view_answers_404_for_a_client_of_somebody_else(private_agency):
    client = AssignmentFactory().client

    with pytest.raises(Http404):
        client_or_404(user=MemberFactory(), client_id=client.pk, today=TODAY)


def test_a_view_gets_the_members_own_client(private_agency):
    assignment = AssignmentFactory()

    client = client_or_404(user=assignment.member, client_id=assignment.client_id, today=TODAY)

    assert client == assignment.client


def test_contacts_who_left_are_not_listed(agency):
    client = ClientFactory()
    ContactFactory(client=client, left_on=TODAY)
    ContactFactory()
    zoe = ContactFactory(client=client, name="Zoe")
    ben = ContactFactory(client=client, name="Ben")

    assert list(selectors.list_contacts(client=client, today=TODAY)) == [ben, zoe]


def test_the_primary_manager_leads_the_team(agency):
    client = ClientFactory()
    AssignmentFactory(client=client, role="secondary", member__name="Ada")
    AssignmentFactory(client=client, role="primary", member__name="Ben")
    AssignmentFactory(client=client, role="secondary", member__name="Cy", ends_on=TODAY)

    team = []
    queries = queries_of(lambda: team.extend(selectors.list_team(client=client, today=TODAY)))

    assert [(place.role, place.member.name) for place in team] == [("primary", "Ben"), ("secondary", "Ada")]
    assert len(queries) == 1


def test_only_members_with_clients_are_managers(agency):
    MemberFactory()
    AssignmentFactory(ends_on=TODAY)
    zoe = AssignmentFactory(member__name="Zoe").member
    ben = AssignmentFactory(member__name="Ben").member

    assert list(selectors.list_managers(today=TODAY)) == [ben, zoe]


def test_the_choices_of_filters_come_from_the_clients(agency):
    ClientFactory(tier="gold", segment="retail", tags=["vip", "eu"])
    ClientFactory(tier="gold", segment="", tags=["eu"])
    ClientFactory(tier="bronze", segment="food")
    clients = Client.objects.all()

    assert selectors.list_tiers(clients=clients) == ["bronze", "gold"]
    assert selectors.list_segments(clients=clients) == ["food", "retail"]
    assert selectors.list_tags(clients=clients) == ["eu", "vip"]


def test_a_contact_of_another_client_is_not_found(agency):
    client = ClientFactory()
    mine = ContactFactory(client=client)
    other = ContactFactory()

    assert selectors.find_contact(client=client, contact_id=mine.pk) == mine
    assert selectors.find_contact(client=client, contact_id=other.pk) is None
