"""Alerts of an agency are raised and told by one process at a time."""

from django.db import connection


def wait_for_others() -> None:
    """Until the caller's transaction ends nobody else raises a cause or posts a morning mail of this agency."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('alerts'), hashtext(current_schema()))")
