"""Deciding differently about the numbers, from a day on."""

from collections.abc import Mapping
from copy import copy
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import AgencySettings, User
from accounts.selectors import get_settings
from accounts.services import audit
from accounts.services import settings as settings_services
from agencyam.exceptions import Refused
from agencyam.periods import local_day
from clients.changes.services import note_change
from clients.models import Change
from kpis.choices import selectors
from kpis.choices.choice import Choice
from kpis.choices.models import ChoiceChange
from kpis.choices.registry import CHOICES

# Settings that hold for all days alike, and on which the numbers of all days hang.
_TIMELESS = frozenset({"time_zone", "currency"})


class CannotChangeChoice(Refused):
    pass


class NothingChanges(CannotChangeChoice):
    pass


class CannotWithdrawChange(Refused):
    pass


@transaction.atomic
def change_choice(
    *, by: User | None, name: str, value: Any, from_on: date, today: date, now: datetime
) -> ChoiceChange:
    """Decide a choice anew from a day on, which makes a new version of every definition that it touches.

    Raises CannotChangeChoice (NothingChanges if it is so already), ValidationError.
    """
    choice = _get_choice(name)
    _wait_for_others()
    changes = _list_changes(name)
    _refuse_closed_days(choice, changes, from_on)
    before = selectors.pick_value(choice, from_on, changes=changes, settings=None)
    if value == before:
        raise NothingChanges(f"It is {choice.speaker()(value)} on that day already.")
    _check(choice, value)
    change = _add(choice, changes, old=before, new=value, from_on=from_on, by=by, now=now)
    if choice.is_setting and from_on <= today:
        settings_services.update_settings(by=by, **{name: value})
    return change


@transaction.atomic
def withdraw_change(*, by: User | None, change: ChoiceChange, today: date) -> None:
    """Take back a change that has not begun. Raises CannotWithdrawChange."""
    _wait_for_others()
    changes = _list_changes(change.name)
    if not changes or changes[-1].pk != change.pk or change.from_on <= today:
        raise CannotWithdrawChange("Only the latest change can be taken back, and only before its first day.")
    audit.record(by=by, action="choice.withdraw", target=change, changes=_recorded(change))
    change.delete()


@transaction.atomic
def apply_due(*, today: date) -> list[str]:
    """Store the choices whose day has come in the agency's settings. Returns their names."""
    settings, history = get_settings(), selectors.load_history()
    then = selectors.settings_on(today, settings=settings, history=history)
    due = {
        name: getattr(then, name)
        for name, choice in CHOICES.items()
        if choice.is_setting and getattr(then, name) != getattr(settings, name)
    }
    if due:
        settings_services.update_settings(by=None, **due)
    return list(due)


@transaction.atomic
def note_settings_change(
    *, by: User | None, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> None:
    """The agency's settings were written without a day, as an import does: keep the versions in step.

    Called by accounts for every such write (settings.AGENCY_SETTINGS_CHANGED). While nothing was frozen and
    nothing dated, the value simply holds from the beginning. Otherwise the past must not move: the new value
    holds from the first of this month, or from the first day after the frozen months; a change that was
    planned for a later day was decided against another value, and goes.
    """
    first_open = selectors.find_first_open_day()
    for name in after:
        if name in CHOICES and CHOICES[name].is_setting:
            changes = _list_changes(name)
            if changes or first_open is not None:
                _note(CHOICES[name], changes, first_open, before[name], after[name], by=by, now=now)
            else:
                note_change(area=Change.Area.BOOK, by=by, label=CHOICES[name].label)
        elif name in _TIMELESS:
            note_change(area=Change.Area.BOOK, by=by, label=f"The agency's {name.replace('_', ' ')}")


def _note(
    choice: Choice,
    changes: list[ChoiceChange],
    first_open: date | None,
    old: Any,
    new: Any,
    *,
    by: User | None,
    now: datetime,
) -> None:
    today = local_day(now, get_settings().time_zone)
    if changes and selectors.pick_value(choice, today, changes=changes, settings=None) == new:
        return
    for planned in [change for change in changes if change.from_on > today]:
        audit.record(by=by, action="choice.withdraw", target=planned, changes=_recorded(planned))
        planned.delete()
        changes.remove(planned)
    days = [today.replace(day=1), first_open, changes[-1].from_on if changes else None]
    from_on = max(day for day in days if day is not None)
    _add(choice, changes, old=old, new=new, from_on=from_on, by=by, now=now)
    note_change(area=Change.Area.BOOK, by=by, first_on=from_on, label=choice.label)


def _get_choice(name: str) -> Choice:
    try:
        return CHOICES[name]
    except KeyError:
        raise CannotChangeChoice(f"There is no choice called '{name}'.") from None


def _wait_for_others() -> None:
    """Changes of one agency's choices are made one after another."""
    list(AgencySettings.objects.select_for_update().values_list("pk"))


def _list_changes(name: str) -> list[ChoiceChange]:
    return list(ChoiceChange.objects.filter(name=name).in_order())


def _refuse_closed_days(choice: Choice, changes: list[ChoiceChange], from_on: date) -> None:
    first_open = selectors.find_first_open_day()
    if first_open is not None and from_on < first_open:
        raise CannotChangeChoice(
            f"The months before {first_open:%-d %B %Y} are frozen. Choose that day or a later one."
        )
    if changes and from_on < changes[-1].from_on:
        raise CannotChangeChoice(
            f"It was changed from {changes[-1].from_on:%-d %B %Y} on. Choose that day or a later one."
        )


def _check(choice: Choice, value: Any) -> None:
    """A value that the settings would refuse is refused now, also if it is for later."""
    if choice.is_setting:
        candidate = copy(get_settings())
        setattr(candidate, choice.name, value)
        candidate.full_clean(validate_unique=False)


def _add(
    choice: Choice,
    changes: list[ChoiceChange],
    *,
    old: Any,
    new: Any,
    from_on: date,
    by: User | None,
    now: datetime,
) -> ChoiceChange:
    change = ChoiceChange(
        name=choice.name,
        version=changes[-1].version + 1 if changes else 2,
        old=choice.to_json(old),
        new=choice.to_json(new),
        from_on=from_on,
        by=by,
        at=now,
    )
    change.full_clean()
    change.save()
    audit.record(by=by, action="choice.change", target=change, changes=_recorded(change))
    return change


def _recorded(change: ChoiceChange) -> dict[str, Any]:
    return {change.name: [change.old, change.new], "from": change.from_on.isoformat()}
