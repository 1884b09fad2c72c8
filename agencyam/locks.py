"""Waiting for others of the same agency; each name is one queue."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def wait_for(name: str) -> None:
    """Wait for whoever of this agency holds the lock, then hold it until the transaction ends."""
    _each("pg_advisory_xact_lock", (name,))


@contextmanager
def alone(*names: str) -> Iterator[None]:
    """Wait for whoever of this agency holds one of the locks, then hold them all.

    A transaction that reads one state must begin after the wait, or it would read the state before it; so outside
    a transaction the locks outlive those that are begun in the block. Inside one they last as long as it does.
    """
    if connection.in_atomic_block:
        _each("pg_advisory_xact_lock", names)
        yield
        return
    _each("pg_advisory_lock", names)
    try:
        yield
    finally:
        _each("pg_advisory_unlock", names)


def _each(verb: str, names: tuple[str, ...]) -> None:
    """The second half of the lock is the schema's name, so that agencies do not wait for each other."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT {verb}(hashtext(%s), hashtext(current_schema()))", [name])
