"""How the rows behind each number add up to it, and how that is said: one rule per KPI. Pure.

A page shows the totals of the rule's columns under its rows; a test holds every KPI to its rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kpis.direct.exact import CONTEXT
from kpis.formulas.percentile import percentile

ROWS = "#"  # not a column: the number of rows


class Combine(StrEnum):
    """How the totals become the value."""

    SUM = "sum"
    RATIO = "ratio"
    SCORE = "score"  # 100 x ratio
    MEDIAN = "median"
    NINETIETH = "ninetieth"
    GROWTH = "growth"  # compound growth a month


class Kind(StrEnum):
    """How a total is written."""

    COUNT = "count"
    MONEY = "money"
    HOURS = "hours"
    NUMBER = "number"
    SHARE = "share"


@dataclass(frozen=True)
class Rule:
    """Columns whose sums are numerator and denominator; the value itself is the sum of `numerator` for SUM.

    `sentence` has {numerator}, {denominator}, {n}, {value}, {opening} and {closing} (days) in it.
    """

    sentence: str
    numerator: str = "numerator"
    denominator: str | None = "denominator"
    combine: Combine = Combine.RATIO
    kind: Kind = Kind.COUNT
    denominator_kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Totals:
    """What the rows add up to."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None


def _money(sentence: str, column: str) -> Rule:
    return Rule(sentence, column, None, Combine.SUM, Kind.MONEY)


def _count(sentence: str, column: str = ROWS) -> Rule:
    return Rule(sentence, column, None, Combine.SUM)


def _rate(sentence: str, numerator: str) -> Rule:
    return Rule(sentence, numerator, "opening_mrr", kind=Kind.MONEY, denominator_kind=Kind.MONEY)


def _hours(sentence: str, combine: Combine) -> Rule:
    return Rule(sentence, "hours", None, combine, Kind.HOURS)


RULES: dict[str, Rule] = {
    "client_retention_rate": Rule(
        "{numerator} of {denominator} clients that were there when {opening} began are still clients at the close "
        "of {closing}",
        "is_retained",
        ROWS,
    ),
    "client_churn_rate": Rule(
        "{numerator} of {denominator} clients that were there when {opening} began are no clients at the close of "
        "{closing}",
        "is_lost",
        ROWS,
    ),
    "revenue_churn_rate": _rate(
        "Of {denominator} a month when {opening} began, clients took away {numerator}", "lost_mrr"
    ),
    "net_revenue_churn_rate": _rate(
        "Of {denominator} a month when {opening} began, {numerator} is gone after all growth of the same clients",
        "net_loss",
    ),
    "grr": _rate("Of {denominator} a month when {opening} began, {numerator} was kept", "kept_mrr"),
    "nrr": _rate(
        "The clients that paid {denominator} a month when {opening} began pay {numerator} at the close of {closing}",
        "closing_mrr",
    ),
    "mrr": _money("{n} paying clients come to {value} a month at the close of {closing}", "mrr"),
    "opening_mrr": _money("{n} paying clients came to {value} a month when {opening} began", "mrr"),
    "arr": _money("Twelve times the monthly amounts of {n} paying clients is {value}", "arr"),
    "arpa": Rule("{numerator} a month from {denominator} paying clients", "mrr", ROWS, kind=Kind.MONEY),
    "opening_clients": _count("{value} clients were there when {opening} began"),
    "closing_clients": _count("{value} clients are there at the close of {closing}"),
    "lost_clients": _count("{value} of {n} clients of the opening are no clients at the close of {closing}"),
    "new_mrr": _money("{n} clients with their first revenue ever bring {value} a month", "amount"),
    "reactivation_mrr": _money("{n} clients that came back bring {value} a month", "amount"),
    "upsell_mrr": _money("{n} clients take more of what they had: {value} a month", "amount"),
    "cross_sell_mrr": _money("{n} clients take a service they did not have: {value} a month", "amount"),
    "price_change_mrr": _money("Price changes of {n} clients come to {value} a month", "amount"),
    "expansion_mrr": _money("{n} clients grew by {value} a month", "amount"),
    "contraction_mrr": _money("{n} clients that stayed took away {value} a month", "amount"),
    "churned_mrr": _money("{n} clients left with {value} a month", "amount"),
    "net_new_mrr": _money("All movements of {n} clients come to {value} a month", "amount"),
    "fx_effect": _money("Exchange rates moved the revenue of {n} clients by {value} a month", "amount"),
    "mrr_growth_rate": Rule(
        "{denominator} a month when {opening} began changed by {numerator}",
        "amount",
        "opening_mrr",
        kind=Kind.MONEY,
        denominator_kind=Kind.MONEY,
    ),
    "cmgr": Rule(
        "{denominator} a month when {opening} began changed by {numerator}; the even rate a month that leads there",
        "amount",
        "opening_mrr",
        Combine.GROWTH,
        Kind.MONEY,
        Kind.MONEY,
    ),
    "quick_ratio": Rule(
        "{numerator} gained against {denominator} lost",
        "gained",
        "lost",
        kind=Kind.MONEY,
        denominator_kind=Kind.MONEY,
    ),
    "clv": Rule(
        "{numerator} a month and client after its margin, of whom {denominator} leave in a month",
        "share_of_revenue",
        "share_of_churn",
        kind=Kind.MONEY,
        denominator_kind=Kind.SHARE,
    ),
    "lifetime_months": Rule(
        "{numerator} client-months at risk, in which {denominator} clients left",
        "opening_clients",
        "lost_clients",
    ),
    "upsell_rate": Rule(
        "{numerator} of {denominator} clients with revenue when {opening} began took more of what they had",
        "is_buyer",
        ROWS,
    ),
    "cross_sell_rate": Rule(
        "{numerator} of {denominator} clients with revenue when {opening} began took another service",
        "is_buyer",
        ROWS,
    ),
    "project_cross_sell_rate": Rule(
        "{numerator} of {denominator} clients with revenue when {opening} began bought a one-off project",
        "is_buyer",
        ROWS,
    ),
    "upsell_cross_sell_revenue": _money("{n} clients of the opening bought {value} a month more", "amount"),
    "upsell_cross_sell_revenue_rate": _rate(
        "The clients that paid {denominator} a month when {opening} began bought {numerator} more", "amount"
    ),
    "nps": Rule(
        "Promoters (9, 10) less detractors (0 to 6) are {numerator}, of {denominator} respondents",
        combine=Combine.SCORE,
    ),
    "csat": Rule("{numerator} of {denominator} answers are satisfied ones"),
    "survey_response_rate": Rule("{numerator} of {denominator} invitations were answered"),
    "first_response_hours": _hours("Half of {n} first replies came within {value}", Combine.MEDIAN),
    "first_response_hours_p90": _hours(
        "Nine of ten of {n} first replies came within {value}", Combine.NINETIETH
    ),
    "first_response_hours_mean": Rule(
        "{denominator} first replies took {numerator} together", kind=Kind.HOURS
    ),
    "reply_hours": _hours("Half of {n} replies came within {value}", Combine.MEDIAN),
    "sla_attainment": Rule("{numerator} of {denominator} waits ended within their target"),
    "sla_breached": _count("{value} of {n} waits took longer than their target", "numerator"),
    "sla_pending": _count("{value} of {n} waits are open and within their target", "numerator"),
    "fcr": Rule("{numerator} of {denominator} requests were resolved at the first contact"),
    "touchpoints_per_client_month": Rule("{numerator} conversations in {denominator} client-months"),
    "touchpoint_coverage": Rule("{numerator} of {denominator} client-months had enough conversations"),
    "proposal_conversion_rate": Rule("{numerator} of {denominator} decided proposals were won"),
    "proposal_conversion_value_rate": Rule(
        "{numerator} won of {denominator} decided", kind=Kind.MONEY, denominator_kind=Kind.MONEY
    ),
    "on_time_delivery_rate": Rule("{numerator} of {denominator} deliverables that were due came in time"),
    "referral_rate": Rule("{numerator} of {denominator} active clients made a referral in twelve months"),
    "referral_share_of_new_clients": Rule("{numerator} of {denominator} new clients came by a referral"),
    "testimonials": _count("{value} usable testimonials were received", "numerator"),
    "am_workload": Rule(
        "{numerator} clients for {denominator}: account managers on one day, or days of their daily load",
        kind=Kind.NUMBER,
    ),
    "weighted_load": Rule(
        "Clients that weigh {numerator} together for {denominator}: account managers on one day, or days of their "
        "daily load",
        kind=Kind.NUMBER,
    ),
    "am_confidence": Rule("{denominator} ratings add up to {numerator}", kind=Kind.NUMBER),
}


def add_up(kpi: str, rows: Iterable[Mapping[str, Any]], *, months: int | None = None) -> Totals:
    """What the rows of a KPI come to by its rule; `months` is the period's length, for compound growth."""
    rule, listed = RULES[kpi], list(rows)
    if rule.combine in (Combine.MEDIAN, Combine.NINETIETH):
        hours = [number(row[rule.numerator]) for row in listed]
        share = Decimal("0.5") if rule.combine == Combine.MEDIAN else Decimal("0.9")
        return Totals(None, None, percentile(hours, share) if hours else None)
    numerator = sum_of(rule.numerator, listed)
    if rule.denominator is None:
        return Totals(numerator, None, numerator)
    denominator = sum_of(rule.denominator, listed)
    return Totals(numerator, denominator, _value(rule.combine, numerator, denominator, months))


def sum_of(column: str, rows: Iterable[Mapping[str, Any]]) -> Decimal:
    """The sum of a column; of ROWS their number."""
    if column == ROWS:
        return Decimal(sum(1 for _ in rows))
    total = Decimal(0)
    for row in rows:
        total = CONTEXT.add(total, number(row.get(column)))
    return total


def number(value: Any) -> Decimal:
    """A cell as a number: nothing is 0, yes is 1."""
    if isinstance(value, bool):
        return Decimal(int(value))
    return Decimal(0) if value in (None, "") else Decimal(value)


def _value(combine: Combine, numerator: Decimal, denominator: Decimal, months: int | None) -> Decimal | None:
    if not denominator:
        return None
    ratio = CONTEXT.divide(numerator, denominator)
    if combine == Combine.SCORE:
        return ratio * 100
    if combine == Combine.GROWTH:
        if not months:
            return None
        return CONTEXT.power(1 + ratio, CONTEXT.divide(Decimal(1), Decimal(months))) - 1
    return ratio
