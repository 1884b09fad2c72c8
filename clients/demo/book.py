"""`generate_book`: a believable agency's whole book as a folder of files, the same for the same seed.

Nothing here touches the database or reads the clock. The book is imported like any other.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from clients.demo.dice import Dice
from clients.demo.profiles import PROFILES
from clients.demo.tables import Row, tables_of
from clients.demo.world import World
from clients.exchange import book_format
from clients.exchange.csv_writing import write_csv
from clients.exchange.spec import FileSpec


class BadBookOrder(ValueError):
    """The wanted book cannot be made; the message says why."""


def generate_book(
    out: Path, *, profile: str, seed: int, clients: int, members: int, months: int, until: date
) -> dict[str, int]:
    """Write a book into the folder `out` and return the number of rows of each file.

    `members` counts the account managers of today; an owner, a leader and a viewer come with them. The book
    covers `months` months that end with the day `until`, the last one cut there; only dates already agreed
    lie beyond. Raises BadBookOrder.
    """
    if profile not in PROFILES:
        raise BadBookOrder(f"'{profile}' is not a profile; choose one of {', '.join(PROFILES)}.")
    if clients < 1 or members < 1 or months < 1:
        raise BadBookOrder("A book needs at least one client, one member and one month.")
    world = World(PROFILES[profile], Dice(profile, seed), clients, members, months, until)
    tables = tables_of(world)
    out.mkdir(parents=True, exist_ok=True)
    _write_json(out / book_format.AGENCY_FILE, world.agency_document())
    _write_json(out / book_format.CALENDARS_FILE, world.calendar_documents)
    for spec in book_format.FILES:
        with (out / spec.name).open("w", encoding="utf-8", newline="") as stream:
            write_csv(stream, spec, (_values(spec, row) for row in tables[spec.name]))
    return {name: len(rows) for name, rows in tables.items()}


def _write_json(path: Path, document: Row) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _values(spec: FileSpec, row: Row) -> list[Any]:
    """The row's values in the order of the file's columns; plain numbers become decimals."""
    values = (row.get(column.name) for column in spec.columns)
    return [Decimal(str(value)) if type(value) in (int, float) else value for value in values]
