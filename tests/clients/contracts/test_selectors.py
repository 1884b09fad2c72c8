from datetime import date
from decimal import Decimal

from clients.contracts import selectors
from tests.factories.clients import (
    ClientFactory,
    ContractLineFactory,
    FxRateFactory,
    LinePauseFactory,
    OneOffLineFactory,
)
from tests.queries import queries_of

TODAY = date(2025, 6, 1)
TOMORROW = date(2025, 6, 2)


def mrr_of(client):
    return selectors.get_client_mrr(client=client, today=TODAY, base_currency="EUR")


def lines_of(client):
    return selectors.list_lines(client=client, today=TODAY, base_currency="EUR")


def test_a_clients_mrr_is_what_its_live_lines_bring_a_month(agency):
    client = ClientFactory()
    ContractLineFactory(client=client, amount=Decimal(1000))
    ContractLineFactory(client=client, amount=Decimal(1200), interval="year")
    ContractLineFactory(client=client, amount=Decimal(-50))
    ContractLineFactory(client=client, ends_on=TODAY)
    ContractLineFactory(client=client, starts_on=TOMORROW)
    ContractLineFactory(client=client, is_void=True)
    OneOffLineFactory(client=client)
    LinePauseFactory(line=ContractLineFactory(client=client))
    ContractLineFactory()

    assert mrr_of(client) == 1050


def test_a_client_without_lines_has_no_mrr(agency):
    assert mrr_of(ClientFactory()) == 0


def test_mrr_is_in_the_agencys_currency(agency):
    client = ClientFactory()
    ContractLineFactory(client=client, amount=Decimal(1000))
    ContractLineFactory(client=client, amount=Decimal(1000), currency="USD")
    FxRateFactory(rate_to_base=Decimal("0.9"))

    assert mrr_of(client) == 1900


def test_mrr_without_a_rate_is_not_known(agency):
    client = ClientFactory()
    ContractLineFactory(client=client)
    ContractLineFactory(client=client, currency="USD")

    assert mrr_of(client) is None


def test_a_line_that_is_over_needs_no_rate(agency):
    client = ClientFactory()
    ContractLineFactory(client=client, amount=Decimal(1000))
    ContractLineFactory(client=client, currency="USD", ends_on=TODAY)

    assert mrr_of(client) == 1000


def test_lines_are_listed_by_their_state(agency):
    client = ClientFactory()
    ended = ContractLineFactory(client=client, ends_on=TODAY)
    upcoming = ContractLineFactory(client=client, starts_on=TOMORROW)
    paused = LinePauseFactory(line=ContractLineFactory(client=client)).line
    live = ContractLineFactory(client=client, amount=Decimal(600), interval="quarter")
    ContractLineFactory(client=client, is_void=True)
    ContractLineFactory()

    lines = [(line, line.state, line.monthly_base) for line in lines_of(client)]

    assert lines == [
        (live, "live", 200),
        (paused, "paused", 0),
        (upcoming, "upcoming", 0),
        (ended, "ended", 0),
    ]


def test_a_live_line_without_a_rate_has_no_known_amount(agency):
    line = ContractLineFactory(currency="USD", amount=Decimal(1000))

    listed = lines_of(line.client).get()

    assert (listed.monthly, listed.monthly_base) == (1000, None)


def test_lines_take_one_query_however_many_they_are(agency):
    client = ClientFactory()
    for _ in range(30):
        ContractLineFactory(client=client)

    queries = queries_of(lambda: [line.service.name for line in lines_of(client)])

    assert len(queries) == 1
