"""Where an exported book goes: a folder, a zip or a workbook; each gets its name only when it is whole."""

import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from clients.exchange.csv_writing import write_csv
from clients.exchange.spec import FileSpec
from clients.exchange.workbook_writing import TextTooLong, WorkbookWriter

Rows = Iterable[Sequence[Any]]


class CannotWriteBook(Exception):
    """The book cannot be written where it should go; the message is one clear sentence."""


class Sink(Protocol):
    """A book that is being written."""

    def document(self, name: str, content: dict[str, Any]) -> None:
        """Write a JSON file."""

    def table(self, spec: FileSpec, rows: Rows) -> int:
        """Write a file's rows; returns how many there were."""

    def finish(self) -> None:
        """Everything is written: put it under its name."""

    def discard(self) -> None:
        """Writing has failed: let go of what is open."""


@contextmanager
def open_sink(path: Path) -> Iterator[Sink]:
    """A sink for the path; what is half-written when an error ends the block is removed."""
    if not path.parent.is_dir():
        raise CannotWriteBook(f"The folder {path.parent} is not there.")
    kinds: dict[str, type[FolderSink | ZipSink | WorkbookSink]] = {".zip": ZipSink, ".xlsx": WorkbookSink}
    kind = kinds.get(path.suffix.lower(), FolderSink)
    if kind is FolderSink and path.exists() and not path.is_dir():
        raise CannotWriteBook(f"{path} is a file; a book goes into a folder, a .zip or an .xlsx.")
    if kind is not FolderSink and path.is_dir():
        raise CannotWriteBook(f"{path} is a folder.")
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", dir=path.parent))
        try:
            yield from _written(kind(path, draft))
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise CannotWriteBook(f"{path} cannot be written: {error.strerror or error}.") from error
    except TextTooLong as error:
        raise CannotWriteBook(f"{path} cannot be written: {error}") from error


def _written(sink: Sink) -> Iterator[Sink]:
    try:
        yield sink
    except BaseException:
        sink.discard()
        raise


def _json_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


class FolderSink:
    """A folder of files. A folder that is there already keeps its other files."""

    def __init__(self, path: Path, draft: Path) -> None:
        self._path, self._draft = path, draft

    def document(self, name: str, content: dict[str, Any]) -> None:
        (self._draft / name).write_bytes(_json_bytes(content))

    def table(self, spec: FileSpec, rows: Rows) -> int:
        with (self._draft / spec.name).open("w", encoding="utf-8", newline="") as stream:
            return write_csv(stream, spec, rows)

    def finish(self) -> None:
        if not self._path.exists():
            self._draft.chmod(0o755)
            self._draft.rename(self._path)
            return
        for file in sorted(self._draft.iterdir()):
            os.replace(file, self._path / file.name)

    def discard(self) -> None:
        """Nothing is open."""


class ZipSink:
    """A zip of the files; the same book gives the same bytes."""

    def __init__(self, path: Path, draft: Path) -> None:
        self._path, self._file = path, draft / "book.zip"
        self._archive = zipfile.ZipFile(self._file, "w")

    def document(self, name: str, content: dict[str, Any]) -> None:
        self._archive.writestr(_entry(name), _json_bytes(content))

    def table(self, spec: FileSpec, rows: Rows) -> int:
        entry = self._archive.open(_entry(spec.name), "w", force_zip64=True)
        with io.TextIOWrapper(entry, encoding="utf-8", newline="") as stream:
            return write_csv(stream, spec, rows)

    def finish(self) -> None:
        self._archive.close()
        os.replace(self._file, self._path)

    def discard(self) -> None:
        self._archive.close()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


class WorkbookSink:
    """A workbook with a sheet for each file."""

    def __init__(self, path: Path, draft: Path) -> None:
        self._path, self._file = path, draft / "book.xlsx"
        self._writer = WorkbookWriter()

    def document(self, name: str, content: dict[str, Any]) -> None:
        self._writer.add_document(name.removesuffix(".json"), content)

    def table(self, spec: FileSpec, rows: Rows) -> int:
        return self._writer.add_table(spec, rows)

    def finish(self) -> None:
        self._writer.save(self._file)
        os.replace(self._file, self._path)

    def discard(self) -> None:
        # Ends the half-written sheets and removes their temporary files, which nothing else does.
        self._writer.save(self._file)
