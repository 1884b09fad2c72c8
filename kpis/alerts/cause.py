"""A cause of an alert as it is found, before anybody is told."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import resolve, reverse
from django.utils.http import urlencode

from accounts.models import AgencySettings
from kpis.alerts.rules import Rule


@dataclass(frozen=True)
class Asking:
    """When causes are looked for, and of which clients (None: all)."""

    today: date
    now: datetime
    settings: AgencySettings
    clients: Collection[int] | None = None


@dataclass(frozen=True)
class Link:
    """A page, the spot on it, and the words of the link."""

    words: str
    view: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    rest: str = ""

    @property
    def url(self) -> str:
        return reverse(self.view, kwargs=self.kwargs) + self.rest

    def stored(self) -> dict[str, Any]:
        return {"words": self.words, "view": self.view, "kwargs": self.kwargs, "rest": self.rest}


@dataclass(frozen=True)
class Cause:
    """Why an alert is raised. `after` are graver causes: right after one of them this is no news.

    `at` is the instant from which it counts, where that is one of a person's deeds.
    """

    key: str
    rule: Rule
    measure: int
    tone: str
    title: str
    detail: str
    row: Link
    action: Link
    client_id: int | None = None
    by: str = ""
    slice_key: str = ""
    after: tuple[str, ...] = ()
    at: datetime | None = None


def client_link(client_id: int, words: str, rest: str = "") -> Link:
    return Link(words, "clients:client-detail", {"client_id": client_id}, rest)


def link_to(url: str, words: str) -> Link:
    """An address of this site as a link that is kept by the name of its page."""
    path, mark, spot = url.partition("#")
    path, question, query = path.partition("?")
    match = resolve(path)
    return Link(words, match.view_name, match.kwargs, f"{question}{query}{mark}{spot}")


def query_string(**values: str) -> str:
    return f"?{urlencode({name: value for name, value in values.items() if value})}"


def in_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def days_words(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
