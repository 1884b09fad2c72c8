"""KPIs of the recurring revenue itself: where it stands and how it moved."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from kpis.direct.exact import to_common, to_decimal
from kpis.direct.ledger import NOTHING
from kpis.direct.movements import GROWTH, MOVEMENTS, Kind
from kpis.direct.query import Figure
from kpis.direct.waterfall import SliceFacts
from kpis.formulas.catalogue import DEFINITIONS

FigureOf = Callable[[SliceFacts], Figure]


def _amount(value: Decimal | None, n: int, **extra: Decimal) -> Figure:
    return Figure(value, None, n, value, extra)


def _mrr(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["mrr"].formula(client_mrrs=[to_decimal(facts.closing)])
    return _amount(value, len(facts.paying))


def _opening_mrr(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["opening_mrr"].formula(client_mrrs=[to_decimal(facts.opening)])
    return _amount(value, len(facts.cohort))


def _arr(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["arr"].formula(mrr=to_decimal(facts.closing))
    return _amount(value, len(facts.paying))


def _arpa(facts: SliceFacts) -> Figure:
    paying = len(facts.paying)
    value = DEFINITIONS["arpa"].formula(mrr=to_decimal(facts.closing), paying_clients=paying)
    reason = None if paying else "no_clients"
    return Figure(to_decimal(facts.closing), Decimal(paying), paying, value, reason=reason)


def _opening_clients(facts: SliceFacts) -> Figure:
    count = len(facts.opening_clients)
    return _amount(DEFINITIONS["opening_clients"].formula(clients=count), count)


def _closing_clients(facts: SliceFacts) -> Figure:
    count = len(facts.closing_clients)
    return _amount(DEFINITIONS["closing_clients"].formula(clients=count), count)


def _lost_clients(facts: SliceFacts) -> Figure:
    opening = len(facts.opening_clients)
    value = DEFINITIONS["lost_clients"].formula(retained=len(facts.retained), opening_clients=opening)
    return _amount(value, opening)


def _movement(key: str, kind: Kind, sign: int = 1) -> FigureOf:
    def figure(facts: SliceFacts) -> Figure:
        value = DEFINITIONS[key].formula(amounts=[to_decimal(sign * facts.moved[kind])])
        return _amount(value, len(facts.movers[kind]))

    return figure


def _gained(facts: SliceFacts) -> Fraction:
    return sum((facts.moved[kind] for kind in GROWTH), NOTHING)


def _reduced(facts: SliceFacts) -> Fraction:
    return -facts.moved[Kind.CONTRACTION] - facts.moved[Kind.PAUSE]


def _movers(facts: SliceFacts, kinds: tuple[Kind, ...]) -> int:
    return len(set().union(*(facts.movers[kind] for kind in kinds)))


def _expansion_mrr(facts: SliceFacts) -> Figure:
    parts = {kind.value: to_decimal(facts.moved[kind]) for kind in GROWTH}
    return _amount(DEFINITIONS["expansion_mrr"].formula(**parts), _movers(facts, GROWTH))


def _contraction_mrr(facts: SliceFacts) -> Figure:
    contraction, pause = to_decimal(-facts.moved[Kind.CONTRACTION]), to_decimal(-facts.moved[Kind.PAUSE])
    value = DEFINITIONS["contraction_mrr"].formula(contraction=contraction, pause=pause)
    return _amount(value, _movers(facts, (Kind.CONTRACTION, Kind.PAUSE)))


def _parts(facts: SliceFacts) -> dict[str, Fraction]:
    """The five sides of the waterfall; losses are positive."""
    return {
        "new": facts.moved[Kind.NEW],
        "reactivation": facts.moved[Kind.REACTIVATION],
        "expansion": _gained(facts),
        "contraction": _reduced(facts),
        "churned": -facts.moved[Kind.CHURN],
    }


def _net_new_mrr(facts: SliceFacts) -> Figure:
    parts = {name: to_decimal(amount) for name, amount in _parts(facts).items()}
    moves = {
        "transfer_in": to_decimal(facts.moved[Kind.TRANSFER_IN]),
        "transfer_out": to_decimal(-facts.moved[Kind.TRANSFER_OUT]),
    }
    return _amount(DEFINITIONS["net_new_mrr"].formula(**parts), _movers(facts, MOVEMENTS), **moves)


def _fx_effect(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["fx_effect"].formula(
        opening_mrr=to_decimal(facts.opening),
        closing_mrr=to_decimal(facts.closing),
        net_new_mrr=to_decimal(facts.net_new),
        transfers=to_decimal(facts.transfers),
    )
    return _amount(value, len(facts.movers[Kind.FX]))


def _quick_ratio(facts: SliceFacts) -> Figure:
    parts = _parts(facts)
    whole = dict(zip(parts, to_common(*parts.values()), strict=True))
    value = DEFINITIONS["quick_ratio"].formula(**whole)
    gains = parts["new"] + parts["reactivation"] + parts["expansion"]
    losses = parts["contraction"] + parts["churned"]
    reason = None if losses else "no_losses"
    return Figure(to_decimal(gains), to_decimal(losses), _movers(facts, MOVEMENTS), value, reason=reason)


def growth(key: str, facts: SliceFacts, **more) -> Figure:
    """`mrr_growth_rate`, or `cmgr` with the months; beside it the growth without exchange rates."""
    opening, closing = to_common(facts.opening, facts.closing)
    value = DEFINITIONS[key].formula(opening_mrr=opening, closing_mrr=closing, **more)
    extra = {}
    if facts.opening:
        steady = facts.closing - facts.opening - facts.moved[Kind.FX]
        extra["growth_constant_currency"] = to_decimal(steady / facts.opening)
    numerator = to_decimal(facts.closing - facts.opening)
    reason = None
    if value is None:
        reason = "not_whole_months" if facts.opening > NOTHING else "no_opening_mrr"
    return Figure(numerator, to_decimal(facts.opening), len(facts.cohort), value, extra, reason=reason)


FIGURES: dict[str, FigureOf] = {
    "mrr": _mrr,
    "opening_mrr": _opening_mrr,
    "arr": _arr,
    "arpa": _arpa,
    "opening_clients": _opening_clients,
    "closing_clients": _closing_clients,
    "lost_clients": _lost_clients,
    "new_mrr": _movement("new_mrr", Kind.NEW),
    "reactivation_mrr": _movement("reactivation_mrr", Kind.REACTIVATION),
    "upsell_mrr": _movement("upsell_mrr", Kind.UPSELL),
    "cross_sell_mrr": _movement("cross_sell_mrr", Kind.CROSS_SELL),
    "price_change_mrr": _movement("price_change_mrr", Kind.PRICE_CHANGE),
    "expansion_mrr": _expansion_mrr,
    "contraction_mrr": _contraction_mrr,
    "churned_mrr": _movement("churned_mrr", Kind.CHURN, -1),
    "net_new_mrr": _net_new_mrr,
    "fx_effect": _fx_effect,
    "quick_ratio": _quick_ratio,
}
