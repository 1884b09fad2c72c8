"""What a client's health is made of: each component, what it weighs by default, and its measures.

The six of the definition carry the whole default weight. The others are signals: they are measured, shown and
stored alike, weigh nothing until the agency gives them weight, and their steps are ours.
Pure: facts in, numbers from 0 to 100 out. A component without data has no measure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Facts = Mapping[str, Any]
HUNDRED, FIFTY, ZERO = Decimal(100), Decimal(50), Decimal(0)

# Steps of the agency's own signals.
RIGHT_USE, FAIR_USE = (Decimal("0.8"), Decimal("1.1")), (Decimal("0.6"), Decimal("1.3"))
PROMPT_APPROVAL_DAYS, SLOW_APPROVAL_DAYS = 5, 10
PROMPT_CLIENT_HOURS, SLOW_CLIENT_HOURS = 24, 72
RECENT_DAYS, DISTANT_DAYS = 30, 60
ROLES = ("sponsor", "decision maker", "champion")


@dataclass(frozen=True)
class Part:
    """A component: its key, its name and its meaning in words, its default weight and how it is measured."""

    key: str
    name: str
    words: str
    weight: Decimal
    measure: Callable[[Facts, date], list[Decimal]]

    @property
    def is_signal(self) -> bool:
        """Whether it is one of the agency's own signals, outside the definition's set."""
        return not self.weight


def _pulse(facts: Facts, day: date) -> list[Decimal]:
    if not facts.get("is_pulse_valid"):
        return []
    low, high = facts["pulse_min"], facts["pulse_max"]
    return [Decimal(100 * (facts["pulse"] - low)) / (high - low)]


def _sentiment(facts: Facts, day: date) -> list[Decimal]:
    if facts.get("nps") is not None:
        return [Decimal(10 * facts["nps"])]
    return _share(facts.get("csat_satisfied"), facts.get("csat_answers"))


def _replies(facts: Facts, day: date) -> list[Decimal]:
    return _share(facts.get("met"), (facts.get("met") or 0) + (facts.get("late") or 0))


def _delivery(facts: Facts, day: date) -> list[Decimal]:
    return _share(facts.get("on_time"), facts.get("due"))


def _touchpoints(facts: Facts, day: date) -> list[Decimal]:
    return _share(facts.get("covered"), facts.get("client_months"))


def _commercial(facts: Facts, day: date) -> list[Decimal]:
    """An open notice is 0. Without recurring revenue at both ends there is no trend."""
    before, after = Decimal(facts["mrr_before"]), Decimal(facts["mrr_after"])
    if is_leaving(facts):
        return [ZERO]
    if before <= 0 and after <= 0:
        return []
    return [HUNDRED if after >= before else FIFTY if 5 * after >= 4 * before else ZERO]


def is_leaving(facts: Facts) -> bool:
    """Whether notice was given for all that the client still pays for."""
    return facts.get("notice_ends_on") is not None and not facts["is_partial"]


def _retainer(facts: Facts, day: date) -> list[Decimal]:
    if facts.get("hours_budget") is None:
        return []
    use = Decimal(facts["hours_used"]) / Decimal(facts["hours_budget"])
    if RIGHT_USE[0] <= use <= RIGHT_USE[1]:
        return [HUNDRED]
    return [FIFTY if FAIR_USE[0] <= use <= FAIR_USE[1] else ZERO]


def _overdue(facts: Facts, day: date) -> list[Decimal]:
    if facts.get("overdue") is None:
        return []
    return [HUNDRED - min(FIFTY * facts["overdue"], HUNDRED)]


def _approval(facts: Facts, day: date) -> list[Decimal]:
    return _steps(facts.get("approval_days"), PROMPT_APPROVAL_DAYS, SLOW_APPROVAL_DAYS)


def _our_pace(facts: Facts, day: date) -> list[Decimal]:
    return _steps(facts.get("pace"), 1, 2)


def _client_pace(facts: Facts, day: date) -> list[Decimal]:
    return _steps(facts.get("client_hours"), PROMPT_CLIENT_HOURS, SLOW_CLIENT_HOURS)


def _stakeholders(facts: Facts, day: date) -> list[Decimal]:
    """How many of the three roles are known, and how long ago the decision maker was met."""
    roles = facts.get("roles") or []
    known = _share(len(roles), len(ROLES))
    if "decision maker" not in roles:
        return known
    met_on = facts.get("decision_maker_on")
    days = (day - date.fromisoformat(met_on)).days if met_on else None
    return known + (_steps(days, RECENT_DAYS, DISTANT_DAYS) or [ZERO])


def _silence(facts: Facts, day: date) -> list[Decimal]:
    return _share(facts.get("answered"), facts.get("asked"))


def _share(part: int | None, whole: int | None) -> list[Decimal]:
    return [Decimal(100 * (part or 0)) / whole] if whole else []


def _steps(value: Any, good: int, fair: int) -> list[Decimal]:
    """100 up to `good`, 50 up to `fair`, 0 beyond; nothing without a value."""
    if value is None:
        return []
    amount = Decimal(value)
    return [HUNDRED if amount <= good else FIFTY if amount <= fair else ZERO]


PARTS: tuple[Part, ...] = (
    Part(
        "pulse",
        "Account manager's confidence",
        "The latest rating from 1 to 10, stretched to 0 to 100. It holds for 90 days, a 1 or a 10 for 30.",
        Decimal(20),
        _pulse,
    ),
    Part(
        "sentiment",
        "Sentiment",
        "The latest NPS answer of the last 180 days times 10; without one, the share of satisfied answers.",
        Decimal(20),
        _sentiment,
    ),
    Part(
        "replies",
        "Replies in time",
        "Share of waits of the last 90 days that were answered within the promise; open and late counts as late.",
        Decimal(15),
        _replies,
    ),
    Part(
        "delivery",
        "Delivered on time",
        "Share of deliverables due in the last 90 days that came on or before the agreed day.",
        Decimal(15),
        _delivery,
    ),
    Part(
        "touchpoints",
        "Touchpoint coverage",
        "Share of the months of the last 90 days with enough conversations.",
        Decimal(15),
        _touchpoints,
    ),
    Part(
        "commercial",
        "Commercial trend",
        "100 if MRR is no lower than 90 days ago, 50 down to 80% of it, 0 below; 0 with an open notice.",
        Decimal(15),
        _commercial,
    ),
    Part(
        "retainer",
        "Retainer use",
        "Hours used of those agreed, last three closed months: 100 at 80 to 110%, 50 at 60 to 130%, else 0.",
        ZERO,
        _retainer,
    ),
    Part(
        "overdue",
        "Nothing overdue",
        "Deliverables past their agreed day: 100 with none, 50 with one, 0 with more.",
        ZERO,
        _overdue,
    ),
    Part(
        "approval",
        "Approval time",
        "Mean days from submitting to the client's approval, last 90 days: 100 up to 5, 50 up to 10, else 0.",
        ZERO,
        _approval,
    ),
    Part(
        "our_pace",
        "Our reply time",
        "Median time of our replies as a share of the promise, last 90 days: 100 up to 1, 50 up to 2, else 0.",
        ZERO,
        _our_pace,
    ),
    Part(
        "client_pace",
        "The client's reply time",
        "Median hours until the client answers us, last 90 days: 100 up to 24, 50 up to 72, else 0.",
        ZERO,
        _client_pace,
    ),
    Part(
        "stakeholders",
        "Stakeholder coverage",
        "Whether sponsor, decision maker and champion are known; days since the decision maker was met (30, 60).",
        ZERO,
        _stakeholders,
    ),
    Part(
        "silence",
        "Surveys answered",
        "Share of the survey invitations of the last 180 days that were answered.",
        ZERO,
        _silence,
    ),
)
BY_KEY = {part.key: part for part in PARTS}
DEFAULT_WEIGHTS = {part.key: part.weight for part in PARTS}

# Which facts belong to which component, so that each is stored with what it was made of.
FACTS: dict[str, tuple[str, ...]] = {
    "pulse": ("pulse", "pulse_max", "pulse_on", "pulse_expires_on", "pulse_by"),
    "sentiment": ("nps", "nps_on", "nps_from", "csat_answers", "csat_satisfied"),
    "replies": ("met", "late", "late_first", "last_late_on"),
    "delivery": ("due", "on_time", "last_late_due_on"),
    "touchpoints": ("client_months", "covered", "touchpoints"),
    "commercial": ("mrr_before", "mrr_after", "notice_ends_on"),
    "retainer": ("hours_budget", "hours_used"),
    "overdue": ("overdue", "overdue_since"),
    "approval": ("submitted", "unapproved", "approval_days"),
    "our_pace": ("replies", "pace"),
    "client_pace": ("client_replies", "client_hours"),
    "stakeholders": ("roles", "decision_makers", "decision_maker_on"),
    "silence": ("asked", "answered"),
}
