"""KPIs of the clients that were there when the period opened, and of how long clients stay."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from kpis.direct.churn_window import Losses, list_months, months_back, pool
from kpis.direct.exact import to_common, to_decimal
from kpis.direct.movements import Kind
from kpis.direct.query import Figure, Query, SliceKey
from kpis.direct.slices import list_client_segments
from kpis.direct.tenure import list_tenures
from kpis.direct.waterfall import SliceFacts
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.kaplan_meier import median_tenure, restricted_mean
from kpis.formulas.rule_of_three import longer_than_months

FigureOf = Callable[[SliceFacts], Figure]


def _clients(key: str, facts: SliceFacts, counted: int) -> Figure:
    opening = len(facts.opening_clients)
    value = DEFINITIONS[key].formula(retained=len(facts.retained), opening_clients=opening)
    return _figure(key, Fraction(counted), Fraction(opening), opening, value)


def _figure(key: str, numerator: Fraction, denominator: Fraction, n: int, value) -> Figure:
    reason = DEFINITIONS[key].empty_reason if value is None else None
    return Figure(to_decimal(numerator), to_decimal(denominator), n, value, reason=reason)


def _client_retention_rate(facts: SliceFacts) -> Figure:
    return _clients("client_retention_rate", facts, len(facts.retained))


def _client_churn_rate(facts: SliceFacts) -> Figure:
    return _clients("client_churn_rate", facts, len(facts.opening_clients - facts.retained))


def _kept(key: str, facts: SliceFacts, numerator: Fraction) -> Figure:
    kept, opening = to_common(facts.kept, facts.opening)
    value = DEFINITIONS[key].formula(kept_mrr=kept, opening_mrr=opening)
    return _figure(key, numerator, facts.opening, len(facts.cohort), value)


def _grr(facts: SliceFacts) -> Figure:
    return _kept("grr", facts, facts.kept)


def _revenue_churn_rate(facts: SliceFacts) -> Figure:
    return _kept("revenue_churn_rate", facts, facts.opening - facts.kept)


def _cohort_closing(key: str, facts: SliceFacts, numerator: Fraction) -> Figure:
    closing, opening = to_common(facts.cohort_closing, facts.opening)
    value = DEFINITIONS[key].formula(cohort_closing_mrr=closing, opening_mrr=opening)
    return _figure(key, numerator, facts.opening, len(facts.cohort), value)


def _nrr(facts: SliceFacts) -> Figure:
    return _cohort_closing("nrr", facts, facts.cohort_closing)


def _net_revenue_churn_rate(facts: SliceFacts) -> Figure:
    return _cohort_closing("net_revenue_churn_rate", facts, facts.opening - facts.cohort_closing)


def _upsell_rate(facts: SliceFacts) -> Figure:
    buyers, prospects = len(facts.buyers[Kind.UPSELL]), len(facts.prospects)
    value = DEFINITIONS["upsell_rate"].formula(upsold_clients=buyers, opening_clients=prospects)
    return _figure("upsell_rate", Fraction(buyers), Fraction(prospects), prospects, value)


def _cross_sell_rate(facts: SliceFacts) -> Figure:
    buyers, prospects = len(facts.buyers[Kind.CROSS_SELL]), len(facts.prospects)
    value = DEFINITIONS["cross_sell_rate"].formula(cross_sold_clients=buyers, opening_clients=prospects)
    return _figure("cross_sell_rate", Fraction(buyers), Fraction(prospects), prospects, value)


def _upsell_cross_sell_revenue(facts: SliceFacts) -> Figure:
    upsell, cross_sell = to_decimal(facts.sold[Kind.UPSELL]), to_decimal(facts.sold[Kind.CROSS_SELL])
    value = DEFINITIONS["upsell_cross_sell_revenue"].formula(upsell=upsell, cross_sell=cross_sell)
    n = len(facts.buyers[Kind.UPSELL] | facts.buyers[Kind.CROSS_SELL])
    return Figure(value, None, n, value)


def _upsell_cross_sell_revenue_rate(facts: SliceFacts) -> Figure:
    key = "upsell_cross_sell_revenue_rate"
    sold = (facts.sold[Kind.UPSELL], facts.sold[Kind.CROSS_SELL])
    upsell, cross_sell, opening = to_common(*sold, facts.opening)
    value = DEFINITIONS[key].formula(upsell=upsell, cross_sell=cross_sell, opening_mrr=opening)
    return _figure(key, sum(sold, Fraction(0)), facts.opening, len(facts.cohort), value)


FIGURES: dict[str, FigureOf] = {
    "client_retention_rate": _client_retention_rate,
    "client_churn_rate": _client_churn_rate,
    "revenue_churn_rate": _revenue_churn_rate,
    "net_revenue_churn_rate": _net_revenue_churn_rate,
    "grr": _grr,
    "nrr": _nrr,
    "upsell_rate": _upsell_rate,
    "cross_sell_rate": _cross_sell_rate,
    "upsell_cross_sell_revenue": _upsell_cross_sell_revenue,
    "upsell_cross_sell_revenue_rate": _upsell_cross_sell_revenue_rate,
}


def load_losses(query: Query, months: int) -> dict[SliceKey, Losses]:
    """Losses per slice over so many months up to the cut end."""
    name = f"losses:{months}"
    if name not in query.memo:
        periods = months_back(query.cut_end, months)
        query.memo[name] = pool(list_months(query, periods, _churn_slice(query)))
    return query.memo[name]


def lifetime_months(query: Query, churn_key: SliceKey) -> Figure:
    """Of the slice whose churn counts, over the months of the period."""
    if not query.months:
        return Figure(None, None, 0, None, reason="not_whole_months")
    losses = load_losses(query, query.months).get(churn_key, Losses())
    value = DEFINITIONS["lifetime_months"].formula(lost=losses.lost, client_months=losses.client_months)
    return _with_bound(losses, value, Fraction(losses.client_months), Fraction(losses.lost))


def clv(query: Query, facts: SliceFacts, churn_key: SliceKey) -> Figure:
    """Lifetime value at the close, with the churn of the trailing window."""
    losses = load_losses(query, query.settings.clv_window_months).get(churn_key, Losses())
    margin = Fraction(query.settings.gross_margin)
    if not facts.paying:
        return Figure(None, None, losses.client_months, None, reason="no_clients")
    value = DEFINITIONS["clv"].formula(
        mrr=to_decimal(facts.closing),
        paying_clients=len(facts.paying),
        gross_margin=to_decimal(margin),
        lost=losses.lost,
        client_months=losses.client_months,
    )
    churn = Fraction(losses.lost, losses.client_months) if losses.client_months else Fraction(0)
    figure = _with_bound(losses, value, facts.closing * margin / len(facts.paying), churn)
    return replace(figure, extra=figure.extra | _survival(query, churn_key))


def _survival(query: Query, churn_key: SliceKey) -> dict[str, Decimal | None]:
    """Months that clients stay by the Kaplan-Meier estimate, those still here censored."""
    if query.by == "service":
        return {}
    if "tenures" not in query.memo:
        query.memo["tenures"] = list_tenures(query, _churn_slice(query))
    tenures = query.memo["tenures"].get(churn_key, [])
    return {"median_tenure": median_tenure(tenures), "restricted_mean": restricted_mean(tenures)}


def _churn_slice(query: Query) -> str:
    """A client's churn is that of its segment."""
    return "segment" if query.by == "client" else query.by


def _with_bound(losses: Losses, value, numerator: Fraction, denominator: Fraction) -> Figure:
    """While nobody has left, the lifetime is only known to be longer than a bound."""
    reason, extra = None, {}
    if value is None:
        reason = "no_churn" if losses.client_months else "no_opening_clients"
        extra = {"longer_than_months": longer_than_months(losses.client_months)}
    n = losses.client_months
    return Figure(to_decimal(numerator), to_decimal(denominator), n, value, extra, reason=reason)


def churn_keys(query: Query) -> dict[SliceKey, SliceKey]:
    """By client: the segment whose churn counts for it. Every other slice counts its own."""
    if query.by != "client":
        return {}
    if "segments" not in query.memo:
        query.memo["segments"] = list_client_segments()
    return query.memo["segments"]
