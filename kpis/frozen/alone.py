"""One freeze or comparison at a time and agency."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(*locks: str) -> Iterator[None]:
    """Wait for whoever holds one of the locks, then hold them all.

    A transaction that reads one state must begin after the wait, or it would read the state before it; so outside
    a transaction the locks outlive those that are begun in the block. Inside one they last as long as it does.
    """
    if connection.in_atomic_block:
        _each("pg_advisory_xact_lock", locks)
        yield
        return
    _each("pg_advisory_lock", locks)
    try:
        yield
    finally:
        _each("pg_advisory_unlock", locks)


def _each(verb: str, locks: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for lock in locks:
            cursor.execute(f"SELECT {verb}(hashtext(%s), hashtext(current_schema()))", [lock])
