"""What waits for a member on their day because of their clients: replies owed, unhappy answers, notice dates, alerts.

Replies, answers and notice dates are read as they stand now, with the readers of the alerts, whether the
member hears of them or not. What the member said of the alert of a cause, done or snoozed, holds here too; so
one cause is one row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils.http import urlencode

from agencyam.periods import day_start, local_day
from agencyam.way_back import WayBack, with_way_back
from clients.workspace.my_day.rows import DayQuestion, DayRow, DoneRow, Found, Rank, near_words, past_words
from kpis.alerts import selectors
from kpis.alerts.cause import Asking, Cause, client_link
from kpis.alerts.contact import read_detractors
from kpis.alerts.deadlines import REQUESTS, Wait, list_open_waits, read_notice_dates
from kpis.alerts.models import Alert, AlertNotice
from kpis.alerts.rules import Rule

DETRACTOR_HOURS = 48
NOTICE_DAYS = 14
# Rules of which the alert itself is the row; late replies, notice dates and unhappy answers are read as they stand.
_RANKS = {
    Rule.CHURN_RISK: Rank.RISK,
    Rule.HEALTH: Rank.RISK,
    Rule.QUIET: Rank.CONTACT,
    Rule.CADENCE: Rank.CONTACT,
}


@dataclass(frozen=True)
class _Told:
    """What the member hears of, by the key of its cause, and which causes they have dealt with."""

    open: Mapping[str, AlertNotice]
    dealt_with: frozenset[str]
    done: list[AlertNotice]


def read_day(asked: DayQuestion) -> Found:
    """A fixed number of queries."""
    told = _read_notices(asked)
    asking = Asking(asked.today, asked.moment.now, asked.moment.settings, sorted(asked.clients))
    rows = [_wait_row(wait, asked, told) for wait in list_open_waits(asking)]
    rows += [_notice_row(cause, asked, told) for cause in read_notice_dates(asking)]
    rows += [row for cause in read_detractors(asking) if (row := _detractor_row(cause, asked, told))]
    own = [notice for notice in told.open.values() if _is_own(notice.alert, asked)]
    others = len(told.open) - len(own)
    return Found(
        rows=[row for row in rows if row.key not in told.dealt_with] + _alert_rows(own, asked),
        done=[_done_row(notice) for notice in told.done if _is_own(notice.alert, asked)],
        elsewhere=[(_others_words(others), reverse("alerts:alert-list"))] if others else [],
    )


def _read_notices(asked: DayQuestion) -> _Told:
    viewer = selectors.Viewer(asked.user, asked.today, asked.moment.settings)
    since = day_start(asked.today, asked.moment.settings.time_zone)
    notices = list(selectors.list_current(viewer=viewer, since=since))
    is_open = {notice.pk: _is_open(notice, asked.today) for notice in notices}
    holding = [notice for notice in notices if notice.alert.ended_at is None]
    return _Told(
        open={notice.alert.cause_key: notice for notice in holding if is_open[notice.pk]},
        dealt_with=frozenset(notice.alert.cause_key for notice in holding if not is_open[notice.pk]),
        done=[notice for notice in notices if notice.done_at is not None and notice.done_at >= since],
    )


def _is_open(notice: AlertNotice, today: date) -> bool:
    is_snoozed = notice.snoozed_until is not None and notice.snoozed_until > today
    return notice.done_at is None and notice.alert.resolved_at is None and not is_snoozed


def _is_own(alert: Alert, asked: DayQuestion) -> bool:
    return alert.client_id is None or alert.client_id in asked.clients


def _others_words(number: int) -> str:
    return "1 alert about other clients" if number == 1 else f"{number} alerts about other clients"


def _wait_row(wait: Wait, asked: DayQuestion, told: _Told) -> DayRow:
    zone = asked.moment.settings.time_zone
    due_on = local_day(wait.late_at, zone)
    is_late = wait.late_at <= asked.moment.now
    clock = asked.clock(wait.late_at)
    person = wait.row["contact_name"]
    row = DayRow(
        key=wait.key,
        rank=Rank.LATE_REPLY if is_late else Rank.REPLY,
        title=wait.row["subject"] or "A request without a subject",
        url=client_link(wait.row["client_id"], "", REQUESTS).url,
        why=f"Reply late since {clock}" if is_late else f"Reply by {clock}",
        tone="bad" if is_late else "warn",
        due_on=due_on,
        is_overdue=is_late,
        client_id=wait.row["client_id"],
        client_name=wait.row["client_name"],
        detail=f"{person} waits for a reply" if person else "waits for a reply",
        action_url=client_link(wait.row["client_id"], "", REQUESTS).url,
        action_words="Answer",
    )
    return _with_ways(row, told.open.get(wait.key))


def _notice_row(cause: Cause, asked: DayQuestion, told: _Told) -> DayRow:
    """Two weeks before the last day for notice it is to be done; until then it is to come."""
    left = cause.measure
    day = asked.today + timedelta(days=left)
    row = DayRow(
        key=cause.key,
        rank=Rank.NOTICE,
        title=cause.action.words,
        url=cause.row.url,
        why=f"Notice until {near_words(day, asked.today)}",
        tone="bad" if left <= 7 else "warn",
        due_on=max(asked.today, day - timedelta(days=NOTICE_DAYS)),
        client_id=cause.client_id,
        client_name=_client_name(cause, asked),
        detail=cause.detail,
        action_url=cause.action.url,
        action_words="Open",
    )
    return _with_ways(row, told.open.get(cause.key))


def _detractor_row(cause: Cause, asked: DayQuestion, told: _Told) -> DayRow | None:
    """None for an answer that is older than two days and of which the member does not hear."""
    notice = told.open.get(cause.key)
    at = cause.at or asked.moment.now
    until = at + timedelta(hours=DETRACTOR_HOURS)
    is_late = until <= asked.moment.now
    if is_late and notice is None:
        return None
    zone = asked.moment.settings.time_zone
    answered_on, due_on = local_day(at, zone), local_day(until, zone)
    why = (
        f"Unhappy since {past_words(answered_on, asked.today)}"
        if is_late
        else f"Speak by {asked.clock(until)}"
    )
    row = DayRow(
        key=cause.key,
        rank=Rank.DETRACTOR,
        title=cause.title,
        url=cause.row.url,
        why=why,
        tone="bad",
        due_on=min(due_on, asked.today),
        is_overdue=is_late,
        client_id=cause.client_id,
        client_name=_client_name(cause, asked),
        detail=cause.detail,
        action_url=cause.action.url,
        action_words="Log a touchpoint",
    )
    return _with_ways(row, notice)


def _client_name(cause: Cause, asked: DayQuestion) -> str:
    client = asked.clients.get(cause.client_id) if cause.client_id else None
    return client.name if client else ""


def _alert_rows(notices: Iterable[AlertNotice], asked: DayQuestion) -> list[DayRow]:
    """One row for each client and kind of worry, the first rule of `_RANKS` before the others; one for all KPIs."""
    order = list(_RANKS)
    notices = list(notices)
    told = [notice for notice in notices if notice.alert.rule in _RANKS]
    told.sort(key=lambda notice: (order.index(Rule(notice.alert.rule)), notice.alert.raised_at, notice.pk))
    together: dict[tuple[int | None, Rank], list[AlertNotice]] = {}
    for notice in told:
        rank = _RANKS[Rule(notice.alert.rule)]
        together.setdefault((notice.alert.client_id, rank), []).append(notice)
    rows = [_alert_row(first, others, rank, asked) for (_, rank), (first, *others) in together.items()]
    return rows + _number_rows([each for each in notices if each.alert.rule == Rule.KPI_STATUS], asked)


def _number_rows(notices: list[AlertNotice], asked: DayQuestion) -> list[DayRow]:
    if len(notices) < 2:
        return [_alert_row(notice, [], Rank.NUMBER, asked) for notice in notices]
    url = f"{reverse('alerts:alert-list')}?{urlencode({'kind': Rule.KPI_STATUS.value})}"
    row = DayRow(
        key="numbers",
        rank=Rank.NUMBER,
        title=f"{len(notices)} KPIs are off their targets",
        url=url,
        why=Rule.KPI_STATUS.label,
        tone="warn",
        due_on=asked.today,
        detail="; ".join(notice.alert.title for notice in notices),
        action_url=url,
        action_words="See them",
    )
    return [row]


def _alert_row(notice: AlertNotice, others: list[AlertNotice], rank: Rank, asked: DayQuestion) -> DayRow:
    alert = notice.alert
    also = [f"Also: {other.alert.title}." for other in others]
    row = DayRow(
        key=alert.cause_key,
        rank=rank,
        title=alert.title,
        url=alert.row_url,
        why=Rule(alert.rule).label,
        tone=alert.tone,
        due_on=asked.today,
        client_id=alert.client_id,
        client_name=alert.client.name if alert.client else "",
        detail=" ".join([alert.detail, *also]),
        action_url=alert.action_url,
        action_words=alert.action["words"],
    )
    return _with_ways(row, notice)


def _done_row(notice: AlertNotice) -> DoneRow:
    alert = notice.alert
    return DoneRow(
        key=f"alert-{alert.pk}",
        title=alert.title,
        url=alert.row_url,
        words="Done",
        undo_url="" if alert.ended_at else _here("alerts:alert-reopen", alert),
    )


def _with_ways(row: DayRow, notice: AlertNotice | None) -> DayRow:
    """What the member can do about it in place, if they hear of it."""
    if notice is None:
        return row
    done_url = _here("alerts:alert-done", notice.alert)
    return replace(row, done_url=done_url, later_url=_here("alerts:alert-snooze", notice.alert))


def _here(view: str, alert: Alert) -> str:
    """An address of the alert that comes back to the day."""
    return with_way_back(reverse(view, args=[alert.pk]), WayBack("My day", reverse("clients:my-day")))
