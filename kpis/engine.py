"""One question, one answer: evaluates KPIs for any period, as-of day and slice.

`evaluate` reads the book itself (the direct route), `evaluate_many` the facts made from it; both answer alike.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from kpis.choices.selectors import versions_of
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.registry import FAMILY_OF
from kpis.direct.slices import find_labels, list_slices, list_slices_of
from kpis.display import format_value
from kpis.facts import registry as facts
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition
from kpis.formulas.target import MINIMUM_SAMPLE, SMALL_SAMPLE, Status, judge, target_for
from kpis.formulas.wilson import wilson_interval
from kpis.targets import Goal, Goals, load_goals, load_goals_of

_SIX_PLACES = Decimal("0.000001")


class UnknownKpi(LookupError):
    """No KPI has this key. The message names it."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One KPI of one slice, unrounded, with everything that a reader needs to judge it.

    `target` is what the target means for this period; `goal` what was agreed; `definition_version` the one
    in force on the closing day. `rows` only if they were asked for.
    """

    definition: Definition
    query: Query
    key: SliceKey
    label: str
    figure: Figure
    ci_low: Decimal | None
    ci_high: Decimal | None
    goal: Goal
    target: Decimal | None
    status: Status
    definition_version: int
    rows: list[dict[str, Any]] | None = None

    @property
    def kpi(self) -> str:
        return self.definition.key

    @property
    def value(self) -> Decimal | None:
        return self.figure.value

    @property
    def is_small_sample(self) -> bool:
        return self.definition.is_sampled and 0 < self.figure.n < SMALL_SAMPLE

    @property
    def display(self) -> str:
        return self.format(self.value)

    def format(self, value: Decimal | None) -> str:
        """A value of this KPI's unit, such as its target, as people read it."""
        settings = self.query.settings
        return format_value(self.definition, value, currency=settings.currency, locale=settings.locale)

    def as_json(self) -> dict[str, Any]:
        """Plain values: decimals as text with 6 decimals, rounded half up, days as ISO dates."""
        answer: dict[str, Any] = {
            "kpi": self.kpi,
            "slice": {"by": self.query.by, "key": self.key, "label": self.label},
            "value": as_text(self.value),
            "reason": self.figure.reason,
            "numerator": as_text(self.figure.numerator),
            "denominator": as_text(self.figure.denominator),
            "n": self.figure.n,
            "unit": self.definition.unit.value,
            "display": self.display,
            "ci_low": as_text(self.ci_low),
            "ci_high": as_text(self.ci_high),
            "direction": self.definition.direction.value,
            "target": as_text(self.target),
            "status": self.status.value,
            "period": {
                "start": self.query.start.isoformat(),
                "end": self.query.end.isoformat(),
                "is_partial": self.query.is_partial,
            },
            "as_of": self.query.as_of.isoformat(),
            "definition_version": self.definition_version,
        }
        return answer if self.rows is None else answer | {"rows": self.rows}


def as_text(value: Decimal | None) -> str | None:
    """Six decimals, half away from zero; zero has no sign."""
    if value is None:
        return None
    rounded = value.quantize(_SIX_PLACES, context=CONTEXT)
    return format(rounded if rounded else abs(rounded), "f")


def evaluate(query: Query, keys: Collection[str] = (), *, has_rows: bool = False) -> list[Result]:
    """A result per KPI and slice, KPIs in the order of the catalogue, read from the book itself.

    No keys means all that the agency counts. Raises UnknownKpi.
    """
    wanted = _wanted(query, keys)
    with localcontext(CONTEXT):
        figures = _compute(query, wanted)
        labels = list_slices(query)
        labels |= _found_labels(query.by, figures, labels)
        goals = load_goals(query)
        return [
            _result(query, DEFINITIONS[key], name, label, figures[key].get(name), goals, has_rows=has_rows)
            for key in wanted
            for name, label in labels.items()
        ]


def evaluate_many(
    queries: Sequence[Query], keys: Collection[str] = (), *, only: str | None = None
) -> list[list[Result]]:
    """As `evaluate` for each of the queries, in their order, from the facts: for many periods at once.

    The queries share `as_of`, `by` and `settings`; `only` narrows to one slice. The facts must be built, and with
    these settings. The number of statements does not depend on the number of queries. Raises UnknownKpi.
    """
    if not queries:
        return []
    wanted = _wanted(queries[0], keys)
    with localcontext(CONTEXT):
        answers = facts.compute(queries, wanted, only)
        goals = load_goals_of(queries)
        results = []
        for query, figures, labels, goal in zip(
            queries, answers, _labels_of(queries, answers, only), goals, strict=True
        ):
            results.append(
                [
                    _result(query, DEFINITIONS[key], name, label, figures[key].get(name), goal)
                    for key in wanted
                    for name, label in labels.items()
                ]
            )
        return results


def _wanted(query: Query, keys: Collection[str]) -> list[str]:
    unknown = [key for key in keys if key not in DEFINITIONS]
    if unknown:
        raise UnknownKpi(f"There is no KPI called '{unknown[0]}'.")
    if keys:
        return [key for key in DEFINITIONS if key in keys]
    return [key for key, definition in DEFINITIONS.items() if query.is_chosen(definition)]


def _compute(query: Query, keys: Iterable[str]) -> Figures:
    """Each family is asked once, for its keys that are counted in this kind of slice."""
    figures: Figures = {key: {} for key in keys}
    asked: dict[Any, list[str]] = {}
    for key in figures:
        if query.is_counted(DEFINITIONS[key]):
            asked.setdefault(FAMILY_OF[key], []).append(key)
    for family, family_keys in asked.items():
        figures.update(family.compute(query, family_keys))
    return figures


def _found_labels(by: str, figures: Figures, known: Collection[SliceKey]) -> dict[SliceKey, str]:
    """Slices that turned up in figures only, such as the bucket "unassigned"."""
    found = {name for by_slice in figures.values() for name in by_slice} - set(known)
    return dict(sorted(find_labels(by, found).items(), key=lambda item: item[1])) if found else {}


def _labels_of(
    queries: Sequence[Query], answers: Sequence[Figures], only: str | None
) -> list[dict[SliceKey, str]]:
    """The slices of each query, as `evaluate` lists them."""
    listed = list_slices_of(queries)
    if only is not None:
        listed = [{key: label for key, label in labels.items() if key == only} for labels in listed]
    merged: Figures = {}
    for figures in answers:
        for key, by_slice in figures.items():
            merged.setdefault(key, {}).update(by_slice)
    known = {key for labels in listed for key in labels}
    extra = _found_labels(queries[0].by, merged, known)
    names = extra | {key: label for labels in listed for key, label in labels.items()}
    complete = []
    for figures, labels in zip(answers, listed, strict=True):
        found = {key for by_slice in figures.values() for key in by_slice} - labels.keys()
        complete.append(labels | {key: names[key] for key in sorted(found, key=lambda key: names[key])})
    return complete


def _result(
    query: Query,
    definition: Definition,
    name: SliceKey,
    label: str,
    figure: Figure | None,
    goals: Goals,
    *,
    has_rows: bool = False,
) -> Result:
    figure = figure or _empty(query, definition)
    goal = goals.of(definition, name)
    target = target_for(definition, goal.low, query.months)
    low, high = _interval(definition, figure)
    rows = None
    if has_rows:
        is_counted = query.is_counted(definition)
        rows = FAMILY_OF[definition.key].rows(query, definition.key, name) if is_counted else []
    return Result(
        definition=definition,
        query=query,
        key=name,
        label=label,
        figure=figure,
        ci_low=low,
        ci_high=high,
        goal=goal,
        target=target,
        status=judge(
            definition, figure.value, target=target, high=goal.high, n=_sample(query, definition, figure)
        ),
        definition_version=versions_of(query)[definition.key],
        rows=rows,
    )


def _empty(query: Query, definition: Definition) -> Figure:
    """A slice about which a family has nothing to say."""
    if query.by not in definition.slices:
        return Figure(None, None, 0, None, reason="not_by_slice")
    if not query.is_chosen(definition):
        return Figure(None, None, 0, None, reason="not_chosen")
    if definition.is_amount:
        return Figure(Decimal(0), None, 0, Decimal(0))
    return Figure(None, None, 0, None, reason=definition.empty_reason)


def _sample(query: Query, definition: Definition, figure: Figure) -> int:
    """The n that judging asks for."""
    is_own_goal = query.by == "client" and definition.is_judged_per_client
    return max(figure.n, MINIMUM_SAMPLE) if is_own_goal else figure.n


def _interval(definition: Definition, figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    if not definition.is_proportion or figure.value is None:
        return figure.ci_low, figure.ci_high
    return wilson_interval(figure.numerator or 0, figure.denominator or 0) or (None, None)
