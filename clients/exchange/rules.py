"""Checks over one parsed row: each takes the row as a dict of values and returns half a sentence, or None.

They say in words, and before anything is written, what the database's own constraints insist on.
"""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Check = Callable[[Row], str | None]

# The scale of each kind of survey where the book names none.
DEFAULT_SCALES = {"nps": (0, 10), "csat": (1, 5), "pulse": (1, 10)}


def ends_after_start(row: Row) -> str | None:
    """`ends_on` is exclusive, so it lies after `starts_on`."""
    starts, ends = row.get("starts_on"), row.get("ends_on")
    if starts is not None and ends is not None and ends <= starts:
        return f"must be after starts_on {starts} (the end is the first day that is out)"
    return None


def not_before(earlier: str, later: str, what: str) -> Check:
    """The second value is not before the first."""

    def check(row: Row) -> str | None:
        first, second = row.get(earlier), row.get(later)
        return f"is before {what}" if first is not None and second is not None and second < first else None

    return check


def not_itself(one: str, other: str) -> Check:
    """Two references of a row differ."""

    def check(row: Row) -> str | None:
        return "is the client itself" if row.get(one) is not None and row.get(one) == row.get(other) else None

    return check


def above_zero(name: str) -> Check:
    """The number is more than 0."""

    def check(row: Row) -> str | None:
        return "must be more than 0" if row.get(name) is not None and row[name] <= 0 else None

    return check


def interval_fits_kind(row: Row) -> str | None:
    """A recurring line has an interval, a one-off line has none."""
    if row["kind"] == "recurring" and not row.get("interval"):
        return "is missing; a recurring line needs one"
    if row["kind"] == "one_off" and row.get("interval"):
        return "must be blank for a one-off line"
    return None


def decision_has_date(row: Row) -> str | None:
    """Won, lost and expired proposals carry their date; drafts and sent ones do not."""
    status, decided = row["status"], row.get("decided_at")
    if status in ("won", "lost", "expired") and decided is None:
        return f"is missing; a proposal that is {status} needs the date of its decision"
    if status in ("draft", "sent") and decided is not None:
        return f"must be blank while the proposal is {status}"
    return None


def scale_of(row: Row) -> tuple[int, int]:
    """A survey's scale: its own ends, or those usual for its kind."""
    low, high = DEFAULT_SCALES[row["kind"]]
    own_low, own_high = row.get("scale_min"), row.get("scale_max")
    return low if own_low is None else own_low, high if own_high is None else own_high


def scale_ascends(row: Row) -> str | None:
    low, high = scale_of(row)
    return f"must be above the scale's start {low}" if high <= low else None


def nps_scale(row: Row) -> str | None:
    low, high = scale_of(row)
    if row["kind"] == "nps" and (low, high) != (0, 10):
        return f"an NPS survey is answered from 0 to 10, not from {low} to {high}"
    return None
