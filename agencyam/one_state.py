"""Reading many things as they are at one moment, whatever others commit meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_state() -> Iterator[None]:
    """A transaction whose every query sees the database as the first one saw it (REPEATABLE READ).

    For reading alone: what chains on to the latest row, such as the audit trail, is written after it. Inside
    another transaction it is that one's view that counts.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
