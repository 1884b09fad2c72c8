"""How facts are read: many periods and all slices in one statement.

The borders of all periods cut time into pieces. A fact finds its piece by its day, a piece knows the periods that
it is part of. So a statement reads the facts once, however the periods overlap.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from kpis.direct.query import Figure, Figures, Query, SliceKey

Span = tuple[date, date]  # first day, and the first day that is out


@dataclass(frozen=True, slots=True)
class _Slot:
    """A slice in SQL: the column of a fact, where its key is found, and that key."""

    column: str
    join: str
    key: str
    chosen: str


_SLOTS = {
    "agency": _Slot("NULL::int", "", "NULL::text", "TRUE"),
    "am": _Slot(
        "fact.am_id",
        "LEFT JOIN accounts_user holder ON holder.id = sums.slot",
        "COALESCE(holder.book_id, 'unassigned')",
        "fact.am_id IS NOT DISTINCT FROM (SELECT id FROM accounts_user WHERE book_id = %(only)s)",
    ),
    "team": _Slot(
        "fact.team_id",
        "LEFT JOIN accounts_team holder ON holder.id = sums.slot",
        "COALESCE(holder.book_id, 'unassigned')",
        "fact.team_id IS NOT DISTINCT FROM (SELECT id FROM accounts_team WHERE book_id = %(only)s)",
    ),
    "segment": _Slot("fact.segment", "", "sums.slot", "fact.segment = %(only)s"),
    "client": _Slot(
        "fact.client_id",
        "JOIN clients_client holder ON holder.id = sums.slot",
        "holder.book_id",
        "fact.client_id = (SELECT id FROM clients_client WHERE book_id = %(only)s)",
    ),
}

PART = "part (piece, number) AS (SELECT * FROM unnest(%(pieces)s::int[], %(numbers)s::int[]))"
# A fact of some period, as known at the close of the as-of day.
IN_PART = """JOIN part ON part.piece = width_bucket(fact.day, %(borders)s::date[])
  AND fact.day >= %(first)s AND fact.day < %(last)s"""
KNOWN = "fact.known_from <= %(as_of)s AND (fact.known_until IS NULL OR fact.known_until > %(as_of)s)"


@dataclass(frozen=True)
class Asked:
    """The questions of one reading: they share the as-of day and the kind of slice; `only` names one slice."""

    queries: Sequence[Query]
    only: str | None = None

    @property
    def by(self) -> str:
        return self.queries[0].by

    @property
    def as_of(self) -> date:
        return self.queries[0].as_of

    @property
    def spans(self) -> list[Span]:
        return [(query.start, query.cut_end) for query in self.queries]

    @property
    def slot(self) -> str:
        """SQL for the slice of `fact`, to group by."""
        return _SLOTS[self.by].column

    @property
    def is_chosen(self) -> str:
        """SQL that keeps the facts of the slices asked for."""
        if self.only is None or self.by == "agency":
            return self.is_sliced
        return f"{self.is_sliced} AND {_SLOTS[self.by].chosen}"

    @property
    def is_sliced(self) -> str:
        """SQL that keeps what can be in a slice of this kind, whichever is asked for."""
        return "TRUE" if self.by == "agency" else "fact.client_id IS NOT NULL"

    def answer(self, columns: str) -> str:
        """The end of a statement: from `sums` (number, slot, …) to number, slice key and `columns`."""
        slot = _SLOTS[self.by]
        text = f"SELECT sums.number, {slot.key} AS slice_key, {columns} FROM sums {slot.join}"  # noqa: S608
        return text if self.only is None or self.by == "agency" else f"{text} WHERE {slot.key} = %(only)s"

    def read(self, sql: str, spans: Sequence[Span] | None = None, **more: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement over the pieces of `spans` (the periods themselves unless told)."""
        known = {"as_of": self.as_of, "only": self.only}
        with connection.cursor() as cursor:
            cursor.execute(sql, known | pieces_of(self.spans if spans is None else spans) | more)
            return cursor.fetchall()


def pieces_of(spans: Sequence[Span]) -> dict[str, Any]:
    """The parameters of PART and IN_PART: pieces of time, each with the numbers of the spans that hold it."""
    borders = sorted({border for span in spans for border in span})
    place = {border: index for index, border in enumerate(borders, start=1)}
    pairs = [
        (piece, number)
        for number, (start, end) in enumerate(spans)
        for piece in range(place[start], place[end])
    ]
    return {
        "borders": borders,
        "first": borders[0],
        "last": borders[-1],
        "pieces": [piece for piece, _number in pairs],
        "numbers": [number for _piece, number in pairs],
    }


class Tally(NamedTuple):
    """Events of one label and mark in one period and slice. `unsettled` may still turn out otherwise."""

    number: int
    slice_key: SliceKey
    label: str
    mark: str
    quantity: int
    successes: int
    amount: Any
    unsettled: int


_TALLY = """
WITH {part}, sums AS (
  SELECT part.number, {slot} AS slot, fact.label, fact.mark, SUM(fact.quantity) AS quantity,
    SUM(fact.successes) AS successes, SUM(fact.amount) AS amount,
    COUNT(*) FILTER (WHERE fact.settles_on > %(as_of)s) AS unsettled
  FROM kpis_eventfact fact {in_part}
  WHERE fact.kind = %(event)s AND {known} AND {chosen}
  GROUP BY part.number, slot, fact.label, fact.mark
) """


def tallies(asked: Asked, event: str) -> Iterator[tuple[int, SliceKey, list[Tally]]]:
    """The events of one kind, per period number and slice; periods and slices without any are absent."""
    head = _TALLY.format(part=PART, slot=asked.slot, in_part=IN_PART, known=KNOWN, chosen=asked.is_chosen)
    tail = asked.answer("sums.label, sums.mark, quantity, successes, amount, unsettled")
    groups: dict[tuple[int, SliceKey], list[Tally]] = {}
    for row in asked.read(head + tail, event=event):
        groups.setdefault(row[:2], []).append(Tally(*row))
    for (number, slice_key), group in groups.items():
        yield number, slice_key, group


def blank(queries: Sequence[Query], family: Collection[str], keys: Collection[str]) -> list[Figures]:
    """Figures to be filled: for each query the wanted keys of a family, in the family's order, still empty."""
    return [{key: {} for key in family if key in keys} for _query in queries]


def put(answers: list[Figures], number: int, key: str, slice_key: SliceKey, figure: Figure | None) -> None:
    """Note a figure if its KPI was asked for and there is one."""
    if figure is not None and key in answers[number]:
        answers[number][key][slice_key] = figure
