"""Small books made by hand, and the question that a test asks of them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import AgencySettings
from agencyam.periods import parse_period
from clients.models import Client, ContractLine, LinePause, Service
from kpis.direct.query import Query
from kpis.engine import Result, evaluate
from kpis.formulas.catalogue import DEFINITIONS
from tests.factories.clients import ClientFactory, ContractLineFactory, ServiceFactory

# What every agency counts, whatever it chooses.
ALWAYS_COUNTED = [key for key, definition in DEFINITIONS.items() if not definition.only_if]
# Every choice that leads to figures of its own.
ALL_CHOSEN: dict[str, Any] = {
    "include_one_off": True,
    "tier_weights": {"gold": "2.5"},
    "service_margins": {"seo": "0.4", "web": "0"},
}


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def service(name: str) -> Service:
    return Service.objects.filter(book_id=name).first() or ServiceFactory(book_id=name, name=name)


def client(name: str, **fields) -> Client:
    return Client.objects.filter(book_id=name).first() or ClientFactory(book_id=name, name=name, **fields)


def line(
    owner: str,
    amount: object,
    starts_on: str,
    ends_on: str | None = None,
    *,
    of: str = "retainer",
    pauses: Iterable[tuple[str, str | None]] = (),
    **fields,
) -> ContractLine:
    """A recurring line of the client called `owner`; monthly and in EUR unless told otherwise."""
    made = ContractLineFactory(
        client=client(owner),
        service=service(of),
        amount=Decimal(str(amount)),
        starts_on=day(starts_on),
        ends_on=day(ends_on),
        **fields,
    )
    for first, end in pauses:
        LinePause.objects.create(line=made, starts_on=day(first), ends_on=day(end))
    return made


def settings(**changes) -> AgencySettings:
    return AgencySettings(pk=1, name="Northwind", currency="EUR", time_zone="UTC", **changes)


def question(period: str, *, as_of: str | None = None, by: str = "agency", **changes) -> Query:
    known = day(as_of) or date(2030, 1, 1)
    span = parse_period(period, as_of=known)
    return Query(period=span, as_of=known, by=by, settings=settings(**changes))


def ask(period: str, *keys: str, key: str | None = None, **about) -> dict[str, Result]:
    """Results of one slice (the agency unless `key` names another), by KPI."""
    results = evaluate(question(period, **about), keys)
    return {result.kpi: result for result in results if result.key == key}


def values(period: str, *keys: str, key: str | None = None, **about) -> dict[str, Decimal | None]:
    return {kpi: result.value for kpi, result in ask(period, *keys, key=key, **about).items()}


def by_slice(period: str, kpi: str, **about) -> dict[str | None, Decimal | None]:
    """Values of one KPI in all slices."""
    return {result.key: result.value for result in evaluate(question(period, **about), [kpi])}


def reasons(period: str, *keys: str, **about) -> dict[str, str | None]:
    return {kpi: result.figure.reason for kpi, result in ask(period, *keys, **about).items()}


def texts(period: str, *keys: str, key: str | None = None, **about) -> dict[str, str | None]:
    """Values as the JSON has them."""
    return {kpi: result.as_json()["value"] for kpi, result in ask(period, *keys, key=key, **about).items()}
