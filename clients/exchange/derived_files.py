"""Two things that a book has without a CSV file of their own, as specs for the same engine.

Calendars come from `calendars.json`; contracts are what the lines of one `contract_id` have in common.
"""

from clients.exchange.columns import CLIENT_COLUMN
from clients.exchange.spec import Column, FileSpec
from clients.exchange.types import CalendarSpec, Ident

CALENDARS = FileSpec(
    "calendars.json",
    "clients.BusinessCalendar",
    ("name",),
    (Column("name", Ident(120), is_required=True), Column("spec", CalendarSpec(), is_required=True)),
)
CONTRACTS = FileSpec(
    "contracts",
    "clients.Contract",
    ("contract_id",),
    (Column("contract_id", Ident(), is_required=True, field="book_id"), CLIENT_COLUMN),
    derived_from="contract_lines.csv",
)


def with_derived(files: tuple[FileSpec, ...]) -> tuple[FileSpec, ...]:
    """The files with calendars first, and contracts just before their lines."""
    result = [CALENDARS]
    for spec in files:
        if spec.name == "contract_lines.csv":
            result.append(CONTRACTS)
        result.append(spec)
    return tuple(result)
