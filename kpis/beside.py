"""What stands beside a number on its page: the second figures that its definition names, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agencyam.money import round_half_up
from kpis.direct.projects import sold_to_opening
from kpis.display import format_money_words, with_minus
from kpis.engine import Result
from kpis.formulas.rate_conversion import convert_churn
from kpis.words import Words

_YEAR = 12


class _Unit(StrEnum):
    SHARE = "share"
    MONEY = "money"
    MONTHS = "months"
    NUMBER = "number"  # one decimal
    COUNT = "count"
    POINTS = "points"


@dataclass(frozen=True)
class _Note:
    """How one of a figure's notes is told; `is_rare`: only where there is any."""

    words: str
    unit: _Unit = _Unit.COUNT
    is_rare: bool = False


# By the name that both routes give it, in the order in which it is told.
_NOTES = {
    "growth_constant_currency": _Note("Without exchange rates", _Unit.SHARE),
    "transfer_in": _Note("Moved in from other slices, in neither sum", _Unit.MONEY, is_rare=True),
    "transfer_out": _Note("Moved out to other slices, in neither sum", _Unit.MONEY, is_rare=True),
    "expansion_client_rate": _Note("Clients with upsell or cross-sell", _Unit.SHARE),
    "longer_than_months": _Note("Nobody left: they stay longer than", _Unit.MONTHS),
    "median_tenure": _Note("Half of all clients stay longer than (Kaplan-Meier)", _Unit.MONTHS),
    "restricted_mean": _Note("Mean stay within the first 60 months (Kaplan-Meier)", _Unit.MONTHS),
    "promoters": _Note("Promoters, 9 and 10"),
    "passives": _Note("Passives, 7 and 8"),
    "detractors": _Note("Detractors, 0 to 6"),
    "nps_by_client": _Note("Score by client, each by the mean of its answers", _Unit.POINTS),
    "pending": _Note("Not answered yet, still in time"),
    "no_reply_needed": _Note("Marked as needing no reply, left out"),
    "clock_skewed": _Note("Replies dated before the message, counted as 0 h", is_rare=True),
    "provisional": _Note("Resolved too recently to be sure", is_rare=True),
    "upstream": _Note("Upstream: about the client's business and plans"),
    "downstream": _Note("Downstream: about delivery"),
    "overserved": _Note("Client-months with more than enough", _Unit.SHARE),
    "won": _Note("Won"),
    "lost": _Note("Lost"),
    "expired": _Note("Expired without an answer"),
    "without_amount": _Note("Without an amount, left out", is_rare=True),
    "late_by_client": _Note("Late because of the client", is_rare=True),
    "without_client_delays": _Note("Without what the client delayed", _Unit.SHARE),
    "referrals": _Note("Referrals that they made"),
    "per_fte": _Note("Clients per full-time post", _Unit.NUMBER),
    "confident": _Note("Rated 7 or more", _Unit.SHARE),
}


@dataclass(frozen=True)
class Beside:
    """A second figure: what it is, and how much."""

    words: str
    value: str


def list_beside(result: Result, rows: Sequence[Mapping[str, Any]], words: Words) -> list[Beside]:
    """The second figures of a result with these rows: those that both routes tell, and those of the page alone."""
    extra = result.figure.extra
    told = [
        Beside(note.words, _written(extra[name], note.unit, words))
        for name, note in _NOTES.items()
        if extra.get(name) is not None and (extra[name] or not note.is_rare)
    ]
    if "late_by_client" in extra and not extra["late_by_client"]:
        told = [each for each in told if each.words != _NOTES["without_client_delays"].words]
    return [*_annualised(result, words), *_losses(result, rows, words), *told, *_projects(result, words)]


def _annualised(result: Result, words: Words) -> list[Beside]:
    """What the churn of a shorter or longer period would be in a year."""
    months, value = result.query.months, result.value
    if result.kpi != "client_churn_rate" or value is None or not months or months == _YEAR:
        return []
    if result.query.is_partial:
        return []
    yearly = convert_churn(value, months=months, to_months=_YEAR)
    return [Beside("At this pace in a year", _written(yearly, _Unit.SHARE, words))]


def _losses(result: Result, rows: Sequence[Mapping[str, Any]], words: Words) -> list[Beside]:
    """Lost revenue as that of clients that left, and of those that pay less or pause."""
    opening = result.figure.denominator
    if result.kpi != "revenue_churn_rate" or not opening:
        return []
    parts = (("Clients that left", True), ("Reductions of clients that stayed", False))
    lost = {
        is_lost: sum((Decimal(row["lost_mrr"]) for row in rows if row["is_lost"] == is_lost), Decimal(0))
        for _words, is_lost in parts
    }
    return [Beside(part, _written(lost[is_lost] / opening, _Unit.SHARE, words)) for part, is_lost in parts]


def _projects(result: Result, words: Words) -> list[Beside]:
    """One-off projects beside the revenue that comes every month."""
    if result.kpi not in ("upsell_cross_sell_revenue", "upsell_cross_sell_revenue_rate"):
        return []
    if result.value is None:
        return []
    sold = sold_to_opening(result.query, result.key)
    told = "an exchange rate is missing" if sold is None else _written(sold, _Unit.MONEY, words)
    return [Beside("One-off projects sold to the same clients", told)]


def _written(value: Any, unit: _Unit, words: Words) -> str:
    amount = Decimal(value)
    match unit:
        case _Unit.SHARE:
            return f"{_number(amount * 100, 1)}%"
        case _Unit.MONEY:
            return format_money_words(amount, words.currency, words.locale)
        case _Unit.MONTHS:
            return f"{_number(amount, 1)} months"
        case _Unit.NUMBER:
            return _number(amount, 1)
    return _number(amount, 0)


def _number(value: Decimal, places: int) -> str:
    rounded = round_half_up(value, places)
    return with_minus(f"{rounded if rounded else abs(rounded):,.{places}f}")
