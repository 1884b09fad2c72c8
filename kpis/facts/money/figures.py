"""Lifetime and lifetime value from pooled losses; every other figure is that of the direct route."""

from decimal import Decimal
from fractions import Fraction

from kpis.direct.churn_window import Losses
from kpis.direct.exact import to_decimal
from kpis.direct.query import Figure, Query
from kpis.direct.waterfall import SliceFacts
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.rule_of_three import longer_than_months


def lifetime_months(query: Query, losses: Losses) -> Figure:
    """Over the months of the period."""
    if not query.months:
        return Figure(None, None, 0, None, reason="not_whole_months")
    value = DEFINITIONS["lifetime_months"].formula(lost=losses.lost, client_months=losses.client_months)
    return _with_bound(losses, value, Fraction(losses.client_months), Fraction(losses.lost))


def clv(query: Query, facts: SliceFacts, losses: Losses) -> Figure:
    """At the close, with the churn of the trailing window. Without survival estimates beside it."""
    if not facts.paying:
        return Figure(None, None, losses.client_months, None, reason="no_clients")
    margin = Fraction(query.settings.gross_margin)
    value = DEFINITIONS["clv"].formula(
        mrr=to_decimal(facts.closing),
        paying_clients=len(facts.paying),
        gross_margin=to_decimal(margin),
        lost=losses.lost,
        client_months=losses.client_months,
    )
    churn = Fraction(losses.lost, losses.client_months) if losses.client_months else Fraction(0)
    return _with_bound(losses, value, facts.closing * margin / len(facts.paying), churn)


def _with_bound(losses: Losses, value: Decimal | None, numerator: Fraction, denominator: Fraction) -> Figure:
    """While nobody has left, the lifetime is only known to be longer than a bound."""
    reason, extra = None, {}
    if value is None:
        reason = "no_churn" if losses.client_months else "no_opening_clients"
        extra = {"longer_than_months": longer_than_months(losses.client_months)}
    n = losses.client_months
    return Figure(to_decimal(numerator), to_decimal(denominator), n, value, extra, reason=reason)
