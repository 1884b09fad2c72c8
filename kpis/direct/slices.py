"""Slices in SQL: the slice key of a client on a day, and the keys and names of all slices.

Keys are the book's own ids. The text made here holds no values from outside: `client` and `day` are SQL
expressions written by the callers.
"""

from django.db import connection

from kpis.direct.query import UNASSIGNED, Query, SliceKey

_AM = """COALESCE((SELECT slice_user.book_id FROM clients_assignment slice_assignment
  JOIN accounts_user slice_user ON slice_user.id = slice_assignment.member_id
  WHERE slice_assignment.client_id = {client} AND slice_assignment.role = 'primary'
    AND slice_assignment.starts_on <= {day}
    AND (slice_assignment.ends_on IS NULL OR slice_assignment.ends_on > {day})), 'unassigned')"""
_SEGMENT = """COALESCE((SELECT NULLIF(slice_client.segment, '') FROM clients_client slice_client
  WHERE slice_client.id = {client}), 'unassigned')"""
_CLIENT = "(SELECT slice_client.book_id FROM clients_client slice_client WHERE slice_client.id = {client})"
_TEXTS = {"agency": "NULL::text", "service": "NULL::text", "am": _AM, "segment": _SEGMENT, "client": _CLIENT}


def client_slice(by: str, client: str, day: str) -> str:
    """SQL for the slice key of the client (an id expression) on the day (a date expression).

    NULL for `agency`, and for `service`: a client has no service, only contract lines have one.
    """
    return _TEXTS[by].format(client=client, day=day)


_LABELS = {
    "am": """SELECT DISTINCT u.book_id, u.name FROM accounts_user u
      JOIN clients_assignment a ON a.member_id = u.id AND a.role = 'primary'
      WHERE a.starts_on < %(cut_end)s AND (a.ends_on IS NULL OR a.ends_on > %(opening_day)s)""",
    "segment": """SELECT DISTINCT segment, segment FROM clients_client WHERE segment <> ''
      AND (archived_on IS NULL OR archived_on > %(opening_day)s)""",
    "service": """SELECT DISTINCT s.book_id, s.name FROM clients_service s
      JOIN clients_contractline l ON l.service_id = s.id AND NOT l.is_void
      WHERE l.starts_on < %(cut_end)s AND (l.ends_on IS NULL OR l.ends_on > %(opening_day)s)""",
    "client": """SELECT book_id, name FROM clients_client
      WHERE archived_on IS NULL OR archived_on > %(opening_day)s""",
}
_NAMES = {
    "am": "SELECT book_id, name FROM accounts_user",
    "service": "SELECT book_id, name FROM clients_service",
    "client": "SELECT book_id, name FROM clients_client",
}
_UNASSIGNED_LABELS = {"am": "No account manager", "segment": "No segment"}


def list_slices(query: Query) -> dict[SliceKey, str]:
    """Every slice that takes part in the period, by key.

    its name. The agency itself is one slice with key None.
    """
    if query.by == "agency":
        return {None: query.settings.name}
    with connection.cursor() as cursor:
        cursor.execute(_LABELS[query.by], {"cut_end": query.cut_end, "opening_day": query.opening_day})
        return dict(sorted(cursor.fetchall(), key=lambda row: (row[1], row[0])))


def find_labels(by: str, keys: set[SliceKey]) -> dict[SliceKey, str]:
    """Names of slices that turned up in figures only, such as the bucket "unassigned"."""
    labels: dict[SliceKey, str] = {key: str(key) for key in keys}
    if by in _NAMES and keys:
        with connection.cursor() as cursor:
            cursor.execute(
                _NAMES[by] + " WHERE book_id = ANY(%(keys)s)", {"keys": [key for key in keys if key]}
            )
            labels.update(cursor.fetchall())
    if UNASSIGNED in keys and by in _UNASSIGNED_LABELS:
        labels[UNASSIGNED] = _UNASSIGNED_LABELS[by]
    return labels


def list_client_segments() -> dict[SliceKey, SliceKey]:
    """The segment slice of every client slice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT book_id, COALESCE(NULLIF(segment, ''), 'unassigned') FROM clients_client")
        return dict(cursor.fetchall())
