"""A CSV file as rows of text with their line numbers; what is wrong with a line travels with it.

Bytes that are not UTF-8 come through as lone surrogates, so that each bad cell can be named (see
`types.forbidden_characters`).
"""

import csv
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import IO

from clients.exchange import limits

# Holds for the whole process; nothing else here reads CSV.
csv.field_size_limit(limits.MAX_CELL)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row's cells and the line where it begins. With a `problem` it has none; `is_fatal` ends the file."""

    line: int
    cells: list[str]
    problem: str = ""
    is_fatal: bool = False


class _LineTooLong(Exception):
    """A line of more than `limits.MAX_LINE` characters."""


def read_csv(name: str, stream: IO[bytes]) -> Generator[RawRow, None, None]:
    """The rows of a CSV file, the header first; rows without a single character are left out."""
    head = stream.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield RawRow(1, [], "the file is UTF-16 or UTF-32 text; save it as CSV UTF-8", is_fatal=True)
        return
    if head.startswith(b"PK\x03\x04"):
        yield RawRow(1, [], "the file is a zip or a workbook, not CSV text", is_fatal=True)
        return
    lines = _lines(head, stream)
    reader = csv.reader(lines, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _LineTooLong:
            message = f"has a line longer than {limits.MAX_LINE:,} characters"
            yield RawRow(line, [], message, is_fatal=True)
            return
        except csv.Error as error:
            yield _csv_problem(line, str(error), is_long=reader.line_num > line)
            continue
        if any(cells):
            yield RawRow(line, cells)


def _lines(head: bytes, stream: IO[bytes]) -> Iterator[str]:
    """Text lines with their own endings; a line that never ends is not read to its end."""
    raw = io.BufferedReader(_Chained(head, stream), 1 << 16)
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
    while line := text.readline(limits.MAX_LINE + 1):
        if len(line) > limits.MAX_LINE:
            raise _LineTooLong
        yield line


class _Chained(io.RawIOBase):
    """The first bytes, then the rest of a stream, at most as many as a file may have."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self._head[: len(buffer)] if self._head else self._stream.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def _csv_problem(line: int, error: str, *, is_long: bool) -> RawRow:
    """The row in which the csv module stumbled. One that spans lines has swallowed rows and ends the file."""
    if "unexpected end of data" in error:
        message = "a quote opens here and is never closed, so the rest of the file cannot be read"
        return RawRow(line, [], message, is_fatal=True)
    if "field larger" in error:
        message = f"has a cell longer than {limits.MAX_CELL:,} characters; perhaps a quote is never closed"
        return RawRow(line, [], message, is_fatal=is_long)
    message = "has a quote in the wrong place; a quote inside a quoted cell is written twice"
    return RawRow(line, [], message, is_fatal=is_long)
