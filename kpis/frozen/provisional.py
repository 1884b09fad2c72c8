"""Which figures of a period may still move by themselves, because something in it has time left. Pure."""

from datetime import date, timedelta
from typing import Protocol

from agencyam.periods import Period

FIRST_CONTACT = "fcr"


class HasWindow(Protocol):
    """What is asked of the agency's settings."""

    @property
    def fcr_window_days(self) -> int: ...


def is_provisional(definition_key: str, period: Period, as_of: date, settings: HasWindow) -> bool:
    """Whether the figure of the period, as known at the close of `as_of`, may fall without any correction.

    First contact resolution waits for repeats: a request that was resolved on the last day counts against it
    until the window after that day has passed.
    """
    return definition_key == FIRST_CONTACT and as_of < _last_day(period, settings)


def provisional_words(definition_key: str, period: Period, as_of: date, settings: HasWindow) -> str:
    """Until when the figure is provisional and why, in one sentence; empty once it is settled."""
    if not is_provisional(definition_key, period, as_of, settings):
        return ""
    last, days = _last_day(period, settings), settings.fcr_window_days
    window = f"{days} day{'s' if days != 1 else ''}"
    return f"Provisional until {last.day} {last:%B}: a repeat within {window} still counts against it"


def _last_day(period: Period, settings: HasWindow) -> date:
    """The last day on which a repeat counts: `fcr_window_days` after the period's last day."""
    return period.end - timedelta(days=1) + timedelta(days=settings.fcr_window_days)
