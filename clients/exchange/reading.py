"""Turns rows of text into rows of values by a file's spec, naming everything that is wrong with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from clients.exchange import limits, types
from clients.exchange.csv_reading import RawRow
from clients.exchange.spec import Column, FileSpec, Problem, shortened

Report = Callable[[Problem], None]


@dataclass(slots=True)
class ParsedRow:
    """Values by column name, and the line. A bad row has only those values that could be read."""

    line: int
    values: dict[str, Any]
    is_bad: bool = False


@dataclass(slots=True)
class FileReader:
    """Reads one file. After `rows`, `columns` are those it has and `is_readable` says it got to the end."""

    spec: FileSpec
    report: Report
    note: Callable[[str], None]
    columns: list[Column] = field(default_factory=list)
    is_readable: bool = True
    _positions: list[tuple[int, Column]] = field(default_factory=list)
    _width: int = 0

    def rows(self, raw_rows: Iterator[RawRow]) -> Iterator[ParsedRow]:
        """The rows of the file, good and bad, after its header."""
        if not self._read_header(next(raw_rows, None)):
            self.is_readable = False
            return
        for count, raw in enumerate(raw_rows, start=1):
            if raw.problem:
                self._problem(raw.line, "", raw.problem)
                if raw.is_fatal:
                    self.is_readable = False
                    return
                yield ParsedRow(raw.line, {}, is_bad=True)
            elif count > limits.MAX_ROWS:
                self._problem(raw.line, "", f"the file has more than {limits.MAX_ROWS:,} rows")
                self.is_readable = False
                return
            else:
                yield self._parse(raw)

    def _problem(self, line: int, column: str, message: str, value: str | None = None) -> None:
        self.report(Problem(self.spec.name, line, column, message, value))

    def _read_header(self, header: RawRow | None) -> bool:
        if header is None:
            self._problem(1, "", "the header row is missing; the file is empty")
            return False
        if header.problem:
            self._problem(header.line, "", header.problem)
            return False
        names = [cell.strip() for cell in header.cells]
        problems = list(_header_problems(self.spec, names))
        for column, message in problems:
            self._problem(header.line, column, message)
        by_name = {column.name: column for column in self.spec.columns}
        self._positions = [(place, by_name[name]) for place, name in enumerate(names) if name in by_name]
        self.columns = [column for _place, column in self._positions]
        self._width = len(names)
        unknown = [name for name in names if name and name not in by_name]
        if unknown and not problems:
            shown = ", ".join(shortened(name) for name in unknown[:20])
            self.note(f"{self.spec.name}: unknown columns are ignored: {shown}.")
        return not problems

    def _parse(self, raw: RawRow) -> ParsedRow:
        cells = raw.cells
        if len(cells) != self._width:
            self._problem(raw.line, "", f"has {len(cells)} cells where the header has {self._width}")
            return ParsedRow(raw.line, {}, is_bad=True)
        row = ParsedRow(raw.line, {})
        for place, column in self._positions:
            text = cells[place]
            try:
                row.values[column.name] = _value(column, text)
            except types.BadCell as error:
                row.is_bad = True
                self._problem(raw.line, column.name, str(error), text)
        if not row.is_bad:
            self._apply_rules(row, cells)
        return row

    def _apply_rules(self, row: ParsedRow, cells: list[str]) -> None:
        for rule in self.spec.rules:
            message = rule.check(row.values)
            if message:
                row.is_bad = True
                shown = next(
                    (cells[place] for place, column in self._positions if column.name == rule.column), ""
                )
                self._problem(row.line, rule.column, message, shown or None)


def _value(column: Column, text: str) -> Any:
    """A cell's value. Raises BadCell."""
    if not text:
        if column.is_required:
            raise types.BadCell("is required and blank")
        return column.blank
    if not text.isascii() or "\x00" in text:
        forbidden = types.forbidden_characters(text)
        if forbidden:
            raise types.BadCell(forbidden)
    is_blank = not text.strip()
    if is_blank and column.is_required:
        raise types.BadCell("is required and blank")
    if is_blank and not isinstance(column.type, types.Text):
        return column.blank
    return column.type.parse(text)


def _header_problems(spec: FileSpec, names: list[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a header, as column and message."""
    for name in names:
        forbidden = types.forbidden_characters(name)
        if forbidden:
            yield "", f"the header {forbidden}"
            return
    known = {column.name for column in spec.columns}
    if len(names) > limits.MAX_COLUMNS:
        yield "", f"the header has {len(names):,} columns; {limits.MAX_COLUMNS:,} is the most"
    elif not known.intersection(names):
        yield "", _missing_header(names)
    else:
        for name in dict.fromkeys(names):
            if name and names.count(name) > 1:
                yield shortened(name), "is twice in the header"
        for column in spec.columns:
            if column.is_required and column.name not in names:
                yield column.name, "is missing from the header"


def _missing_header(names: list[str]) -> str:
    for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and separator in names[0]:
            return f"the columns are separated by {word}; write commas"
    return "the header row is missing; the first row names none of the columns"
