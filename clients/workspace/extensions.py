"""What apps above put onto the pages of this one: columns of the list of clients, panels and events of a
client's page, what waits for a member on their day, and words beside the steps of a plan.

Such an app has a module `client_extensions`, which registers them; it is found when Django starts. So the
pages show what this app cannot know.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.moment import Moment
from clients.book.models import Client, ClientQuerySet
from clients.plans.models import ActionItem
from clients.workspace.my_day.rows import DayQuestion, Found


@dataclass(frozen=True)
class Filter:
    """A choice by which the list is narrowed; blank shows all."""

    label: str
    everything: str
    choices: tuple[tuple[str, str], ...]
    narrow: Callable[[ClientQuerySet, str], ClientQuerySet]


@dataclass(frozen=True)
class Column:
    """A column of the list: the expressions that it adds to a client, and the template of its cell.

    `key` is its name in `?sort=` and `?<key>=`, and that of the expression by which it sorts.
    """

    key: str
    label: str
    template: str
    expressions: Callable[[date], Mapping[str, Any]]
    is_numeric: bool = False
    filter: Filter | None = None


@dataclass(frozen=True)
class Panel:
    """A panel of the client's page; `read` is called once, with a fixed number of queries."""

    key: str
    template: str
    read: Callable[[Client, User, Moment], Any]


@dataclass(frozen=True)
class ShownPanel:
    template: str
    content: Any


@dataclass(frozen=True)
class EventSource:
    """One kind of event in the story of a client.

    `rows` are those of every client, with what `describe` needs; sources that share it are read together.
    `at` and `client` name the fields with the instant and the client. `describe` puts a row into words, by the
    fields of a TimelineEntry. `group` is its key in `?show=` and its words there.
    """

    kind: str
    group: tuple[str, str]
    icon: str
    rows: Callable[[], QuerySet]
    at: str
    describe: Callable[[Any], Mapping[str, str]]
    client: str = "client"


# Words beside steps of plans, by the ids of the steps; one query.
StepNotes = Callable[[Collection[int], Moment], Mapping[int, str]]

# Reads what one app knows of a member's day, with a fixed number of queries.
DaySource = Callable[[DayQuestion], Found]

_columns: dict[str, Column] = {}
_panels: dict[str, Panel] = {}
_events: dict[str, EventSource] = {}
_day_sources: dict[str, DaySource] = {}
_step_notes: dict[str, StepNotes] = {}


def register_column(column: Column) -> None:
    _columns[column.key] = column


def register_panel(panel: Panel) -> None:
    _panels[panel.key] = panel


def register_events(source: EventSource) -> None:
    _events[source.kind] = source


def register_day_source(key: str, source: DaySource) -> None:
    _day_sources[key] = source


def register_step_notes(key: str, notes: StepNotes) -> None:
    _step_notes[key] = notes


def list_columns() -> list[Column]:
    return list(_columns.values())


def list_event_sources() -> list[EventSource]:
    return list(_events.values())


def list_day_sources() -> list[DaySource]:
    return list(_day_sources.values())


def read_step_notes(steps: Iterable[ActionItem], moment: Moment) -> dict[int, str]:
    """What is known beside each step by its id, in words; steps of which nothing is known are left out."""
    ids = [step.pk for step in steps]
    found: defaultdict[int, list[str]] = defaultdict(list)
    for notes in _step_notes.values():
        for pk, words in notes(ids, moment).items():
            found[pk].append(words)
    return {pk: "; ".join(words) for pk, words in found.items()}


def read_panels(*, client: Client, user: User, moment: Moment) -> list[ShownPanel]:
    return [ShownPanel(panel.template, panel.read(client, user, moment)) for panel in _panels.values()]
