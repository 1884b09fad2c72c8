"""Where the files of a book come from: a folder, a zip or a workbook. All give rows of text with lines.

Nothing is unpacked to disk, no name inside an archive becomes a path, and every size has a limit.
"""

import zipfile
import zlib
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from clients.exchange import book_format, limits
from clients.exchange.csv_reading import RawRow, read_csv
from clients.exchange.problems import BadBook, BookNotFound
from clients.exchange.workbook_reading import Workbook

KNOWN_NAMES = frozenset([*book_format.BY_NAME, book_format.AGENCY_FILE, book_format.CALENDARS_FILE])


class Source(Protocol):
    """A book that is open for reading. `close` it after use."""

    names: frozenset[str]
    unknown: tuple[str, ...]

    def rows(self, name: str) -> Generator[RawRow, None, None]:
        """The rows of a CSV file or sheet, the header first."""

    def document(self, name: str) -> bytes:
        """The content of a JSON file."""

    def size(self, name: str) -> int:
        """About how many bytes the file has."""

    def close(self) -> None:
        """Let go of open files."""


def open_book(path: Path) -> Source:
    """The book at a path: a folder, a `.zip` or an `.xlsx`. Raises BookNotFound or BadBook."""
    if not path.exists():
        raise BookNotFound(f"{path} is not there.")
    if path.is_dir():
        return FolderSource(path)
    if not path.is_file():
        raise BookNotFound(f"{path} is neither a folder nor a file.")
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return ZipSource(path)
    if suffix == ".xlsx":
        return WorkbookSource(path)
    raise BookNotFound(f"{path} is not a book; a book is a folder, a .zip or an .xlsx.")


class FolderSource:
    """A folder of files."""

    def __init__(self, path: Path) -> None:
        try:
            found = [entry for entry in sorted(path.iterdir()) if not entry.name.startswith(".")]
        except OSError as error:
            raise BadBook(f"{path} cannot be read: {error.strerror}.") from error
        self._paths = {entry.name: entry for entry in found if entry.name in KNOWN_NAMES}
        for name, entry in self._paths.items():
            if not entry.is_file():
                raise BadBook(f"{name} is not a file.")
            limits.check_size(name, entry.stat().st_size)
        self.names = frozenset(self._paths)
        self.unknown = tuple(entry.name for entry in found if entry.name not in KNOWN_NAMES)

    def rows(self, name: str) -> Generator[RawRow, None, None]:
        with self._open(name) as stream:
            yield from read_csv(name, stream)

    def document(self, name: str) -> bytes:
        with self._open(name) as stream:
            return limits.read_document(name, stream)

    def size(self, name: str) -> int:
        return self._paths[name].stat().st_size

    def close(self) -> None:
        """Nothing stays open."""

    def _open(self, name: str) -> BinaryIO:
        try:
            return self._paths[name].open("rb")
        except OSError as error:
            raise BadBook(f"{name} cannot be read: {error.strerror}.") from error


@dataclass
class ZipSource:
    """A zip of files, at its top or all in one folder."""

    path: Path

    def __post_init__(self) -> None:
        self._stack = ExitStack()
        try:
            self._archive = self._stack.enter_context(zipfile.ZipFile(self.path))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise BadBook(f"{self.path.name} is not a zip that can be read.") from error
        try:
            self._members = members_of(self._archive, self.path.name)
        except BadBook:
            self.close()
            raise
        self.names = frozenset(name for name in self._members if name in KNOWN_NAMES)
        self.unknown = tuple(name for name in self._members if name not in KNOWN_NAMES)

    def rows(self, name: str) -> Generator[RawRow, None, None]:
        with self._reading(name), self._archive.open(self._members[name]) as stream:
            yield from read_csv(name, stream)

    def document(self, name: str) -> bytes:
        with self._reading(name), self._archive.open(self._members[name]) as stream:
            return limits.read_document(name, stream)

    def size(self, name: str) -> int:
        return self._members[name].file_size

    def close(self) -> None:
        self._stack.close()

    def _reading(self, name: str) -> "_Damage":
        return _Damage(f"{name} in {self.path.name} is damaged.")


@dataclass
class _Damage:
    """Turns what zipfile says about damaged data into BadBook."""

    sentence: str

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, zipfile.BadZipFile | EOFError | zlib.error | NotImplementedError | RuntimeError):
            raise BadBook(self.sentence) from error


def members_of(archive: zipfile.ZipFile, archive_name: str) -> dict[str, zipfile.ZipInfo]:
    """An archive's files by their bare names. Refuses names that leave the archive, bombs and passwords."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    limits.check_archive(archive_name, infos)
    members: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for info in infos:
        if _leaves_the_archive(info.filename):
            raise BadBook(
                f"{archive_name} names a file outside itself ({info.filename[:80]!r}) and was not read."
            )
        path = PurePosixPath(info.filename)
        if path.name.startswith(".") or path.parts[0] == "__MACOSX":
            continue
        if path.name in members:
            raise BadBook(f"{archive_name} holds {path.name[:80]!r} twice.")
        folders.add(path.parent)
        members[path.name] = info
    if len(folders) > 1:
        raise BadBook(f"{archive_name} has files in several folders; a book is one folder.")
    return members


def _leaves_the_archive(name: str) -> bool:
    return (
        name.startswith("/")
        or "\\" in name
        or ":" in name
        or "\x00" in name
        or ".." in PurePosixPath(name).parts
    )


def _refuse_entities(archive: zipfile.ZipFile, archive_name: str) -> None:
    """No part of a workbook declares XML entities. Sheets and their texts are read by defusedxml, which sees to it."""
    for info in archive.infolist():
        is_streamed = (
            info.filename.startswith("xl/worksheets/sheet") or info.filename == "xl/sharedStrings.xml"
        )
        if info.filename.endswith((".xml", ".rels", ".vml")) and not is_streamed:
            with archive.open(info) as stream:
                content = limits.read_document(info.filename, stream)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content:
                raise BadBook(f"{archive_name} declares XML entities and was not read.")


class WorkbookSource:
    """A workbook with a sheet for each file, named like the file without its ending."""

    def __init__(self, path: Path) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                limits.check_archive(path.name, archive.infolist())
                _refuse_entities(archive, path.name)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise BadBook(f"{path.name} is not an .xlsx workbook that can be read.") from error
        self._size = path.stat().st_size
        self._workbook = Workbook(path, KNOWN_NAMES)
        self.names = self._workbook.names
        self.unknown = self._workbook.unknown

    def rows(self, name: str) -> Generator[RawRow, None, None]:
        return self._workbook.rows(name)

    def document(self, name: str) -> bytes:
        return self._workbook.document(name)

    def size(self, name: str) -> int:
        return self._size // max(len(self.names), 1)

    def close(self) -> None:
        self._workbook.close()
