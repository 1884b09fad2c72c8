from datetime import date
from decimal import Decimal

import pytest

from agencyam.tenancy.context import tenant_context
from kpis.direct import delivery
from tests.factories.clients import AssignmentFactory, ClientFactory, DeliverableFactory
from tests.kpis.asking import ask, only, values

KEY = "on_time_delivery_rate"


@pytest.fixture
def noise(other_agency):
    """Another agency that was late in the same month."""
    with tenant_context(other_agency):
        due(20, 25)


@pytest.fixture
def agency(noise, agency):
    return agency


def due(day, delivered=None, **more):
    """A deliverable due on a day of March 2026 and delivered on another."""
    return DeliverableFactory(
        baseline_due_on=date(2026, 3, day), delivered_on=delivered and date(2026, 3, delivered), **more
    )


def test_delivery_on_the_due_day_is_on_time(agency):  # OTD-001, a tenth of it and more
    due(20, 20)
    due(20, 19)
    due(20, 21)
    DeliverableFactory(baseline_due_on=date(2026, 4, 1), delivered_on=date(2026, 3, 20))
    DeliverableFactory(baseline_due_on=date(2026, 2, 28), delivered_on=date(2026, 3, 20))

    figure = only(delivery, ask("2026-03"), KEY)

    assert (figure.numerator, figure.denominator, figure.n, figure.value) == (2, 3, 3, Decimal(2) / 3)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param(19, {}, id="not due yet"),
        pytest.param(20, {None: 0}, id="overdue at the close of its day"),
        pytest.param(31, {None: 0}, id="overdue"),
    ],
)
def test_an_undelivered_deliverable_is_late_from_its_due_day_on(agency, as_of, expected):
    due(20)

    assert values(delivery, ask("2026-03", as_of=date(2026, 3, as_of)), KEY) == expected


def test_a_delivery_after_as_of_has_not_happened(agency):
    due(20, 25)

    row = delivery.rows(ask("2026-03", as_of=date(2026, 3, 24)), KEY, None)[0]

    assert (row["delivered_on"], row["numerator"], row["denominator"]) == (None, 0, 1)


def test_cancelled_deliverables_are_left_out(agency):
    due(20, status="cancelled")
    due(20, 20, status="done")

    assert values(delivery, ask("2026-03"), KEY) == {None: 1}


@pytest.mark.parametrize(("cause", "on_time"), [("agreed", 1), ("client", 0), ("ours", 0), ("", 0)])
def test_a_later_day_replaces_the_baseline_only_if_agreed(agency, cause, on_time):
    due(20, 24, due_on=date(2026, 3, 25), delay_cause=cause)

    assert values(delivery, ask("2026-03"), KEY) == {None: on_time}


def test_an_agreed_day_moves_the_deliverable_to_its_period(agency):
    due(20, due_on=date(2026, 4, 3), delay_cause="agreed")

    assert values(delivery, ask("2026-03"), KEY) == {}
    assert values(delivery, ask("2026-04"), KEY) == {None: 0}


def test_delays_of_the_client_are_told_apart(agency):
    due(20, 20)
    due(20, 25, delay_cause="ours")
    due(20, 25, delay_cause="client")

    figure = only(delivery, ask("2026-03"), KEY)

    assert figure.value == Decimal(1) / 3
    assert figure.extra == {"late_by_client": 1, "without_client_delays": Decimal("0.5")}


def test_a_deliverable_belongs_to_the_account_manager_of_its_due_day(agency):
    client = ClientFactory(segment="Retail")
    first = AssignmentFactory(client=client, starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 20)).member
    second = AssignmentFactory(client=client, starts_on=date(2026, 3, 20)).member
    due(19, 19, client=client)
    due(20, 25, client=client)
    due(21, 21)

    query = ask("2026-03", by="am")

    assert values(delivery, query, KEY) == {first.book_id: 1, second.book_id: 0, "unassigned": 1}
    assert values(delivery, ask("2026-03", by="segment"), KEY) == {"Retail": Decimal("0.5"), "unassigned": 1}
    assert [row["due_on"] for row in delivery.rows(query, KEY, second.book_id)] == ["2026-03-20"]


def test_delivery_has_no_service(agency):
    due(20, 20)

    assert delivery.compute(ask("2026-03", by="service"), [KEY]) == {}
    assert delivery.rows(ask("2026-03", by="service"), KEY, None) == []
