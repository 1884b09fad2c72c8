"""The one way in which pages get numbers: many periods of one slice, stored or worked out now."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from kpis import selectors
from kpis.choices.selectors import has_same_choices
from kpis.direct.query import Query
from kpis.engine import Result, evaluate, evaluate_many
from kpis.facts.builder import are_built
from kpis.periods_kept import KINDS, oldest_kept


@dataclass(frozen=True, slots=True)
class Reading:
    """One KPI of one slice and period, as a page shows it; values are unrounded or have 6 decimals.

    `computed_at` is None for what was worked out just now. `target_high` is the upper edge of a band.
    """

    kpi: str
    value: Decimal | None
    reason: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    ci_low: Decimal | None
    ci_high: Decimal | None
    target: Decimal | None
    target_high: Decimal | None
    status: str
    is_small_sample: bool
    is_partial: bool
    as_of: date
    definition_version: int
    computed_at: datetime | None = None


FIELDS = tuple(Reading.__dataclass_fields__)
Readings = dict[str, Reading]


class Step(NamedTuple):
    """What a line of months needs of a reading."""

    kpi: str
    value: Decimal | None
    is_partial: bool
    as_of: date


Found = TypeVar("Found", Reading, Step)


def read_values(
    queries: Sequence[Query], key: str, keys: Collection[str] | None = None, *, today: date
) -> list[Readings]:
    """Per query the KPIs (`keys`, else all) of the slice `key` ("" is the agency), in the queries' order.

    The queries share `by` and `settings`. What is stored answers questions as of `today`, and as of the very day
    for which it was computed; the rest is computed here. A slice that takes no part in a period has no readings.
    """
    stored = _read_stored(queries, key, keys, today, Reading)
    missing = [query for query, found in zip(queries, stored, strict=True) if found is None]
    computed = iter(_compute(missing, key, keys))
    return [next(computed) if found is None else found for found in stored]


def read_series(
    queries: Sequence[Query], key: str, keys: Collection[str] | None = None, *, today: date
) -> list[Mapping[str, Step | Reading]]:
    """As `read_values`, but the values alone; months that should be stored and are not are left empty."""
    stored = _read_stored(queries, key, keys, today, Step)
    steps: list[Mapping[str, Step | Reading] | None] = [
        {} if found is None and _should_be_stored(query, today) else found
        for query, found in zip(queries, stored, strict=True)
    ]
    missing = [query for query, found in zip(queries, steps, strict=True) if found is None]
    computed = iter(_compute(missing, key, keys))
    return [next(computed) if found is None else found for found in steps]


def _should_be_stored(query: Query, today: date) -> bool:
    """Months older than those that are kept ready are worked out when somebody asks for them."""
    return query.by in KINDS and query.as_of == today and query.period.start >= oldest_kept(today)


def read_slices(query: Query, kpi: str) -> list[tuple[str, str, Reading]]:
    """Key, name and reading of one KPI in every slice of the query's kind, worked out now."""
    if are_built(query.settings):
        (results,) = evaluate_many([query], [kpi])
    else:
        results = evaluate(query, [kpi])
    return [(result.key or "", result.label, reading_of(result)) for result in results]


def _read_stored(
    queries: Sequence[Query],
    key: str,
    keys: Collection[str] | None,
    today: date,
    kind: Callable[..., Found],
) -> list[dict[str, Found] | None]:
    """Per query what is stored and answers it, or None."""
    by = queries[0].by if queries else ""
    if by not in KINDS:
        return [None] * len(queries)
    spans = {(query.start, query.end) for query in queries}
    fields = FIELDS if kind is Reading else Step._fields
    known: dict[tuple[date, date], dict[str, Found]] = {}
    for start, end, *values in selectors.list_stored(by=by, key=key, spans=spans, kpis=keys, fields=fields):
        known.setdefault((start, end), {})[values[0]] = kind(*values)
    missing = spans - known.keys()
    if missing and key:
        # A slice without a row in a period that was computed takes no part in it.
        known |= {span: {} for span in selectors.list_stored_spans(by=by, spans=missing)}
    return [_fitting(query, known.get((query.start, query.end)), today) for query in queries]


def _fitting(query: Query, found: dict[str, Found] | None, today: date) -> dict[str, Found] | None:
    """What is stored for the period, if it answers this question."""
    if not found:
        return found if query.as_of == today else None
    first = next(iter(found.values()))
    if first.as_of == query.as_of:
        return found
    is_over_since = first.is_partial and not query.is_partial
    return found if query.as_of == today and not is_over_since else None


def _compute(queries: Sequence[Query], key: str, keys: Collection[str] | None) -> list[Readings]:
    """From the facts, all at once, where they were made by the choices of these periods; else from the book."""
    answers: dict[int, list[Result]] = {}
    for group in _alike(queries):
        asked = [queries[number] for number in group]
        if are_built(asked[0].settings):
            found = evaluate_many(asked, keys or (), only=key or None)
        else:
            found = [evaluate(query, keys or ()) for query in asked]
        answers |= dict(zip(group, found, strict=True))
    return [
        {result.kpi: reading_of(result) for result in answers[number] if (result.key or "") == key}
        for number in range(len(queries))
    ]


def _alike(queries: Sequence[Query]) -> list[list[int]]:
    """The numbers of the queries in groups of equal choices."""
    groups: list[list[int]] = []
    for number, query in enumerate(queries):
        for group in groups:
            if has_same_choices(queries[group[0]].settings, query.settings):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def reading_of(result: Result) -> Reading:
    """A result of the engine as pages read it."""
    figure, query = result.figure, result.query
    return Reading(
        kpi=result.kpi,
        value=figure.value,
        reason=figure.reason or "",
        numerator=figure.numerator,
        denominator=figure.denominator,
        n=figure.n,
        ci_low=result.ci_low,
        ci_high=result.ci_high,
        target=result.target,
        target_high=result.goal.high if result.target is not None else None,
        status=result.status.value,
        is_small_sample=result.is_small_sample,
        is_partial=query.is_partial,
        as_of=query.as_of,
        definition_version=result.definition_version,
    )
