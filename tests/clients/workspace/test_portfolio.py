from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.services.settings import update_settings
from clients.workspace.portfolio import SORTS, PortfolioFilter, count_portfolio, list_portfolio
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContractLineFactory,
    RequestFactory,
    SurveyFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.queries import queries_of

TODAY = date(2025, 6, 1)
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def portfolio(user=None, sort="name", **narrow):
    return list_portfolio(
        user=user or LeaderFactory(),
        now=NOW,
        today=TODAY,
        base_currency="EUR",
        narrow=PortfolioFilter(**narrow),
        sort=sort,
    )


def names(clients):
    return [client.name for client in clients]


def full_client(name):
    """A client with everything that the list shows."""
    client = ClientFactory(name=name)
    AssignmentFactory(client=client)
    ContractLineFactory(client=client)
    TouchpointFactory(client=client)
    RequestFactory(client=client)
    SurveyResponseFactory(client=client)
    return client


def test_a_row_holds_all_that_the_list_shows(agency):
    client = ClientFactory()
    AssignmentFactory(client=client, member__name="Ada")
    ContractLineFactory(client=client, amount=Decimal(1000), ends_on=date(2025, 9, 1))
    ContractLineFactory(client=client, amount=Decimal(500), ends_on=date(2025, 12, 1))
    TouchpointFactory(client=client, occurred_at=NOW - timedelta(days=9))
    TouchpointFactory(client=client, occurred_at=NOW - timedelta(days=2))
    TouchpointFactory(client=client, occurred_at=NOW - timedelta(days=1), status="cancelled")
    TouchpointFactory(client=client, occurred_at=NOW + timedelta(days=1))
    RequestFactory(client=client)
    RequestFactory(client=client)
    RequestFactory(client=client, resolved_at=NOW - timedelta(days=1))
    SurveyResponseFactory(client=client, score=4, answered_at=NOW - timedelta(days=30))
    SurveyResponseFactory(client=client, score=9, answered_at=NOW - timedelta(days=3))
    csat = SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    SurveyResponseFactory(client=client, survey=csat, score=2, answered_at=NOW)

    row = portfolio().get()

    assert (row.primary_manager_name, row.mrr, row.next_end_on) == ("Ada", 1500, date(2025, 9, 1))
    assert (row.last_touchpoint_at, row.open_requests, row.nps_score) == (NOW - timedelta(days=2), 2, 9)


def test_a_bare_client_shows_what_is_not_known(agency):
    ClientFactory()

    row = portfolio().get()

    assert (row.mrr, row.open_requests) == (0, 0)
    assert (row.primary_manager_name, row.next_end_on, row.last_touchpoint_at, row.nps_score) == (
        None,
        None,
        None,
        None,
    )


def test_clients_are_listed_by_name_in_any_case(agency):
    for name in ["beta", "Alpha", "Gamma"]:
        ClientFactory(name=name)

    assert names(portfolio()) == ["Alpha", "beta", "Gamma"]


def test_the_highest_mrr_comes_first_when_asked(agency):
    for name, amount in [("Small", 100), ("Large", 900), ("Middle", 500)]:
        ContractLineFactory(client__name=name, amount=Decimal(amount))

    assert names(portfolio(sort="-mrr")) == ["Large", "Middle", "Small"]
    assert names(portfolio(sort="mrr")) == ["Small", "Middle", "Large"]


@pytest.mark.parametrize("sort", ["last_touchpoint", "-last_touchpoint"])
def test_what_is_not_known_comes_last_either_way(agency, sort):
    ClientFactory(name="Alpha")
    TouchpointFactory(client__name="Beta")

    assert names(portfolio(sort=sort)) == ["Beta", "Alpha"]


@pytest.mark.parametrize("sort", ["", "-", "password", "name; DROP TABLE clients_client", "-client__name"])
def test_an_unknown_order_is_by_name(agency, sort):
    ClientFactory(name="Beta")
    ClientFactory(name="Alpha")

    assert sorted(names(portfolio(sort=sort))) == ["Alpha", "Beta"]


@pytest.mark.parametrize("sort", [prefix + key for key in SORTS for prefix in ("", "-")])
def test_every_order_is_one_query(agency, sort):
    full_client("Alpha")
    clients = portfolio(sort=sort)

    assert len(queries_of(lambda: list(clients))) == 1


def test_a_long_list_takes_no_more_queries_than_a_short_one(agency):
    user = LeaderFactory()
    full_client("Alpha")
    short = queries_of(lambda: names(portfolio(user)))
    for number in range(29):
        full_client(f"Client {number}")

    long = queries_of(lambda: names(portfolio(user)))

    assert (len(short), len(long)) == (2, 2)


def test_archived_clients_are_listed_only_when_asked(agency):
    ClientFactory(name="Alpha")
    ClientFactory(name="Beta", archived_on=TODAY)

    assert names(portfolio()) == ["Alpha"]
    assert names(portfolio(with_archived=True)) == ["Alpha", "Beta"]


def test_my_clients_are_those_on_whose_team_i_am(agency):
    member = MemberFactory()
    AssignmentFactory(member=member, client__name="Alpha")
    AssignmentFactory(member=member, client__name="Beta", role="secondary")
    AssignmentFactory(client__name="Gamma")

    assert names(portfolio(member, scope="mine")) == ["Alpha", "Beta"]


def test_a_manager_narrows_to_the_clients_they_are_primary_for(agency):
    member = MemberFactory()
    AssignmentFactory(member=member, client__name="Alpha")
    AssignmentFactory(member=member, client__name="Beta", role="secondary")
    AssignmentFactory(client__name="Gamma")

    assert names(portfolio(manager_id=member.pk)) == ["Alpha"]


@pytest.mark.parametrize(
    "narrow", [{"tier": "gold"}, {"segment": "retail"}, {"tag": "vip"}, {"search": " alp "}]
)
def test_the_list_is_narrowed(agency, narrow):
    ClientFactory(name="Alpha", tier="gold", segment="retail", tags=["vip", "eu"])
    ClientFactory(name="Beta", tier="silver", segment="food", tags=["eu"])

    assert names(portfolio(**narrow)) == ["Alpha"]


def test_filters_add_up(agency):
    ClientFactory(name="Alpha", tier="gold", segment="retail")
    ClientFactory(name="Beta", tier="gold", segment="food")

    assert names(portfolio(tier="gold", segment="food")) == ["Beta"]


def test_a_private_portfolio_stays_private_in_search(agency):
    update_settings(by=None, is_portfolio_private=True)
    member = MemberFactory()
    AssignmentFactory(member=member, client__name="Alpha One")
    AssignmentFactory(client__name="Alpha Two")

    assert names(portfolio(member, search="alpha")) == ["Alpha One"]


def test_the_list_is_summed_up(agency):
    ContractLineFactory(amount=Decimal(1000))
    ContractLineFactory(amount=Decimal(500))
    ContractLineFactory(currency="USD")

    assert count_portfolio(clients=portfolio()) == (3, Decimal(1500))


def test_an_empty_list_sums_up_to_nothing(agency):
    assert count_portfolio(clients=portfolio()) == (0, Decimal(0))
