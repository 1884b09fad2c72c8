"""The waterfall of a closed month as it was reported: from the rows that were kept with it, never counted again."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kpis.analysis.bridge import Bridge, is_same
from kpis.analysis.lines import ONE_DAY
from kpis.analysis.steps import CLOSING, OPENING
from kpis.asked import Asked
from kpis.direct.ledger import NOTHING
from kpis.direct.movements import Kind
from kpis.frozen import selectors as frozen_selectors
from kpis.frozen.evidence import Row
from kpis.frozen.models import FrozenMonth

# Growth is made of what was paid at the opening and of everything that moved, between slices and by rates too.
_GROWTH, _CLOSING = "mrr_growth_rate", "mrr"


@dataclass(frozen=True)
class Reported:
    """What a slice's waterfall was when its month was closed; `growth` and `closing` are the rows that were kept."""

    month: FrozenMonth
    bridge: Bridge
    growth: list[Row]
    closing: list[Row]


@dataclass(frozen=True)
class ReportedRow:
    """A part of one bar as it was reported. `service` is empty at the ends, where clients were kept whole."""

    client: str
    name: str
    service: str
    day: date
    amount: Fraction


def find_reported(asked: Asked) -> Reported | None:
    """As it was reported, for a closed month as it is known today; None for what was not reported.

    That is any other period, a slice that was not there, a month without an exchange rate, and one in a currency
    that the agency has given up.
    """
    if not asked.is_today:
        return None
    marks = frozen_selectors.get_marks(period=asked.period, by=asked.by, key=asked.key, kpis=[_CLOSING])
    mark = marks.get(_CLOSING)
    if mark is None or mark.frozen is None or mark.frozen.value is None:
        return None
    if mark.month.currency != asked.moment.settings.currency:
        return None
    kept = frozen_selectors.map_kept_rows(
        month=mark.month, kpis=[_GROWTH, _CLOSING], by=asked.by, key=asked.key
    )
    growth, closing = kept[_GROWTH], kept[_CLOSING]
    return Reported(mark.month, _bridge(growth, closing), growth, closing)


def list_restated_steps(reported: Bridge, now: Bridge) -> list[str]:
    """The bars that are others now than they were reported; none where today's amounts cannot be told."""
    if now.unquoted:
        return []
    ends = {
        OPENING: is_same(reported.opening, now.opening) and reported.opening_clients == now.opening_clients,
        CLOSING: is_same(reported.closing, now.closing) and reported.closing_clients == now.closing_clients,
    }
    steps = {
        kind.value: is_same(reported.moved[kind], now.moved[kind])
        and reported.movers[kind] == now.movers[kind]
        for kind in Kind
    }
    return [key for key, is_as_reported in (ends | steps).items() if not is_as_reported]


def list_reported_rows(reported: Reported, step: str) -> list[ReportedRow]:
    """The rows behind `opening`, `closing` or a kind of movement, the largest first; their sum is the bar's."""
    period = reported.month.period
    if step == CLOSING:
        kept, day, amount = reported.closing, period.end - ONE_DAY, "mrr"
    else:
        kept = [row for row in reported.growth if row["movement"] == step]
        day, amount = period.start - ONE_DAY, "opening_mrr" if step == OPENING else "amount"
    rows = [
        ReportedRow(
            client=row["client"],
            name=row["name"],
            service=row.get("service") or "",
            day=date.fromisoformat(row["day"]) if "day" in row else day,
            amount=Fraction(row[amount]),
        )
        for row in kept
    ]
    return sorted(rows, key=lambda row: (-abs(row.amount), row.name.casefold(), row.day, row.service))


def _bridge(growth: list[Row], closing: list[Row]) -> Bridge:
    opening = [row for row in growth if row["movement"] == OPENING]
    moved, movers = dict.fromkeys(Kind, NOTHING), defaultdict(set)
    for row in growth:
        if row["movement"] != OPENING:
            moved[Kind(row["movement"])] += Fraction(row["amount"])
            movers[Kind(row["movement"])].add(row["client"])
    return Bridge(
        opening=sum((Fraction(row["opening_mrr"]) for row in opening), NOTHING),
        moved=moved,
        closing=sum((Fraction(row["mrr"]) for row in closing), NOTHING),
        opening_clients=len(opening),
        movers={kind: len(movers[kind]) for kind in Kind},
        closing_clients=len(closing),
        unquoted=(),
    )
