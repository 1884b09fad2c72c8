"""The choices as their page shows them: what holds, since when, what hangs on it, and how it came about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import AgencySettings
from clients.service import selectors as service_selectors
from kpis.choices import selectors
from kpis.choices.choice import Choice
from kpis.choices.models import ChoiceChange
from kpis.choices.registry import CHOICES
from kpis.direct.waits import list_promises
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition


@dataclass(frozen=True)
class PastChange:
    """One row of a choice's history, in words."""

    change: ChoiceChange
    old: str
    new: str
    is_planned: bool
    can_be_withdrawn: bool


@dataclass(frozen=True)
class ChoiceView:
    """One choice on its page. `since` None: from the beginning."""

    choice: Choice
    speak: Callable[[Any], str]
    value: Any
    since: date | None
    version: int
    history: list[PastChange]  # latest first
    first_open_on: date | None

    @property
    def now(self) -> str:
        return self.speak(self.value)

    @property
    def usual(self) -> str:
        return self.speak(self.choice.default)

    @property
    def is_usual(self) -> bool:
        return bool(self.value == self.choice.default)

    @property
    def kpis(self) -> list[Definition]:
        return [DEFINITIONS[kpi] for kpi in self.choice.kpis if kpi in DEFINITIONS]

    @property
    def planned(self) -> PastChange | None:
        """The latest change, if it has not begun."""
        return self.history[0] if self.history and self.history[0].is_planned else None


def list_choice_views(*, today: date, settings: AgencySettings) -> list[ChoiceView]:
    """All choices in the order of the registry: three queries, whatever was changed."""
    history, first_open = selectors.load_history(), selectors.find_first_open_day()
    return [
        _view(choice, history.get(name, []), today, settings, first_open) for name, choice in CHOICES.items()
    ]


def get_choice_view(*, name: str, today: date, settings: AgencySettings) -> ChoiceView:
    """Raises KeyError for a name that is no choice."""
    changes = selectors.load_history().get(name, [])
    return _view(CHOICES[name], changes, today, settings, selectors.find_first_open_day())


@dataclass(frozen=True)
class PromiseView:
    """What one policy promises today. `name` is empty for clients without any."""

    name: str
    is_default: bool
    hours: Decimal
    calendar: str


def list_promise_views(*, settings: AgencySettings) -> list[PromiseView]:
    """The promises in force, the one that holds for most clients first: two queries."""
    promises = list_promises(settings)
    policies = service_selectors.list_policies()
    views = [
        PromiseView(
            name=policy.name,
            is_default=policy.is_default,
            hours=promises[policy.pk].hours,
            calendar=policy.calendar.name if policy.calendar else "",
        )
        for policy in policies
    ]
    usual = promises[None]
    return (
        views if any(view.is_default for view in views) else [PromiseView("", True, usual.hours, ""), *views]
    )


def find_change(*, name: str, version: int) -> ChoiceChange | None:
    return ChoiceChange.objects.filter(name=name, version=version).first()


def _view(
    choice: Choice,
    changes: list[ChoiceChange],
    today: date,
    settings: AgencySettings,
    first_open_on: date | None,
) -> ChoiceView:
    speak = choice.speaker()
    begun = [change for change in changes if change.from_on <= today]
    return ChoiceView(
        choice=choice,
        speak=speak,
        value=selectors.pick_value(choice, today, changes=changes, settings=settings),
        since=begun[-1].from_on if begun else None,
        version=begun[-1].version if begun else 1,
        history=[
            _past(choice, speak, change, today, is_last=change is changes[-1]) for change in reversed(changes)
        ],
        first_open_on=first_open_on,
    )


def _past(
    choice: Choice, speak: Callable[[Any], str], change: ChoiceChange, today: date, *, is_last: bool
) -> PastChange:
    is_planned = change.from_on > today
    return PastChange(
        change=change,
        old=speak(choice.from_json(change.old)),
        new=speak(choice.from_json(change.new)),
        is_planned=is_planned,
        can_be_withdrawn=is_planned and is_last,
    )
