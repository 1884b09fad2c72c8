"""Small books for alerts, one evaluation of them, and what it left."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from accounts.models import AgencySettings, User
from accounts.selectors import get_settings
from agencyam.periods import add_months, local_day
from kpis.alerts import services
from kpis.alerts.models import Alert, AlertNotice, AlertSubscription
from kpis.alerts.rules import RULES, Rule
from kpis.facts import builder
from kpis.models import ClientHealth, KPIValue
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContractLineFactory,
    MessageFactory,
    RequestFactory,
    SurveyFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
SITE = "https://northwind.example.com"


def look(now=NOW, **about):
    """One evaluation, with facts of what is in the book."""
    builder.build_all(settings=get_settings(), now=now)
    today = local_day(now, get_settings().time_zone)
    return services.evaluate(today=today, now=now, site=SITE, **about)


def open_alerts(rule=None):
    alerts = Alert.objects.open().order_by("pk")
    return [alert.title for alert in (alerts.filter(rule=rule) if rule else alerts)]


def told(member):
    """The titles of the open notices of a member."""
    notices = AlertNotice.objects.filter(member=member, alert__resolved_at__isnull=True).order_by("pk")
    return [notice.alert.title for notice in notices]


def make_client(name="Bluefin", manager: User | None = None, starts_on=date(2024, 1, 1), **line):
    """A client under an open contract with which somebody spoke this month as often as should be."""
    client = ClientFactory(name=name, book_id=name.lower())
    ContractLineFactory(client=client, starts_on=starts_on, **line)
    if manager is not None:
        AssignmentFactory(client=client, member=manager)
    talk(client, NOW - timedelta(days=1), NOW - timedelta(days=2))
    return client


def talk(client, *moments):
    for moment in moments:
        TouchpointFactory(client=client, occurred_at=moment)


def health(client, day=TODAY, score=80, band="green", risk="low", **fields):
    """A stored day of health."""
    return ClientHealth.objects.update_or_create(
        client=client,
        day=day,
        defaults={
            "score": Decimal(score),
            "band": band,
            "confidence": Decimal(1),
            "risk_level": risk,
            "mrr": Decimal(1000),
            "computed_at": NOW,
            **fields,
        },
    )[0]


def kpi(status, kpi="nps", months_ago=1, by="agency", key="", label="Northwind", today=TODAY):
    """A stored KPI of a closed month with this verdict."""
    start = add_months(today.replace(day=1), -months_ago)
    return KPIValue.objects.update_or_create(
        kpi=kpi,
        by=by,
        slice_key=key,
        period_start=start,
        period_end=add_months(start, 1),
        defaults={
            "slice_label": label,
            "as_of": today,
            "is_partial": False,
            "value": Decimal(42),
            "n": 40,
            "unit": "points",
            "display": "42",
            "direction": "up",
            "target": Decimal(70),
            "status": status,
            "definition_version": 1,
            "computed_at": NOW,
        },
    )[0]


def ask(client, at, subject="Where is the report?"):
    """A request with one message of the client."""
    request = RequestFactory(client=client, opened_at=at, subject=subject)
    MessageFactory(request=request, sent_at=at)
    return request


def reply(request, at):
    MessageFactory(request=request, sent_at=at, direction="outbound")


def answer(client, score, at, **fields):
    survey = SurveyFactory(kind="nps", scale_min=0, scale_max=10)
    return SurveyResponseFactory(survey=survey, client=client, score=score, answered_at=at, **fields)


def subscribe(member, rule, **changes):
    """A choice of a member; whole agency, in the app only, the usual threshold, unless told otherwise."""
    fields = {
        "is_active": True,
        "scope": "agency",
        "delivery": "app",
        "threshold": RULES[Rule(rule)].threshold,
    }
    return AlertSubscription.objects.update_or_create(member=member, rule=rule, defaults=fields | changes)[0]


def hear_nothing(member):
    for rule in Rule:
        subscribe(member, rule, is_active=False)
    return member


def listener(role="leader", **fields):
    """A member who hears of nothing but what a test subscribes them to."""
    return hear_nothing(MemberFactory(role=role, **fields))


def settings(**changes):
    AgencySettings.objects.update_or_create(
        pk=1, defaults={"name": "Northwind", "currency": "EUR", "time_zone": "UTC", **changes}
    )
