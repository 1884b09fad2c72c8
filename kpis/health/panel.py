"""One client's health and risk as its page tells them: what changed, why, and what would help."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.moment import Moment
from accounts.permissions import can
from accounts.roles import Permission
from agencyam.charts import COUNT, Chart, Point, Sparkline, sparkline
from agencyam.money import round_half_up
from agencyam.periods import local_day
from clients.book.models import Assignment, Client
from clients.feedback import selectors as feedback_selectors
from clients.feedback.models import SurveyResponse
from clients.feedback.pulse import expires_on
from kpis.health import words
from kpis.health.back_test import Rate, get_rates
from kpis.health.components import PARTS
from kpis.health.models import ClientHealth
from kpis.health.scoring import split_change

CHANGE_DAYS = 30
SERIES_DAYS = 90
# Part of a client's page where the rows of a component stand.
_ROWS = {
    "sentiment": "?show=surveys#story",
    "silence": "?show=surveys#story",
    "replies": "?show=requests#story",
    "our_pace": "?show=requests#story",
    "client_pace": "?show=requests#story",
    "touchpoints": "?show=touchpoints#story",
    "stakeholders": "?show=touchpoints#story",
    "commercial": "#lines",
    "retainer": "#lines",
}


@dataclass(frozen=True)
class Cause:
    """A part of a change, in whole points, with the rows behind it."""

    points: int
    words: str
    url: str


@dataclass(frozen=True)
class Contribution:
    """A component as the table shows it. Points are of this client's score; None without data."""

    name: str
    words: str
    meaning: str
    weight: Decimal
    score: Decimal | None
    gained: Decimal
    lost: Decimal
    url: str

    @property
    def is_signal(self) -> bool:
        return not self.weight


@dataclass(frozen=True)
class FlagLine:
    words: str
    on: date | None


@dataclass(frozen=True)
class Pulse:
    """The latest word of an account manager; it no longer counts from `expires_on` on."""

    answer: SurveyResponse
    given_on: date
    expires_on: date
    is_valid: bool


@dataclass(frozen=True)
class HealthPanel:
    """`row` None: nothing is stored of the client. `change` None: no day to compare with."""

    client: Client
    row: ClientHealth | None
    today: date
    currency: str
    causes: list[Cause]
    change: int | None = None
    change_days: int = 0
    possible: Cause | None = None
    contributions: tuple[Contribution, ...] = ()
    flags: tuple[FlagLine, ...] = ()
    spark: Chart | None = None
    rate: Rate | None = None
    pulse: Pulse | None = None
    may_give_pulse: bool = False
    shows_note: bool = False

    @property
    def score(self) -> int | None:
        return None if self.row is None or self.row.score is None else int(round_half_up(self.row.score, 0))

    @property
    def band_words(self) -> str:
        return words.BAND_WORDS[self.row.band if self.row else ""]

    @property
    def band_tone(self) -> str:
        return words.BAND_TONES[self.row.band if self.row else ""]

    @property
    def risk_words(self) -> str:
        return words.RISK_WORDS[self.row.risk_level] if self.row else ""

    @property
    def risk_tone(self) -> str:
        return words.RISK_TONES[self.row.risk_level] if self.row else "neutral"

    @property
    def change_words(self) -> str:
        """Down 9 in 30 days; blank where no change is known."""
        if self.change is None:
            return ""
        way = f"{'up' if self.change > 0 else 'down'} {abs(self.change)}" if self.change else "unchanged"
        return f"{way} in {self.change_days} days"

    @property
    def confidence_words(self) -> str:
        """How much of what should be known is known; it says nothing about the client."""
        counting = [part for part in self.contributions if part.weight]
        known = sum(part.score is not None for part in counting)
        return f"Based on {known} of {len(counting)} signals"

    @property
    def known_percent(self) -> int:
        return int(round_half_up(100 * self.row.confidence, 0)) if self.row else 0

    @property
    def mrr_at_risk(self) -> Decimal | None:
        if self.row is None or self.rate is None or self.rate.probability is None:
            return None
        return self.row.mrr * self.rate.probability


def get_panel(*, client: Client, user: User, moment: Moment) -> HealthPanel:
    """Read a client's health panel in a fixed number of queries."""
    since = moment.today - timedelta(days=SERIES_DAYS)
    rows = list(
        ClientHealth.objects.filter(client=client, day__gte=since, day__lte=moment.today).order_by("day")
    )
    row = rows[-1] if rows else None
    pulse = _pulse(client, moment)
    panel = HealthPanel(
        client=client,
        row=row,
        today=moment.today,
        currency=moment.settings.currency,
        causes=[],
        pulse=pulse,
        may_give_pulse=_may_give(user, client, moment.today),
        shows_note=pulse is not None
        and (pulse.answer.member_id == user.pk or can(user, Permission.KPI_CHANGE_TARGETS)),
    )
    return panel if row is None else _told(panel, row, rows, moment)


def _told(panel: HealthPanel, row: ClientHealth, rows: list[ClientHealth], moment: Moment) -> HealthPanel:
    before = find_before(rows, row.day)
    split = split_change(before.components, row.components) if before else None
    return HealthPanel(
        **{
            **panel.__dict__,
            "causes": list_causes(panel.client, split.parts, before, row) if split and before else [],
            "change": split.change if split else None,
            "change_days": (row.day - before.day).days if before else 0,
            "possible": find_possible(panel.client, row),
            "contributions": tuple(_contributions(panel.client, row)),
            "flags": tuple(list_flag_lines(row, moment.settings.currency)),
            "spark": _spark(rows),
            "rate": get_rates(today=moment.today).get(row.risk_level),
        }
    )


def find_before(rows: list[ClientHealth], day: date) -> ClientHealth | None:
    """The stored day to compare with: 30 days earlier, or the last one before that."""
    earlier = [row for row in rows if row.day <= day - timedelta(days=CHANGE_DAYS)]
    return earlier[-1] if earlier else None


def list_causes(
    client: Client, parts: Mapping[str, int], before: ClientHealth, after: ClientHealth
) -> list[Cause]:
    """The parts of a change that are at least a point, worst first, then best first."""
    causes = []
    for key, points in sorted(parts.items(), key=lambda item: (item[1] > 0, -abs(item[1]), item[0])):
        if points:
            part = after.components.get(key)
            causes.append(
                Cause(points, words.finding(key, part, after.day, is_gain=points > 0), rows_url(client, key))
            )
    return causes


def find_possible(client: Client, row: ClientHealth) -> Cause | None:
    """The component whose repair would give the most points, among those that somebody can repair."""
    options = []
    for key, part in row.components.items():
        points = int(round_half_up(Decimal(part["lost"]), 0))
        text = words.remedy(key, part) if points and part["score"] is not None else ""
        if text:
            options.append((points, key, text))
    if not options:
        return None
    points, key, text = max(options, key=lambda option: (option[0], option[1]))
    return Cause(points, text, rows_url(client, key))


def rows_url(client: Client, key: str) -> str:
    """Where the rows of a component stand: on the client's page, or on the page of its health."""
    if key in _ROWS:
        return reverse("clients:client-detail", args=[client.pk]) + _ROWS[key]
    return reverse("kpis:client-health", args=[client.pk]) + f"#{key}"


def list_flag_lines(row: ClientHealth, currency: str) -> list[FlagLine]:
    return [
        FlagLine(
            words.flag_words(flag["key"], flag["facts"], currency),
            date.fromisoformat(flag["on"]) if flag["on"] else None,
        )
        for flag in row.risk_flags
    ]


def _contributions(client: Client, row: ClientHealth) -> list[Contribution]:
    made = []
    for part in PARTS:
        stored: dict[str, Any] | None = row.components.get(part.key)
        if stored is None:
            continue
        made.append(
            Contribution(
                name=part.name,
                words=words.finding(part.key, stored, row.day),
                meaning=part.words,
                weight=Decimal(stored["weight"]),
                score=None if stored["score"] is None else Decimal(stored["score"]),
                gained=Decimal(stored["gained"]),
                lost=Decimal(stored["lost"]),
                url=rows_url(client, part.key),
            )
        )
    return sorted(made, key=lambda each: (each.is_signal, -each.lost))


def _spark(rows: list[ClientHealth]) -> Chart:
    points = tuple(
        Point(f"{row.day.day} {row.day:%b}", None if row.score is None else round_half_up(row.score, 0))
        for row in rows
    )
    return sparkline(Sparkline("health-spark", "health", points, COUNT), width=240)


def _pulse(client: Client, moment: Moment) -> Pulse | None:
    answer = feedback_selectors.find_pulse(client=client, now=moment.now)
    if answer is None:
        return None
    given_on = local_day(answer.answered_at, moment.settings.time_zone)
    scale = (answer.survey.scale_min, answer.survey.scale_max)
    ends = expires_on(score=answer.score, given_on=given_on, scale=scale)
    return Pulse(answer, given_on, ends, is_valid=moment.today < ends)


def _may_give(user: User, client: Client, today: date) -> bool:
    if not can(user, Permission.TOUCHPOINT_LOG):
        return False
    return Assignment.objects.active_on(today).filter(client=client, member=user).exists()
