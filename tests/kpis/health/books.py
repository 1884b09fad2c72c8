"""Small books for health: one day of asking, and clients that are well unless a test says otherwise."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from clients.models import Survey
from kpis.health import services
from kpis.health.models import ClientHealth
from tests.factories.clients import (
    ClientFactory,
    ContractLineFactory,
    MessageFactory,
    RequestFactory,
    SurveyFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)

TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 15, tzinfo=UTC)


def ago(days, hour=12):
    """Noon of the day so many days before TODAY."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=UTC) - timedelta(days=days)


def make_client(name="Northern", **line):
    """A client of two years on 1,000 a month."""
    client = ClientFactory(name=name, book_id=name)
    ContractLineFactory(
        client=client, **{"starts_on": date(2024, 1, 1), "amount": Decimal(1000), "notice_days": 30, **line}
    )
    return client


def pulse(client, score, days_ago, **fields):
    survey = Survey.objects.filter(kind="pulse").first() or SurveyFactory(
        kind="pulse", scale_min=1, scale_max=10
    )
    return SurveyResponseFactory(
        survey=survey, client=client, score=score, answered_at=ago(days_ago), **fields
    )


def answer(client, score, days_ago, kind="nps", **fields):
    scales = {"nps": (0, 10), "csat": (1, 5)}
    low, high = scales[kind]
    survey = Survey.objects.filter(kind=kind).first() or SurveyFactory(
        kind=kind, scale_min=low, scale_max=high
    )
    return SurveyResponseFactory(
        survey=survey, client=client, score=score, answered_at=ago(days_ago), **fields
    )


def wait(client, days_ago, hours=None):
    """A question so many days ago, answered after these hours, or never."""
    opened_at = ago(days_ago)
    request = RequestFactory(client=client, opened_at=opened_at)
    MessageFactory(request=request, sent_at=opened_at)
    if hours is not None:
        MessageFactory(request=request, sent_at=opened_at + timedelta(hours=hours), direction="outbound")
    return request


def talk(client, *days_ago, **fields):
    return [TouchpointFactory(client=client, occurred_at=ago(days), **fields) for days in days_ago]


def health_of(client, day=TODAY):
    """What is stored of a day after it was worked out."""
    services.store_days(days=[day], today=TODAY, now=NOW)
    return ClientHealth.objects.get(client=client, day=day)


def score_of(client, key, day=TODAY):
    """The score of one component as it is stored."""
    return health_of(client, day).components[key]["score"]


def flags_of(client, day=TODAY):
    """The flags of a day: (key, since)."""
    return [(flag["key"], flag["on"]) for flag in health_of(client, day).risk_flags]
