"""What moved the fee, and what is agreed for the time to come."""

from datetime import date

from tests.factories.clients import ContractLineFactory, ServiceFactory
from tests.reports.qbr.writing.documents import document_of


def test_the_change_of_the_fee_is_split_by_service_and_adds_up(client, settings):
    search, social = ServiceFactory(name="Search"), ServiceFactory(name="Social")
    ContractLineFactory(
        client=client, service=search, amount=1000, starts_on=date(2025, 1, 1), ends_on=date(2026, 4, 1)
    )
    ContractLineFactory(client=client, service=search, amount=1600, starts_on=date(2026, 4, 1))
    ContractLineFactory(
        client=client, service=social, amount=300, starts_on=date(2025, 1, 1), ends_on=date(2026, 6, 1)
    )

    commercials = document_of(client, settings).commercials

    change, points = commercials.change, commercials.fees.points
    assert [(step.service, step.amount) for step in change.steps] == [("Search", 600), ("Social", -300)]
    assert change.opening == points[0].amount == 1300
    assert change.opening + sum(step.amount for step in change.steps) == points[-1].amount


def test_the_forecast_holds_contracts_only(client, settings):
    ContractLineFactory(client=client, amount=100)
    ContractLineFactory(client=client, amount=10, ends_on=date(2027, 1, 1), is_auto_renewing=True)
    ContractLineFactory(client=client, amount=1, ends_on=date(2027, 2, 1))
    ContractLineFactory(client=client, amount=7000, ends_on=date(2026, 6, 1), is_auto_renewing=True)

    rows = document_of(client, settings).commercials.forecast.rows

    assert [(row.label, row.agreed, row.renewing) for row in rows] == [
        ("Q4 2026", 333, 0),
        ("Q1 2027", 301, 30),
        ("Q2 2027", 300, 30),
        ("Q3 2027", 300, 30),
    ]


def test_a_term_that_is_followed_by_another_renews_only_once(client, settings):
    service = ServiceFactory(name="Search")
    terms = {"client": client, "service": service, "is_auto_renewing": True}
    ContractLineFactory(amount=10, ends_on=date(2027, 1, 1), **terms)
    ContractLineFactory(amount=12, starts_on=date(2027, 1, 1), ends_on=date(2027, 4, 1), **terms)

    rows = document_of(client, settings).commercials.forecast.rows

    assert [(row.agreed, row.renewing) for row in rows] == [(30, 0), (36, 0), (0, 36), (0, 36)]
