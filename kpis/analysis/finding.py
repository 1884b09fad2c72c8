"""The sentence above the waterfall, made from the same sums as its bars. Pure."""

from collections.abc import Callable
from fractions import Fraction

from kpis.analysis.bridge import Bridge
from kpis.analysis.steps import BY_KEY, TRANSFERS
from kpis.direct.ledger import NOTHING
from kpis.direct.movements import GROWTH, MOVEMENTS, Kind

GAINS = (Kind.NEW, Kind.REACTIVATION, *GROWTH)
LOSSES = tuple(kind for kind in MOVEMENTS if kind not in GAINS)

Written = Callable[[Fraction], str]


def waterfall_finding(bridge: Bridge, written: Written) -> str:
    """What mattered most: how much of the growth the largest loss ate, or that there was no growth or loss."""
    gained = sum((bridge.moved[kind] for kind in GAINS), NOTHING)
    lost = -sum((bridge.moved[kind] for kind in LOSSES), NOTHING)
    if gained and lost:
        return _both(bridge, gained, lost, written)
    if gained:
        return f"MRR grew by {written(gained)}, most of it from {_largest(bridge, GAINS)}; nothing was lost"
    if lost:
        return f"MRR lost {written(lost)}, most of it by {_largest(bridge, LOSSES)}; nothing grew"
    return _still(bridge, written)


def _both(bridge: Bridge, gained: Fraction, lost: Fraction, written: Written) -> str:
    worst = min(LOSSES, key=lambda kind: bridge.moved[kind])
    noun, amount = BY_KEY[worst].noun, -bridge.moved[worst]
    start = f"{noun[:1].upper()}{noun[1:]} of {written(amount)}"
    if amount > gained:
        return f"{start} {'were' if noun.endswith('s') else 'was'} more than all growth of {written(gained)}"
    return f"{start} ate {_share(amount, gained)} of the growth{_net(gained, lost, written)}"


def _net(gained: Fraction, lost: Fraction, written: Written) -> str:
    """With all losses together the picture may turn."""
    if lost > gained:
        return f"; with all losses MRR fell by {written(lost - gained)}"
    return ""


def _still(bridge: Bridge, written: Written) -> str:
    moved = sum((bridge.moved[kind] for kind in TRANSFERS), NOTHING)
    rates = bridge.moved[Kind.FX]
    if bridge.is_empty:
        return "There was no recurring revenue in this period"
    if not moved and not rates:
        return f"MRR stayed at {written(bridge.closing)}: nothing was won and nothing was lost"
    causes = [
        words for words, amount in (("moves between slices", moved), ("exchange rates", rates)) if amount
    ]
    return f"MRR went from {written(bridge.opening)} to {written(bridge.closing)} by {' and '.join(causes)} alone"


def _largest(bridge: Bridge, kinds: tuple[Kind, ...]) -> str:
    return BY_KEY[max(kinds, key=lambda kind: abs(bridge.moved[kind]))].noun


def _share(part: Fraction, whole: Fraction) -> str:
    """Whole per cent, never rounded to nothing or, from less than all, to all."""
    percent = int(part * 100 / whole + Fraction(1, 2))
    if percent == 0:
        return "under 1%"
    if part < whole and percent >= 100:
        return "over 99%"
    return f"{percent}%"
