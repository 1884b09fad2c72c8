"""Counts what a page or selector asks of the database, `SET search_path` before each left out."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(work: Callable[[], object]) -> list[str]:
    """The statements that the work runs."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured if not query["sql"].startswith("SET search_path")]
