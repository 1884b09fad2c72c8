"""The columns of evidence: their words, and how their cells are written. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from agencyam.charts.formats import MINUS
from agencyam.money import round_half_up
from kpis.evidence.rules import ROWS, RULES, Combine


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WORD = "word"  # one of a few codes, such as an outcome
    NUMBER = "number"
    DAY = "day"
    MONTH = "month"
    INSTANT = "instant"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Column:
    """One column: its name in the rows, its words and its kind."""

    name: str
    words: str
    kind: Kind = Kind.TEXT

    @property
    def is_number(self) -> bool:
        return self.kind == Kind.NUMBER

    @property
    def look(self) -> str:
        """How its cells are set: as numbers, as text of any length, or in one line."""
        return {Kind.NUMBER: "num", Kind.TEXT: "text"}.get(self.kind, "nowrap")


_COLUMNS = {
    "client": ("Client id", Kind.TEXT),
    "name": ("Name", Kind.TEXT),
    "reason": ("Why it does not count", Kind.TEXT),
    "service": ("Service", Kind.TEXT),
    "services": ("Services", Kind.TEXT),
    "tier": ("Tier", Kind.TEXT),
    "member": ("Account manager", Kind.TEXT),
    "title": ("Title", Kind.TEXT),
    "topic": ("Topic", Kind.TEXT),
    "request": ("Request", Kind.TEXT),
    "response": ("Answer", Kind.TEXT),
    "invitation": ("Invitation", Kind.TEXT),
    "survey": ("Survey", Kind.TEXT),
    "proposal": ("Proposal", Kind.TEXT),
    "testimonial": ("Testimonial", Kind.TEXT),
    "touchpoint": ("Touchpoint", Kind.TEXT),
    "deliverable": ("Deliverable", Kind.TEXT),
    "currency": ("Currency", Kind.TEXT),
    "ended_reason": ("Reason", Kind.WORD),
    "movement": ("Movement", Kind.WORD),
    "outcome": ("Outcome", Kind.WORD),
    "channel": ("Channel", Kind.WORD),
    "direction": ("Direction", Kind.WORD),
    "delay_cause": ("Cause of delay", Kind.WORD),
    "day": ("Day", Kind.DAY),
    "due_on": ("Due", Kind.DAY),
    "delivered_on": ("Delivered", Kind.DAY),
    "decided_on": ("Decided", Kind.DAY),
    "sent_on": ("Sent", Kind.DAY),
    "joined_on": ("Joined", Kind.DAY),
    "received_on": ("Received", Kind.DAY),
    "month": ("Month", Kind.MONTH),
    "month_starts_on": ("Month from", Kind.DAY),
    "inbound_at": ("Message of the client", Kind.INSTANT),
    "replied_at": ("Reply", Kind.INSTANT),
    "answered_at": ("Answered", Kind.INSTANT),
    "resolved_at": ("Resolved", Kind.INSTANT),
    "occurred_at": ("Held", Kind.INSTANT),
    "sent_at": ("Sent", Kind.INSTANT),
    "is_retained": ("Still a client", Kind.YES_NO),
    "is_lost": ("Lost", Kind.YES_NO),
    "is_buyer": ("Bought", Kind.YES_NO),
    "is_first": ("First reply", Kind.YES_NO),
    "is_skewed": ("Clock wrong", Kind.YES_NO),
    "is_reopened": ("Reopened", Kind.YES_NO),
    "is_repeated": ("Repeated", Kind.YES_NO),
    "is_provisional": ("Provisional", Kind.YES_NO),
    "mrr": ("MRR", Kind.NUMBER),
    "arr": ("12 × MRR", Kind.NUMBER),
    "amount": ("Amount", Kind.NUMBER),
    "opening_mrr": ("Opening MRR", Kind.NUMBER),
    "closing_mrr": ("Closing MRR", Kind.NUMBER),
    "kept_mrr": ("Kept MRR", Kind.NUMBER),
    "lost_mrr": ("Lost MRR", Kind.NUMBER),
    "net_loss": ("Net loss", Kind.NUMBER),
    "gained": ("Gained", Kind.NUMBER),
    "lost": ("Lost", Kind.NUMBER),
    "earned_mrr": ("MRR after margin", Kind.NUMBER),
    "share_of_revenue": ("Share of revenue a client", Kind.NUMBER),
    "share_of_churn": ("Share of churn", Kind.NUMBER),
    "opening_clients": ("Clients at the opening", Kind.NUMBER),
    "lost_clients": ("Lost", Kind.NUMBER),
    "hours": ("Business hours", Kind.NUMBER),
    "target_hours": ("Target hours", Kind.NUMBER),
    "weight": ("Weight", Kind.NUMBER),
    "score": ("Score", Kind.NUMBER),
    "messages": ("Messages", Kind.NUMBER),
    "referrals": ("Referrals", Kind.NUMBER),
    "projects": ("Projects", Kind.NUMBER),
    "touchpoints": ("Touchpoints", Kind.NUMBER),
    "enough": ("Enough", Kind.NUMBER),
    "active_days": ("Active days", Kind.NUMBER),
    "numerator": ("Counts", Kind.NUMBER),
    "denominator": ("Of", Kind.NUMBER),
}
_PLACES = {name: place for place, name in enumerate(_COLUMNS)}
# What numerator and denominator are called where the plain words would not do.
_COUNTED = {
    "nps": ("Promoter 1, detractor −1", "Respondent"),
    "csat": ("Satisfied", "Answer"),
    "survey_response_rate": ("Answered", "Invited"),
    "first_response_hours_mean": ("Hours", "First reply"),
    "sla_attainment": ("In time", "Wait"),
    "sla_breached": ("Over the target", ""),
    "sla_pending": ("Pending", ""),
    "fcr": ("At the first contact", "Resolved"),
    "touchpoints_per_client_month": ("Conversation", "Client-month"),
    "touchpoint_coverage": ("Had enough", "Client-month"),
    "proposal_conversion_rate": ("Won", "Decided"),
    "proposal_conversion_value_rate": ("Won value", "Decided value"),
    "on_time_delivery_rate": ("In time", "Due"),
    "referral_rate": ("Made a referral", "Active client"),
    "referral_share_of_new_clients": ("By a referral", "New client"),
    "testimonials": ("Usable", ""),
    "am_workload": ("Load", "Divided by"),
    "weighted_load": ("Load", "Divided by"),
    "am_confidence": ("Rating", "Counted"),
}
# Of no use to people on a page: the name stands for the client, `n` is 1 in every row.
_HIDDEN = ("client", "n")


def columns_of(kpi: str, rows: list[dict[str, Any]], *, is_full: bool = False) -> list[Column]:
    """The columns of the rows in their order; `is_full` with those that only a file needs."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [column_of(kpi, name) for name in names if is_full or name not in _HIDDEN]


def in_order(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose columns have lost their order, as those that are kept of a closed month, in the usual one."""
    return dict(sorted(row.items(), key=lambda cell: (_PLACES.get(cell[0], len(_PLACES)), cell[0])))


def column_of(kpi: str, name: str) -> Column:
    """The column of a KPI's rows that has this name."""
    if name in ("numerator", "denominator") and kpi in _COUNTED:
        words = _COUNTED[kpi][name == "denominator"]
        return Column(name, words or _COLUMNS[name][0], Kind.NUMBER)
    words, kind = _COLUMNS.get(name, (name.replace("_", " ").capitalize(), Kind.TEXT))
    return Column(name, words, kind)


def totalled(kpi: str) -> tuple[str, ...]:
    """The columns whose sums are numerator and denominator."""
    rule = RULES[kpi]
    if rule.combine in (Combine.MEDIAN, Combine.NINETIETH):
        return ()
    return tuple(name for name in (rule.numerator, rule.denominator) if name and name != ROWS)


def cell_words(column: Column, value: Any, *, zone: str, places: int = 0) -> str:
    """A cell as people read it; a number with at least so many decimals."""
    if value is None or value == "" or value == []:
        return "–"
    match column.kind:
        case Kind.NUMBER:
            return number_words(Decimal(value), places)
        case Kind.YES_NO:
            return "Yes" if value else "No"
        case Kind.DAY:
            day = date.fromisoformat(value)
            return f"{day.day} {day:%b %Y}"
        case Kind.MONTH:
            return f"{date.fromisoformat(value):%b %Y}"
        case Kind.INSTANT:
            local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
            return f"{local.day} {local:%b %Y, %H:%M}"
        case Kind.WORD:
            return str(value).replace("_", " ").capitalize()
    return ", ".join(value) if isinstance(value, list) else str(value)


def number_words(value: Decimal, least: int = 0) -> str:
    """At most two decimals, four for small shares, and at `least` so many; grouped; a true minus sign."""
    return f"{_shown(value):,.{max(least, places_of(value))}f}".replace("-", MINUS)


def places_of(value: Decimal) -> int:
    """How many decimals a number needs."""
    rounded = _shown(value)
    return 0 if rounded == rounded.to_integral_value() else _most_places(value)


def shared_places(values: Iterable[Decimal]) -> int:
    """The decimals of a column, so that its numbers stand under one another; a small share keeps more of its own."""
    return min(2, max((places_of(value) for value in values), default=0))


def _shown(value: Decimal) -> Decimal:
    """The number to the decimals that are ever shown of it."""
    return round_half_up(value, _most_places(value))


def _most_places(value: Decimal) -> int:
    return 4 if value and abs(value) < Decimal("0.1") else 2


def sort_key(column: Column, value: Any) -> tuple[bool, Any]:
    """Nothing sorts last, numbers by size, the rest by letters."""
    if value is None or value == "" or value == []:
        return True, Decimal(0) if column.is_number else ""
    if column.is_number:
        return False, Decimal(value)
    return False, (", ".join(value) if isinstance(value, list) else str(value)).casefold()
