"""`import_book`: a whole book into the agency, checked in full first, in one transaction or not at all."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts import selectors as account_selectors
from accounts.models import User
from accounts.services import audit
from accounts.services import settings as settings_services
from agencyam.locks import wait_for
from clients.exchange import changed_days, limits
from clients.exchange.blanks import fill_blanks
from clients.exchange.book_format import AGENCY_FILE, CALENDARS_FILE, FILES
from clients.exchange.checks import check
from clients.exchange.documents import calendar_rows, parse_agency
from clients.exchange.merging import Counts, merge
from clients.exchange.problems import BadBook
from clients.exchange.reading import FileReader, ParsedRow
from clients.exchange.sources import Source, open_book
from clients.exchange.spec import Problem, shortened
from clients.exchange.staging import complete_stage, create_stage, fill_stage
from clients.exchange.tables import ALL_SPECS, Table, table_of

# How far an import is: what it works on, and the share that is done, 0 to 1.
Progress = Callable[[str, float], None]


class CannotImportBook(Exception):
    """The book has mistakes and nothing was written; `report` lists them."""

    def __init__(self, report: "ImportReport") -> None:
        count = report.problem_count
        super().__init__(f"The book has {count:,} mistake{'s' if count != 1 else ''}; nothing was written.")
        self.report = report


@dataclass(slots=True)
class ImportReport:
    """What an import found and did. `problems` is sorted by file and line."""

    is_dry_run: bool = False
    is_written: bool = False
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    notes: list[str] = field(default_factory=list)
    files: dict[str, Counts] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        self.problem_count += 1
        if self.problem_count <= limits.MAX_PROBLEMS:
            self.problems.append(problem)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "is_dry_run": self.is_dry_run,
            "is_written": self.is_written,
            "problem_count": self.problem_count,
            "problems": [problem.as_json() for problem in self.problems],
            "notes": self.notes,
            "files": [
                {
                    "file": name,
                    "rows": counts.rows,
                    "created": counts.created,
                    "updated": counts.updated,
                    "unchanged": counts.unchanged,
                    "left_out": counts.left_out,
                }
                for name, counts in self.files.items()
            ],
        }


class _Undo(Exception):
    """Rolls an import back."""


def _no_progress(what: str, share: float) -> None:
    """Tells nobody."""


def import_book(
    *,
    path: Path,
    by: User | None,
    is_dry_run: bool = False,
    skips_bad_rows: bool = False,
    progress: Progress = _no_progress,
) -> ImportReport:
    """Read the book at `path` (folder, .zip or .xlsx) into the agency and return what was done.

    Rows are matched by the book's ids: new ones are created, known ones updated, absent ones left alone.
    Raises BookNotFound, BadBook (cannot be read at all) and CannotImportBook (mistakes; the database is as
    before). With `skips_bad_rows` rows with mistakes are left out, and so are those that need them.
    """
    source = open_book(path)
    report = ImportReport(is_dry_run=is_dry_run)
    try:
        with transaction.atomic():
            _Import(source, report, progress, skips_bad_rows=skips_bad_rows).run(by=by)
            if is_dry_run or (report.problem_count and not skips_bad_rows):
                raise _Undo
    except _Undo:
        pass
    finally:
        source.close()
        report.problems.sort(key=_place)
    if report.problem_count and not skips_bad_rows:
        raise CannotImportBook(report)
    report.is_written = not is_dry_run
    return report


class _Import:
    """One run: read and stage every file, then check and write them one after the other."""

    def __init__(
        self, source: Source, report: ImportReport, progress: Progress, *, skips_bad_rows: bool
    ) -> None:
        self.source, self.report, self.progress = source, report, progress
        self.skips_bad_rows = skips_bad_rows
        self.settings: dict[str, Any] = {}
        self.zone = "UTC"
        self.staged_rows: dict[str, int] = {}
        self.checked: set[str] = set()
        # Files that could not be read to their end: their ids are unknown, and nothing is written.
        self.unreadable: set[str] = set()

    def run(self, *, by: User | None) -> None:
        self._refuse_incomplete()
        # One import at a time and agency; the second begins where the first has ended.
        wait_for("book")
        self._read_agency()
        changed_days.begin()
        for spec in ALL_SPECS:
            create_stage(table_of(spec.name))
        self._stage_calendars()
        self._stage_files()
        self._check_and_write()
        if self.unreadable:
            raise CannotImportBook(self.report)
        self._finish(by=by)

    def _refuse_incomplete(self) -> None:
        for spec in FILES:
            if spec.is_required and spec.name not in self.source.names:
                raise BadBook(f"The book has no {spec.name}, the one file that it must have.")
        if self.source.unknown:
            shown = ", ".join(shortened(name) for name in self.source.unknown[:20])
            self.report.notes.append(f"Not part of a book, and ignored: {shown}.")

    def _read_agency(self) -> None:
        if AGENCY_FILE in self.source.names:
            before = self.report.problem_count
            content = self.source.document(AGENCY_FILE)
            self.settings = parse_agency(content, self.report.add, self.report.notes.append)
            if self.report.problem_count > before:
                self.unreadable.add(AGENCY_FILE)

    def _stage_calendars(self) -> None:
        if CALENDARS_FILE in self.source.names:
            rows = calendar_rows(
                self.source.document(CALENDARS_FILE), self.report.add, self.report.notes.append
            )
            if rows is None:
                self.unreadable.add(CALENDARS_FILE)
            else:
                self._stage(table_of(CALENDARS_FILE), rows)

    def _stage_files(self) -> None:
        present = [spec for spec in FILES if spec.name in self.source.names]
        total, done = sum(self.source.size(spec.name) for spec in present) or 1, 0
        for spec in present:
            self.progress(f"reading {spec.name}", 0.6 * done / total)
            with closing(self.source.rows(spec.name)) as rows:
                self._stage(table_of(spec.name), rows)
            done += self.source.size(spec.name)

    def _stage(self, table: Table, raw_rows: Iterator[Any]) -> None:
        reader = FileReader(table.spec, self.report.add, self.report.notes.append)
        self.staged_rows[table.spec.name] = fill_stage(table, _with_a_key(table, reader.rows(raw_rows)))
        if reader.is_readable:
            complete_stage(table, reader.columns)
        else:
            self.unreadable.add(table.spec.name)

    def _check_and_write(self) -> None:
        before = account_selectors.get_settings()
        currency = self.settings.get("currency") or before.currency
        self.zone = self.settings.get("time_zone") or before.time_zone
        for number, spec in enumerate(ALL_SPECS):
            table = table_of(spec.name)
            self.progress(f"writing {spec.name}", 0.6 + 0.4 * number / len(ALL_SPECS))
            if spec.derived_from:
                self._check(table_of(spec.derived_from), currency)
                fill_blanks(table, currency)
            else:
                self._check(table, currency)
            rows = self.staged_rows.get(spec.name, 0)
            if not self.unreadable and (rows or spec.derived_from):
                counts = merge(table, self.report.add, rows=rows, zone=self.zone)
                if spec.name in self.source.names:
                    self.report.files[spec.name] = counts
        self.progress("done", 1.0)

    def _check(self, table: Table, currency: str) -> None:
        if table.spec.name in self.staged_rows and table.spec.name not in self.checked:
            self.checked.add(table.spec.name)
            fill_blanks(table, currency)
            check(table, self.report.add, unreadable=self.unreadable, names_dependants=self.skips_bad_rows)

    def _finish(self, *, by: User | None) -> None:
        if self.settings:
            settings_services.update_settings(by=by, **self.settings)
        counts = {
            name: {"created": one.created, "updated": one.updated, "left_out": one.left_out}
            for name, one in self.report.files.items()
            if one.created or one.updated or one.left_out
        }
        audit.record(by=by, action="book.import", changes={"files": counts})
        changed_days.tell(by=by, zone=self.zone)


def _place(problem: Problem) -> tuple[int, int, str, str]:
    """Problems are listed in the order of the book."""
    names = [spec.name for spec in ALL_SPECS]
    place = names.index(problem.file) if problem.file in names else -1
    return place, problem.line, problem.column, problem.message


def _with_a_key(table: Table, rows: Iterator[ParsedRow]) -> Iterator[ParsedRow]:
    """All rows; bad ones keep only their key, which tells what depends on them."""
    for row in rows:
        if row.is_bad:
            row.values = {name: row.values.get(name) for name in table.spec.key}
        yield row
