"""Small books for tests: a folder of text files, and what an import says about it."""

import json
from pathlib import Path

from clients.exchange.importing import CannotImportBook, ImportReport, import_book

CLIENTS = "client_id,name\nc1,Alder\nc2,Birch\n"


def write_book(folder: Path, **files: str | bytes) -> Path:
    """A book of `name="text"`: CSV files, and `agency` and `calendars` as JSON. Has two clients unless told."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ({"clients": CLIENTS} | files).items():
        path = folder / (f"{name}.json" if name in ("agency", "calendars") else f"{name}.csv")
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def load(path: Path, **options: bool) -> ImportReport:
    return import_book(path=path, by=None, **options)


def mistakes(path: Path, **options: bool) -> list[str]:
    """The lines that a failing import prints."""
    try:
        load(path, **options)
    except CannotImportBook as error:
        return [str(problem) for problem in error.report.problems]
    return []
