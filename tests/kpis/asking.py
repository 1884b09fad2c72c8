"""Asks a family of KPIs the way the engine does."""

from datetime import date, datetime
from decimal import Decimal

from accounts.models import AgencySettings
from agencyam.periods import parse_period
from kpis.direct.query import Query

LATER = date(2026, 12, 31)


def ask(period: str, *, as_of: date = LATER, by: str = "agency", **settings) -> Query:
    """A query over a period in words; settings are the agency's own, UTC and EUR unless said."""
    known = {"time_zone": "UTC", "currency": "EUR", **settings}
    return Query(parse_period(period, as_of=as_of), as_of, by, AgencySettings(**known))


def values(family, query: Query, key: str) -> dict[str | None, Decimal | None]:
    """The value of one KPI per slice."""
    return {name: figure.value for name, figure in family.compute(query, [key])[key].items()}


def only(family, query: Query, key: str):
    """The agency's figure of one KPI."""
    return family.compute(query, [key])[key][None]


def at(text: str) -> datetime:
    """An instant in ISO 8601."""
    return datetime.fromisoformat(text)
