"""How much of a book is read before it is refused."""

import zipfile
from collections.abc import Iterable
from typing import IO

from clients.exchange.problems import BadBook

MEGABYTE = 1024 * 1024
MAX_FILE = 200 * MEGABYTE
MAX_ARCHIVE = 1000 * MEGABYTE
MAX_ARCHIVE_FILES = 1_000
MAX_DOCUMENT = 10 * MEGABYTE
MAX_ROWS = 1_000_000
MAX_COLUMNS = 1_000
MAX_LINE = 2_000_000
MAX_CELL = 200_000
# More mistakes than this in one run are counted, not listed.
MAX_PROBLEMS = 100_000


def check_size(name: str, size: int) -> None:
    """Refuse a file that is larger than 200 MB."""
    if size > MAX_FILE:
        raise BadBook(f"{name} is larger than {MAX_FILE // MEGABYTE} MB.")


def check_archive(name: str, infos: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse an archive that would unpack to too much, has too many files, or needs a password."""
    infos = list(infos)
    if len(infos) > MAX_ARCHIVE_FILES:
        raise BadBook(f"{name} holds more than {MAX_ARCHIVE_FILES:,} files.")
    if sum(info.file_size for info in infos) > MAX_ARCHIVE:
        raise BadBook(f"{name} unpacks to more than {MAX_ARCHIVE // MEGABYTE} MB.")
    for info in infos:
        if info.flag_bits & 0x1:
            raise BadBook(f"{name} is protected by a password.")
        check_size(f"{info.filename[:80]!r} in {name}", info.file_size)


def read_document(name: str, stream: IO[bytes]) -> bytes:
    """A whole JSON file, at most 10 MB."""
    content = stream.read(MAX_DOCUMENT + 1)
    if len(content) > MAX_DOCUMENT:
        raise BadBook(f"{name} is larger than {MAX_DOCUMENT // MEGABYTE} MB.")
    return content
