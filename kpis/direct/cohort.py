"""KPIs of the clients that were there when the period opened, and of how long clients stay."""

from collections.abc import Callable
from decimal import Decimal

from kpis.direct.churn_window import Losses, list_months, months_back, pool
from kpis.direct.exact import Amount, to_common
from kpis.direct.movements import Kind
from kpis.direct.query import Figure, Query, SliceKey
from kpis.direct.slices import list_client_segments
from kpis.direct.tenure import list_tenures
from kpis.direct.waterfall import SliceFacts
from kpis.formulas.arithmetic import ZERO, share
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.kaplan_meier import median_tenure, restricted_mean
from kpis.formulas.rule_of_three import longer_than_months

ONE = Decimal(1)
FigureOf = Callable[[SliceFacts], Figure]


def _clients(key: str, facts: SliceFacts, counted: int) -> Figure:
    opening = len(facts.opening_clients)
    value = DEFINITIONS[key].formula(retained=len(facts.retained), opening_clients=opening)
    return _figure(key, Decimal(counted), Decimal(opening), opening, value)


def _figure(key: str, numerator: Decimal, denominator: Decimal, n: int, value: Decimal | None) -> Figure:
    reason = DEFINITIONS[key].empty_reason if value is None else None
    return Figure(numerator, denominator, n, value, reason=reason)


def _of_opening(key: str, facts: SliceFacts, amount: Amount, value: Decimal | None) -> Figure:
    """An amount out of the opening MRR."""
    return _figure(key, facts.money(amount), facts.money(facts.opening), len(facts.cohort), value)


def _client_retention_rate(facts: SliceFacts) -> Figure:
    return _clients("client_retention_rate", facts, len(facts.retained))


def _client_churn_rate(facts: SliceFacts) -> Figure:
    return _clients("client_churn_rate", facts, len(facts.opening_clients - facts.retained))


def _kept(key: str, facts: SliceFacts, numerator: Amount) -> Figure:
    kept, opening = to_common(facts.kept, facts.opening)
    value = DEFINITIONS[key].formula(kept_mrr=kept, opening_mrr=opening)
    return _of_opening(key, facts, numerator, value)


def _grr(facts: SliceFacts) -> Figure:
    return _kept("grr", facts, facts.kept)


def _revenue_churn_rate(facts: SliceFacts) -> Figure:
    return _kept("revenue_churn_rate", facts, facts.opening - facts.kept)


def _cohort_closing(key: str, facts: SliceFacts, numerator: Amount) -> Figure:
    closing, opening = to_common(facts.cohort_closing, facts.opening)
    value = DEFINITIONS[key].formula(cohort_closing_mrr=closing, opening_mrr=opening)
    return _of_opening(key, facts, numerator, value)


def _nrr(facts: SliceFacts) -> Figure:
    return _cohort_closing("nrr", facts, facts.cohort_closing)


def _net_revenue_churn_rate(facts: SliceFacts) -> Figure:
    return _cohort_closing("net_revenue_churn_rate", facts, facts.opening - facts.cohort_closing)


def _upsell_rate(facts: SliceFacts) -> Figure:
    buyers, prospects = len(facts.buyers[Kind.UPSELL]), len(facts.prospects)
    value = DEFINITIONS["upsell_rate"].formula(upsold_clients=buyers, opening_clients=prospects)
    return _with_either(facts, _figure("upsell_rate", Decimal(buyers), Decimal(prospects), prospects, value))


def _cross_sell_rate(facts: SliceFacts) -> Figure:
    buyers, prospects = len(facts.buyers[Kind.CROSS_SELL]), len(facts.prospects)
    value = DEFINITIONS["cross_sell_rate"].formula(cross_sold_clients=buyers, opening_clients=prospects)
    figure = _figure("cross_sell_rate", Decimal(buyers), Decimal(prospects), prospects, value)
    return _with_either(facts, figure)


def _with_either(facts: SliceFacts, figure: Figure) -> Figure:
    """Beside it the share of clients with upsell or cross-sell; a client with both counts once."""
    either = len(facts.buyers[Kind.UPSELL] | facts.buyers[Kind.CROSS_SELL])
    return figure._replace(extra={"expansion_client_rate": share(either, len(facts.prospects))})


def _upsell_cross_sell_revenue(facts: SliceFacts) -> Figure:
    upsell, cross_sell = facts.money(facts.sold[Kind.UPSELL]), facts.money(facts.sold[Kind.CROSS_SELL])
    value = DEFINITIONS["upsell_cross_sell_revenue"].formula(upsell=upsell, cross_sell=cross_sell)
    n = len(facts.buyers[Kind.UPSELL] | facts.buyers[Kind.CROSS_SELL])
    return Figure(value, None, n, value)


def _upsell_cross_sell_revenue_rate(facts: SliceFacts) -> Figure:
    key = "upsell_cross_sell_revenue_rate"
    sold = (facts.sold[Kind.UPSELL], facts.sold[Kind.CROSS_SELL])
    upsell, cross_sell, opening = to_common(*sold, facts.opening)
    value = DEFINITIONS[key].formula(upsell=upsell, cross_sell=cross_sell, opening_mrr=opening)
    return _of_opening(key, facts, sum(sold), value)


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


def lifetime_months(query: Query, losses: Losses) -> Figure:
    """Over the months of the period, of the slice whose losses these are."""
    if not query.months:
        return Figure(None, None, 0, None, reason="not_whole_months")
    value = DEFINITIONS["lifetime_months"].formula(lost=losses.lost, client_months=losses.client_months)
    return _with_bound(losses, value, Decimal(losses.client_months), Decimal(losses.lost))


def clv(query: Query, facts: SliceFacts, losses: Losses, earned: Decimal | None) -> Figure:
    """Lifetime value at the close, with the churn of the trailing window.

    `earned`: what the clients leave a month, where services have margins of their own; else None.
    """
    if not facts.paying:
        return Figure(None, None, losses.client_months, None, reason="no_clients")
    if earned is None:
        earned = facts.money(facts.closing) * Decimal(query.settings.gross_margin)
    paying = len(facts.paying)
    value = DEFINITIONS["clv"].formula(
        mrr=earned,
        paying_clients=paying,
        gross_margin=ONE,  # it is in what they leave already
        lost=losses.lost,
        client_months=losses.client_months,
    )
    return _with_bound(losses, value, earned / paying, share(losses.lost, losses.client_months) or ZERO)


def _with_bound(losses: Losses, value: Decimal | None, numerator: Decimal, denominator: Decimal) -> Figure:
    """While nobody has left, the lifetime is only known to be longer than a bound."""
    reason, extra = None, {}
    if value is None:
        reason = "no_churn" if losses.client_months else "no_opening_clients"
        extra = {"longer_than_months": longer_than_months(losses.client_months)}
    return Figure(numerator, denominator, losses.client_months, value, extra, reason=reason)


def load_losses(query: Query, months: int) -> dict[SliceKey, Losses]:
    """Losses per slice over so many months up to the cut end."""
    name = f"losses:{months}"
    if name not in query.memo:
        periods = months_back(query.cut_end, months)
        query.memo[name] = pool(list_months(query, periods, _churn_slice(query)))
    return query.memo[name]


def survival(query: Query, churn_key: SliceKey) -> dict[str, Decimal | None]:
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


def churn_keys(query: Query) -> dict[SliceKey, SliceKey]:
    """By client: the segment whose churn counts for it. Every other slice counts its own."""
    if query.by != "client":
        return {}
    if "segments" not in query.memo:
        query.memo["segments"] = list_client_segments()
    return query.memo["segments"]
