"""How a slice's MRR came from its opening to its closing: the one place that reads it for the pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kpis.analysis.steps import CLOSING, ENDS, OPENING
from kpis.direct.ledger import NOTHING, Moment
from kpis.direct.movements import Kind
from kpis.direct.query import Query, SliceKey
from kpis.direct.waterfall import SliceFacts, load_waterfall
from kpis.facts.builder import are_built
from kpis.facts.money.bridge import list_movements
from kpis.facts.money.sums import load_sums

_TOLERANCE = Fraction(1, 10**20)


def is_same(amount: Fraction, other: Fraction) -> bool:
    """To twenty decimals, since amounts without an end are kept and written with thirty."""
    return abs(amount - other) < _TOLERANCE


@dataclass(frozen=True)
class Bridge:
    """Exact amounts a month in the agency's currency; `movers` counts clients. Losses are negative.

    `unquoted` names currencies without an exchange rate on some day; then the amounts mean nothing.
    """

    opening: Fraction
    moved: dict[Kind, Fraction]
    closing: Fraction
    opening_clients: int
    movers: dict[Kind, int]
    closing_clients: int
    unquoted: tuple[str, ...]

    @property
    def adds_up(self) -> bool:
        """To twenty decimals: shares of thirds and sevenths have no end to write down."""
        return is_same(self.opening + sum(self.moved.values(), NOTHING), self.closing)

    def bar(self, key: str) -> tuple[Fraction, int]:
        """Amount and clients of `opening`, `closing` or a kind of movement."""
        if key == OPENING:
            return self.opening, self.opening_clients
        if key == CLOSING:
            return self.closing, self.closing_clients
        return self.moved[Kind(key)], self.movers[Kind(key)]

    @property
    def is_empty(self) -> bool:
        return not (self.opening or self.closing or any(self.moved.values()))


@dataclass(frozen=True)
class BridgeRow:
    """A part of one bar: what a client paid or changed in one service, on a day."""

    client_id: int
    service: SliceKey
    day: date
    amount: Fraction


def get_bridge(query: Query, key: SliceKey) -> Bridge:
    """The sums of one slice; all zero where the slice has no contract lines. Raises DoesNotAddUp.

    From the facts where they were made by the choices of the query, else from the book: both say the same.
    """
    if are_built(query.settings):
        (sums,) = load_sums([query], key)
        return _bridge(sums.slices.get(key, SliceFacts()), sums.unquoted)
    waterfall = load_waterfall(query)
    return _bridge(waterfall.slices.get(key, SliceFacts()), waterfall.unquoted)


def _bridge(facts: SliceFacts, unquoted: tuple[str, ...]) -> Bridge:
    return Bridge(
        opening=Fraction(facts.opening, facts.parts),
        moved={kind: Fraction(facts.moved.get(kind, 0), facts.parts) for kind in Kind},
        closing=Fraction(facts.closing, facts.parts),
        opening_clients=len(facts.cohort),
        movers={kind: len(facts.movers.get(kind, ())) for kind in Kind},
        closing_clients=len(facts.paying),
        unquoted=unquoted,
    )


def list_bridge_rows(query: Query, key: SliceKey, step: str) -> list[BridgeRow]:
    """The rows behind `opening`, `closing` or a kind of movement; their amounts add up to the bar's.

    What was paid at the ends is read from the book.
    """
    if step not in ENDS and are_built(query.settings):
        rows = list_movements(query, key, [Kind(step)])
        return [BridgeRow(row.client_id, row.service, row.day, Fraction(row.amount)) for row in rows]
    waterfall = load_waterfall(query)
    if step == OPENING:
        return [row for ends in waterfall.ends for row in _state(query, key, ends.opening, is_opening=True)]
    if step == CLOSING:
        return [row for ends in waterfall.ends for row in _state(query, key, ends.closing, is_opening=False)]
    return [
        BridgeRow(movement.client_id, movement.service, movement.day, movement.amount)
        for movement in waterfall.movements
        if movement.key == key and movement.kind == step
    ]


def _state(query: Query, key: SliceKey, moment: Moment | None, *, is_opening: bool) -> Iterator[BridgeRow]:
    """What the client paid at that end in the services of the slice."""
    if moment is None:
        return
    owner = moment.key_before if is_opening else moment.key
    day = query.opening_day if is_opening else query.closing_day
    for state in moment.services:
        amount = state.was if is_opening else state.now
        if amount and (state.service if query.by == "service" else owner) == key:
            yield BridgeRow(moment.client_id, state.service, day, amount)
