"""A restatement as lines of text, for files and the command line: old and new, each changed row, and who."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kpis.engine import as_text
from kpis.frozen.changed_rows import list_changed_rows
from kpis.frozen.models import Restatement

_IMPORT = "book.import"


@dataclass(frozen=True)
class Cause:
    """A write that changed the month: when, by whom, and what."""

    at: datetime
    by: str
    what: str


def read_cause(cause: Mapping[str, str]) -> Cause:
    """A cause as it is kept with a restatement."""
    by = cause["by"] or ("An import of a book" if cause["origin"] == _IMPORT else "The system")
    if cause["by"] and cause["origin"] == _IMPORT:
        by = f"{by}, by an import of a book"
    about = [cause["label"], cause["client"] if cause["client"] not in cause["label"] else "", cause["area"]]
    return Cause(datetime.fromisoformat(cause["at"]), by, " · ".join(part for part in about if part))


def count_rows(latest: Restatement) -> str:
    """How many rows changed, in words."""
    counts = (
        (latest.rows_added, "added"),
        (latest.rows_removed, "removed"),
        (latest.rows_altered, "changed"),
    )
    return ", ".join(f"{count} {word}" for count, word in counts if count) or "none"


def tell_changes(latest: Restatement) -> list[tuple[str, str]]:
    """Each changed row that was kept, and who changed them."""
    rows = [
        (f"Row {row.what.lower()}", f"{row.title}: {row.sentence}")
        for row in list_changed_rows(latest.kpi, latest.rows)
    ]
    causes = [read_cause(cause) for cause in latest.causes]
    return [*rows, *(("Changed by", f"{each.by}, {each.at.isoformat()}: {each.what}") for each in causes)]


def tell(latest: Restatement) -> list[tuple[str, str]]:
    """The whole of it: old and new, when it was noticed, which rows, who."""
    return [
        ("Reported", as_text(latest.old_value) or latest.old_display),
        ("Now", as_text(latest.new_value) or latest.new_display),
        ("Noticed", latest.noticed_at.isoformat()),
        ("Rows changed", count_rows(latest)),
        *tell_changes(latest),
    ]
