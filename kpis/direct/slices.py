"""Slices in SQL: the slice key of a client on a day, and the keys and names of all slices.

Keys are the book's own ids. The text made here holds no values from outside: `client` and `day` are SQL
expressions written by the callers.
"""

from collections.abc import Sequence

from django.db import connection

from kpis.direct.query import UNASSIGNED, Query, SliceKey

_AM = """COALESCE((SELECT slice_user.book_id FROM clients_assignment slice_assignment
  JOIN accounts_user slice_user ON slice_user.id = slice_assignment.member_id
  WHERE slice_assignment.client_id = {client} AND slice_assignment.role = 'primary'
    AND slice_assignment.starts_on <= {day}
    AND (slice_assignment.ends_on IS NULL OR slice_assignment.ends_on > {day})), 'unassigned')"""
# The team of its primary account manager on the day.
_TEAM = """COALESCE((SELECT slice_team.book_id FROM clients_assignment slice_assignment
  JOIN accounts_teammembership slice_place ON slice_place.member_id = slice_assignment.member_id
    AND slice_place.starts_on <= {day} AND (slice_place.ends_on IS NULL OR slice_place.ends_on > {day})
  JOIN accounts_team slice_team ON slice_team.id = slice_place.team_id
  WHERE slice_assignment.client_id = {client} AND slice_assignment.role = 'primary'
    AND slice_assignment.starts_on <= {day}
    AND (slice_assignment.ends_on IS NULL OR slice_assignment.ends_on > {day})), 'unassigned')"""
_SEGMENT = """COALESCE((SELECT NULLIF(slice_client.segment, '') FROM clients_client slice_client
  WHERE slice_client.id = {client}), 'unassigned')"""
_CLIENT = "(SELECT slice_client.book_id FROM clients_client slice_client WHERE slice_client.id = {client})"
_TEXTS = {
    "agency": "NULL::text",
    "service": "NULL::text",
    "am": _AM,
    "team": _TEAM,
    "segment": _SEGMENT,
    "client": _CLIENT,
}


def client_slice(by: str, client: str, day: str) -> str:
    """SQL for the slice key of the client (an id expression) on the day (a date expression).

    NULL for `agency`, and for `service`: a client has no service, only contract lines have one.
    """
    return _TEXTS[by].format(client=client, day=day)


_LABELS = {
    "am": """SELECT DISTINCT u.book_id, u.name FROM accounts_user u
      JOIN clients_assignment a ON a.member_id = u.id AND a.role = 'primary'
      WHERE a.starts_on < %(cut_end)s AND (a.ends_on IS NULL OR a.ends_on > %(opening_day)s)""",
    "team": """SELECT DISTINCT t.book_id, t.name FROM accounts_team t
      JOIN accounts_teammembership m ON m.team_id = t.id
      WHERE m.starts_on < %(cut_end)s AND (m.ends_on IS NULL OR m.ends_on > %(opening_day)s)""",
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
    "team": "SELECT book_id, name FROM accounts_team",
    "service": "SELECT book_id, name FROM clients_service",
    "client": "SELECT book_id, name FROM clients_client",
}
_UNASSIGNED_LABELS = {"am": "No account manager", "team": "No team", "segment": "No segment"}


def list_slices(query: Query) -> dict[SliceKey, str]:
    """Every slice that takes part in the period, by key.

    its name. The agency itself is one slice with key None.
    """
    if query.by == "agency":
        return {None: query.settings.name}
    with connection.cursor() as cursor:
        cursor.execute(_LABELS[query.by], {"cut_end": query.cut_end, "opening_day": query.opening_day})
        return dict(sorted(cursor.fetchall(), key=lambda row: (row[1], row[0])))


def list_slices_of(queries: Sequence[Query]) -> list[dict[SliceKey, str]]:
    """As `list_slices` for each query, in one statement. The queries share `by` and the agency's name."""
    if queries[0].by == "agency":
        return [{None: query.settings.name} for query in queries]
    # The texts name the borders as parameters; here they are columns of the periods.
    text = _LABELS[queries[0].by]
    for name in ("cut_end", "opening_day"):
        text = text.replace(f"%({name})s", f"period.{name}")
    statement = f"""SELECT period.number, slice.* FROM unnest(%s::date[], %s::date[])
      WITH ORDINALITY AS period (cut_end, opening_day, number), LATERAL ({text}) AS slice (key, label)
      ORDER BY period.number, slice.label, slice.key"""  # noqa: S608 – our own words
    found: list[dict[SliceKey, str]] = [{} for _ in queries]
    with connection.cursor() as cursor:
        borders = [[query.cut_end for query in queries], [query.opening_day for query in queries]]
        cursor.execute(statement, borders)
        for number, key, label in cursor.fetchall():
            found[number - 1][key] = label
    return found


def find_labels(by: str, keys: set[SliceKey]) -> dict[SliceKey, str]:
    """Names of slices that turned up in figures only, such as the bucket "unassigned"."""
    return {key: str(key) for key in keys} | find_names(by, keys)


def find_names(by: str, keys: set[SliceKey]) -> dict[SliceKey, str]:
    """Names of those of the slices that there are, now or at any other time; a segment only has its key."""
    names: dict[SliceKey, str] = {}
    if by in _NAMES and keys:
        with connection.cursor() as cursor:
            cursor.execute(
                _NAMES[by] + " WHERE book_id = ANY(%(keys)s)", {"keys": [key for key in keys if key]}
            )
            names.update(cursor.fetchall())
    if UNASSIGNED in keys and by in _UNASSIGNED_LABELS:
        names[UNASSIGNED] = _UNASSIGNED_LABELS[by]
    return names


def list_client_segments() -> dict[SliceKey, SliceKey]:
    """The segment slice of every client slice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT book_id, COALESCE(NULLIF(segment, ''), 'unassigned') FROM clients_client")
        return dict(cursor.fetchall())
