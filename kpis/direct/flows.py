"""KPIs of the recurring revenue itself: where it stands and how it moved."""

from collections.abc import Callable
from decimal import Decimal

from kpis.direct.exact import CONTEXT, Amount, to_common
from kpis.direct.movements import GROWTH, MOVEMENTS, Kind
from kpis.direct.query import Figure
from kpis.direct.waterfall import SliceFacts
from kpis.formulas.catalogue import DEFINITIONS

FigureOf = Callable[[SliceFacts], Figure]


def _amount(value: Decimal | None, n: int, **extra: Decimal) -> Figure:
    return Figure(value, None, n, value, extra)


# Of a kind of movement that did not occur.
_NONE = _amount(Decimal(0), 0)


def _mrr(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["mrr"].formula(client_mrrs=[facts.money(facts.closing)])
    return _amount(value, len(facts.paying))


def _opening_mrr(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["opening_mrr"].formula(client_mrrs=[facts.money(facts.opening)])
    return _amount(value, len(facts.cohort))


def _arr(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["arr"].formula(mrr=facts.money(facts.closing))
    return _amount(value, len(facts.paying))


def _arpa(facts: SliceFacts) -> Figure:
    paying = len(facts.paying)
    value = DEFINITIONS["arpa"].formula(mrr=facts.money(facts.closing), paying_clients=paying)
    reason = None if paying else "no_clients"
    return Figure(facts.money(facts.closing), Decimal(paying), paying, value, reason=reason)


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
        if kind not in facts.movers:
            return _NONE
        value = DEFINITIONS[key].formula(amounts=[facts.money(sign * facts.moved[kind])])
        return _amount(value, len(facts.movers[kind]))

    return figure


def _gained(facts: SliceFacts) -> Amount:
    return sum(facts.moved[kind] for kind in GROWTH)


def _reduced(facts: SliceFacts) -> Amount:
    return -facts.moved[Kind.CONTRACTION] - facts.moved[Kind.PAUSE]


def _movers(facts: SliceFacts, kinds: tuple[Kind, ...]) -> int:
    return len(set().union(*(facts.movers[kind] for kind in kinds)))


def _expansion_mrr(facts: SliceFacts) -> Figure:
    parts = {kind.value: facts.money(facts.moved[kind]) for kind in GROWTH}
    return _amount(DEFINITIONS["expansion_mrr"].formula(**parts), _movers(facts, GROWTH))


def _contraction_mrr(facts: SliceFacts) -> Figure:
    contraction, pause = facts.money(-facts.moved[Kind.CONTRACTION]), facts.money(-facts.moved[Kind.PAUSE])
    value = DEFINITIONS["contraction_mrr"].formula(contraction=contraction, pause=pause)
    return _amount(value, _movers(facts, (Kind.CONTRACTION, Kind.PAUSE)))


def _parts(facts: SliceFacts) -> dict[str, Amount]:
    """The five sides of the waterfall; losses are positive."""
    return {
        "new": facts.moved[Kind.NEW],
        "reactivation": facts.moved[Kind.REACTIVATION],
        "expansion": _gained(facts),
        "contraction": _reduced(facts),
        "churned": -facts.moved[Kind.CHURN],
    }


def _net_new_mrr(facts: SliceFacts) -> Figure:
    parts = {name: facts.money(amount) for name, amount in _parts(facts).items()}
    moves = {
        "transfer_in": facts.money(facts.moved[Kind.TRANSFER_IN]),
        "transfer_out": facts.money(-facts.moved[Kind.TRANSFER_OUT]),
    }
    return _amount(DEFINITIONS["net_new_mrr"].formula(**parts), _movers(facts, MOVEMENTS), **moves)


def _fx_effect(facts: SliceFacts) -> Figure:
    value = DEFINITIONS["fx_effect"].formula(
        opening_mrr=facts.money(facts.opening),
        closing_mrr=facts.money(facts.closing),
        net_new_mrr=facts.money(facts.net_new),
        transfers=facts.money(facts.transfers),
    )
    return _amount(value, len(facts.movers[Kind.FX]))


def _quick_ratio(facts: SliceFacts) -> Figure:
    parts = _parts(facts)
    whole = dict(zip(parts, to_common(*parts.values()), strict=True))
    value = DEFINITIONS["quick_ratio"].formula(**whole)
    gains = parts["new"] + parts["reactivation"] + parts["expansion"]
    losses = parts["contraction"] + parts["churned"]
    reason = None if losses else "no_losses"
    return Figure(facts.money(gains), facts.money(losses), _movers(facts, MOVEMENTS), value, reason=reason)


def growth(key: str, facts: SliceFacts, **more) -> Figure:
    """`mrr_growth_rate`, or `cmgr` with the months; beside it the growth without exchange rates."""
    opening, closing = to_common(facts.opening, facts.closing)
    value = DEFINITIONS[key].formula(opening_mrr=opening, closing_mrr=closing, **more)
    extra = {}
    if facts.opening:
        steady = facts.closing - facts.opening - facts.moved[Kind.FX]
        extra["growth_constant_currency"] = CONTEXT.divide(*to_common(steady, facts.opening))
    numerator = facts.money(facts.closing - facts.opening)
    reason = None
    if value is None:
        reason = "not_whole_months" if facts.opening > 0 else "no_opening_mrr"
    return Figure(numerator, facts.money(facts.opening), len(facts.cohort), value, extra, reason=reason)


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
