"""What the agency had decided about its numbers on a day, and which version of a definition that makes."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import AgencySettings
from accounts.selectors import get_settings
from agencyam.periods import Period, add_months
from kpis.choices.choice import Choice
from kpis.choices.models import ChoiceChange
from kpis.choices.registry import CHOICES
from kpis.direct.query import Query
from kpis.formulas.catalogue import DEFINITIONS
from kpis.frozen.models import FrozenMonth

History = dict[str, list[ChoiceChange]]  # a choice's name -> its changes, first to latest
_VERSIONS = "definition_versions"


@dataclass(frozen=True)
class Version:
    """One version of a KPI's definition. The first has no day and no change."""

    number: int
    from_on: date | None
    change: ChoiceChange | None


def load_history() -> History:
    """All changes ever made, by choice: one query."""
    history: defaultdict[str, list[ChoiceChange]] = defaultdict(list)
    for change in ChoiceChange.objects.in_order().select_related("by"):
        history[change.name].append(change)
    return dict(history)


def value_on(name: str, day: date) -> Any:
    """What a choice was on a day. Raises KeyError for a name that is no choice."""
    return pick_value(CHOICES[name], day, changes=load_history().get(name, []), settings=None)


def pick_value(
    choice: Choice, day: date, *, changes: list[ChoiceChange], settings: AgencySettings | None
) -> Any:
    """What a choice was on a day, from its changes; without any, what the settings (or its default) say."""
    if not changes:
        return getattr(settings or get_settings(), choice.name) if choice.is_setting else choice.default
    latest = [change for change in changes if change.from_on <= day]
    return choice.from_json(latest[-1].new if latest else changes[0].old)


def settings_on(
    day: date, *, settings: AgencySettings | None = None, history: History | None = None
) -> AgencySettings:
    """The agency's settings with the choices in force on a day, unsaved; the stored ones if none ever changed.

    One query for the changes; one more where the stored settings are not given.
    """
    stored = settings or get_settings()
    history = load_history() if history is None else history
    changed = [CHOICES[name] for name in history if name in CHOICES and CHOICES[name].is_setting]
    if not changed:
        return stored
    then = copy(stored)
    for choice in changed:
        setattr(then, choice.name, pick_value(choice, day, changes=history[choice.name], settings=stored))
    return then


def definition_version(kpi: str, day: date) -> int:
    """The version of a KPI's definition that is in force on a day. Raises KeyError for no KPI."""
    return versions_on(day)[kpi]


def versions_on(day: date, *, history: History | None = None) -> dict[str, int]:
    """The version of every KPI's definition on a day: one query."""
    changes = _flat(load_history() if history is None else history)
    counts = {kpi: definition.version for kpi, definition in DEFINITIONS.items()}
    for change in changes:
        if change.from_on <= day and change.name in CHOICES:
            for kpi in CHOICES[change.name].kpis:
                if kpi in counts:
                    counts[kpi] += 1
    return counts


def versions_of(query: Query) -> dict[str, int]:
    """The versions in force on the closing day of a question; read once for it."""
    if _VERSIONS not in query.memo:
        query.memo[_VERSIONS] = versions_on(query.closing_day)
    return query.memo[_VERSIONS]


def list_versions(kpi: str) -> list[Version]:
    """How the definition of a KPI came to what it is, the first version first. Raises KeyError for no KPI."""
    first = DEFINITIONS[kpi].version
    touching = [
        change
        for change in _flat(load_history())
        if change.name in CHOICES and kpi in CHOICES[change.name].kpis
    ]
    touching.sort(key=lambda change: (change.from_on, change.pk))
    later = [Version(first + number, change.from_on, change) for number, change in enumerate(touching, 1)]
    return [Version(first, None, None), *later]


def query_for(
    *,
    period: Period,
    as_of: date,
    by: str,
    settings: AgencySettings | None = None,
    history: History | None = None,
) -> Query:
    """The question about a period with the choices in force on its closing day. Raises BadQuery.

    `settings` (the agency's stored ones) and `history` save a query each, where the caller has them.
    """
    history = load_history() if history is None else history
    closing = min(period.end - timedelta(days=1), as_of)
    query = Query(
        period=period,
        as_of=as_of,
        by=by,
        settings=settings_on(closing, settings=settings, history=history),
    )
    query.memo[_VERSIONS] = versions_on(query.closing_day, history=history)
    return query


def has_same_choices(one: AgencySettings, other: AgencySettings) -> bool:
    """Whether two settings count everything in the same way."""
    names = [choice.name for choice in CHOICES.values() if choice.is_setting]
    return one is other or all(getattr(one, name) == getattr(other, name) for name in names)


def find_first_open_day() -> date | None:
    """The first day after all frozen months; None while no month is frozen."""
    last = FrozenMonth.objects.order_by("-starts_on").values_list("starts_on", flat=True).first()
    return None if last is None else add_months(last, 1)


def _flat(history: History) -> Iterable[ChoiceChange]:
    return [change for changes in history.values() for change in changes]
