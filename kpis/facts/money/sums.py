"""Reads the money facts of many periods into what the figures are divided from: one SliceFacts per slice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from kpis.direct.exact import CONTEXT
from kpis.direct.lines import SCALE
from kpis.direct.movements import Kind
from kpis.direct.query import Query, SliceKey
from kpis.direct.waterfall import SliceFacts
from kpis.facts.money.flows import sums_query
from kpis.facts.money.moments import PLACES
from kpis.facts.money.slicing import SLICINGS

# Shares are kept to 40 places. Sums rounded to 30 are exact again wherever the exact sum has an end.
_PLACES = 30
_EXACT = Decimal(1).scaleb(-_PLACES)
# Whole numbers add up fastest: amounts in parts of a currency unit.
_PARTS = SCALE * 10**_PLACES
_TOLERANCE = _PARTS // 10**20


def _in_parts(seventy_seconds: Decimal) -> int:
    return int(seventy_seconds.quantize(_EXACT, context=CONTEXT).scaleb(_PLACES, context=CONTEXT))


@dataclass
class PeriodSums:
    """The slices of one period, and the currencies that lack an exchange rate in it.

    `payers`: how many clients of the agency paid at the opening, where slices are services; else 0.
    """

    slices: dict[SliceKey, SliceFacts] = field(default_factory=dict)
    unquoted: tuple[str, ...] = ()
    payers: int = 0

    def of(self, key: SliceKey) -> SliceFacts:
        if key not in self.slices:
            self.slices[key] = SliceFacts(parts=_PARTS)
        return self.slices[key]


def load_sums(queries: Sequence[Query], only: str | None = None) -> list[PeriodSums]:
    """One per query, in order: two statements. Raises DoesNotAddUp."""
    periods = [PeriodSums() for _ in queries]
    slicing, values = SLICINGS[queries[0].by], _parameters(queries, only)
    for number, currencies in _read(_UNQUOTED, values):
        periods[number - 1].unquoted = tuple(currencies)
    _add_rows(periods, _read(sums_query(slicing, only), values))
    _share_prospects(periods, is_for_all=slicing.by == "service")
    for period in periods:
        if not period.unquoted:
            for key, facts in period.slices.items():
                facts.check(key, _TOLERANCE)
    return periods


# A line that is served on some day of the period, or on its eve, before the first rate of its currency.
_UNQUOTED = """
SELECT period.number, array_agg(DISTINCT level.currency ORDER BY level.currency)
FROM unnest(%(starts)s::date[], %(cut_ends)s::date[]) WITH ORDINALITY AS period (start, cut_end, number)
JOIN kpis_mrrlevel level ON level.is_live AND level.currency <> %(base)s
LEFT JOIN (SELECT currency, MIN(effective_on) AS day FROM kpis_mrrrate GROUP BY currency) first USING (currency)
WHERE GREATEST(level.starts_on, period.start - 1) < LEAST(level.ends_on, period.cut_end, first.day)
GROUP BY period.number"""


def _parameters(queries: Sequence[Query], only: str | None) -> dict[str, Any]:
    return {
        "starts": [query.start for query in queries],
        "cut_ends": [query.cut_end for query in queries],
        "base": queries[0].settings.currency,
        "by": queries[0].by,
        "only": only,
        "places": PLACES,
    }


def _read(text: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        yield from cursor.fetchall()


def _add_rows(periods: Sequence[PeriodSums], rows: Iterator[tuple[Any, ...]]) -> None:
    for number, key, side, kind, amount, cohort_closing, kept, paying, clients, retained, movers in rows:
        if side == "p":
            periods[number - 1].payers = paying
            continue
        facts = periods[number - 1].of(key)
        if side == "o":
            facts.opening, facts.cohort = _in_parts(amount), _crowd(paying)
            facts.opening_clients, facts.retained = _crowd(clients), _crowd(retained)
            facts.cohort_closing, facts.kept = _in_parts(cohort_closing), _in_parts(kept)
        elif side == "c":
            facts.closing, facts.paying, facts.closing_clients = (
                _in_parts(amount),
                _crowd(paying),
                _crowd(clients),
            )
        elif side != "x":
            sums, sets = (facts.sold, facts.buyers) if side == "sold" else (facts.moved, facts.movers)
            sums[Kind(kind)], sets[Kind(kind)] = _in_parts(amount), set(movers)


def _share_prospects(periods: Sequence[PeriodSums], *, is_for_all: bool) -> None:
    """Every client of the opening may buy a service; other slices have their own."""
    for period in periods:
        everyone = _crowd(period.payers)
        for facts in period.slices.values():
            facts.prospects = everyone if is_for_all else facts.cohort


def _crowd(count: int) -> set[int]:
    """Stands for a set of so many clients of which only the number is known; a smaller crowd is within it."""
    return set(range(count))
