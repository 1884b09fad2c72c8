"""Causes that stored numbers tell: a KPI that misses its target, health that falls, risk that rises."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Max, Q

from agencyam.money import round_half_up
from agencyam.periods import Period, add_months, month_of
from clients.models import Client
from kpis.alerts.cause import Asking, Cause, Link, client_link, in_words, link_to, query_string
from kpis.alerts.rules import GRAVE, MILD, RED, RULES, Rule
from kpis.direct.query import UNASSIGNED
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.target import Status
from kpis.frozen.models import FrozenFigure
from kpis.frozen.selectors import find_month
from kpis.health.models import ClientHealth
from kpis.health.panel import CHANGE_DAYS, find_possible, list_flag_lines
from kpis.health.risk_list import SLACK_DAYS
from kpis.models import KPIValue
from kpis.targeting.words import target_words

# Which slices are told about; an account manager's own numbers go to that member alone.
KINDS = ("agency", "team", "am")
_LEVELS = {Status.NEAR.value: MILD, Status.MISSED.value: GRAVE}
_MONTHS_BACK = 3
# A day of health that nobody has replaced since counts as long as the nightly run is not much late.
_FRESH_DAYS = 2


def read_kpis(asked: Asking) -> list[Cause] | None:
    """KPIs that miss their target in the last month that is over and stored; None if none is stored.

    Once the month is closed, what was reported is told: an alert says what the scorecard says.
    """
    first = _last_month(asked.today)
    if first is None:
        return None
    month, met = month_of(first), _last_met(first)
    return [
        _kpi_cause(row, month, met.get((row.kpi, row.by, row.slice_key)), asked)
        for row in _of_record(month)
        if row.status in _LEVELS and row.slice_key != UNASSIGNED and row.kpi in DEFINITIONS
    ]


def _last_month(today: date) -> date | None:
    firsts = [add_months(today.replace(day=1), -back) for back in range(1, _MONTHS_BACK + 1)]
    spans = Q()
    for first in firsts:
        spans |= Q(period_start=first, period_end=month_of(first).end)
    whole = KPIValue.objects.filter(spans, by="agency", slice_key="", is_partial=False)
    return whole.aggregate(latest=Max("period_start"))["latest"]


def _of_record(month: Period) -> Iterable[KPIValue | FrozenFigure]:
    """What was reported of a closed month, else what is stored of it; all states. Two queries."""
    closed = find_month(month)
    if closed is not None:
        return FrozenFigure.objects.filter(month=closed, by__in=KINDS).order_by("pk")
    return KPIValue.objects.filter(
        by__in=KINDS, period_start=month.start, period_end=month.end, is_partial=False
    ).order_by("pk")


def _last_met(month: date) -> dict[tuple[str, str, str], date]:
    """By KPI and slice: the last month before in which the target was met."""
    firsts = [add_months(month, -back) for back in range(1, 13)]
    spans = Q()
    for first in firsts:
        spans |= Q(period_start=first, period_end=month_of(first).end)
    met = KPIValue.objects.filter(spans, by__in=KINDS, status=Status.MET.value)
    rows = met.values_list("kpi", "by", "slice_key").annotate(latest=Max("period_start"))
    return {(kpi, by, key): latest for kpi, by, key, latest in rows}


def _kpi_cause(row: KPIValue | FrozenFigure, month: Period, met: date | None, asked: Asking) -> Cause:
    definition, is_missed = DEFINITIONS[row.kpi], row.status == Status.MISSED.value
    whose = "" if row.by == "agency" else f"{row.slice_label}: "
    target = target_words(
        definition,
        row.target,
        row.target_high,
        currency=asked.settings.currency,
        locale=asked.settings.locale,
    )
    since = f" The target was last met in {met:%B %Y}." if met else ""
    rest = query_string(
        period=f"{month.start:%Y-%m}", by="" if row.by == "agency" else row.by, key=row.slice_key
    )
    page = {"kpi": row.kpi}
    state = "missed its target" if is_missed else "came near its target only"
    return Cause(
        key=f"kpi:{row.kpi}:{row.by}:{row.slice_key}",
        rule=Rule.KPI_STATUS,
        measure=_LEVELS[row.status],
        tone="bad" if is_missed else "warn",
        title=f"{whose}{definition.name} {state} in {month.label}",
        detail=f"{row.display}; the target is {target}.{since}",
        row=Link(f"{definition.name}, {month.label}", "kpis:kpi-detail", page, rest),
        action=Link("See the rows behind it", "kpis:kpi-detail", page, f"{rest}#rows"),
        by=row.by,
        slice_key=row.slice_key,
    )


def read_health(asked: Asking) -> list[Cause] | None:
    """Health that is red or fell within 30 days, and risk that is not low; None while none is stored."""
    rows = _latest_health(asked, asked.today, _FRESH_DAYS)
    if not rows:
        return None
    before = {
        row.client_id: row
        for row in _latest_health(asked, asked.today - timedelta(days=CHANGE_DAYS), SLACK_DAYS, "score")
    }
    clients = Client.objects.active_on(asked.today).in_bulk([row.client_id for row in rows])
    known = [(clients[row.client_id], row) for row in rows if row.client_id in clients]
    causes = []
    for client, row in known:
        fall = _fall(row, before.get(row.client_id))
        if row.band == ClientHealth.Band.RED:
            causes.append(_red(client, row, fall, asked))
        elif fall >= RULES[Rule.HEALTH].widest:
            causes.append(_fallen(client, row, fall))
        if row.risk_level != ClientHealth.Risk.LOW:
            causes.append(_risk(client, row, asked))
    return causes


def _latest_health(asked: Asking, until: date, slack: int, *fields: str) -> Sequence[ClientHealth]:
    """The row of each client that was stored last by a day, with these fields (all without any)."""
    rows = ClientHealth.objects.filter(day__lte=until, day__gte=until - timedelta(days=slack))
    if asked.clients is not None:
        rows = rows.filter(client__in=asked.clients)
    latest = rows.order_by("client_id", "-day").distinct("client_id")
    return list(latest.only("client_id", *fields) if fields else latest)


def _fall(row: ClientHealth, before: ClientHealth | None) -> int:
    """By how many whole points the score lies below that of 30 days ago."""
    if row.score is None or before is None or before.score is None:
        return 0
    return int(round_half_up(before.score, 0) - round_half_up(row.score, 0))


def _red(client: Client, row: ClientHealth, fall: int, asked: Asking) -> Cause:
    fell = f"Down {fall} points in {CHANGE_DAYS} days. " if fall > 0 else ""
    return Cause(
        key=f"health:{client.pk}:red",
        rule=Rule.HEALTH,
        measure=RED,
        tone="bad",
        title=f"{client.name}'s health is red{_score(row)}",
        detail=f"{fell}{_flags(row, asked)}{_remedy(client, row)}".strip(),
        row=_health_link(client),
        action=_repair(client, row),
        client_id=client.pk,
    )


def _fallen(client: Client, row: ClientHealth, fall: int) -> Cause:
    return Cause(
        key=f"health:{client.pk}:fall",
        rule=Rule.HEALTH,
        measure=fall,
        tone="warn",
        title=f"{client.name}'s health fell by {fall} points in {CHANGE_DAYS} days",
        detail=f"Now{_score(row).removeprefix(':')}.{_remedy(client, row)}",
        row=_health_link(client),
        action=_repair(client, row),
        client_id=client.pk,
        after=(f"health:{client.pk}:red",),
    )


def _risk(client: Client, row: ClientHealth, asked: Asking) -> Cause:
    is_high = row.risk_level == ClientHealth.Risk.HIGH
    return Cause(
        key=f"risk:{client.pk}:{row.risk_level}",
        rule=Rule.CHURN_RISK,
        measure=GRAVE if is_high else MILD,
        tone="bad" if is_high else "warn",
        title=f"{client.name} is at {row.risk_level} risk of leaving",
        detail=_flags(row, asked),
        row=_health_link(client),
        action=client_link(client.pk, "Talk to them and log it", "#touchpoint"),
        client_id=client.pk,
        after=() if is_high else (f"risk:{client.pk}:high",),
    )


def _score(row: ClientHealth) -> str:
    return "" if row.score is None else f": {round_half_up(row.score, 0):f} of 100"


def _flags(row: ClientHealth, asked: Asking) -> str:
    lines = list_flag_lines(row, asked.settings.currency)
    return _sentence(f"{line.words} (since {in_words(line.on)})" if line.on else line.words for line in lines)


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(parts)
    return f"{text}." if text else ""


def _health_link(client: Client) -> Link:
    return Link(f"Health of {client.name}", "kpis:client-health", {"client_id": client.pk})


def _remedy(client: Client, row: ClientHealth) -> str:
    possible = find_possible(client, row)
    return f" {possible.points} points are possible by {possible.words}." if possible else ""


def _repair(client: Client, row: ClientHealth) -> Link:
    possible = find_possible(client, row)
    if possible is None:
        return client_link(client.pk, "Talk to them and log it", "#touchpoint")
    return link_to(possible.url, "See what to repair")
