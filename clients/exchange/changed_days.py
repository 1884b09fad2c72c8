"""Which days of which clients an import tells about, for the journal of changes.

What a file's rows said before and say now is noted before they are written, and put into the journal at the
end, when all clients are there. A file that changes a great many rows is told by client, not row by row.
"""

from dataclasses import dataclass

from django.db import connection

from accounts.models import User
from clients.changes.models import Change
from clients.exchange.tables import Table, quote

ROWS_TOLD_ONE_BY_ONE = 500
_NOTES = "pg_temp.book_changed_days"
Area = Change.Area


@dataclass(frozen=True, slots=True)
class Touched:
    """What a row of a file tells about: the days in `columns` (old and new), or from the first of them on.

    `client` names the column that leads to the client and the SQL of that way; none: all clients.
    """

    area: str
    columns: tuple[str, ...] = ()
    is_open: bool = True
    key: str = "client_id"
    way: str = "SELECT c.id FROM clients_client c WHERE c.book_id = note.owner"
    # An earlier day that the row also tells about, from rows that it belongs to.
    earlier: str = "NULL::date"


_BY_LINE = "SELECT l.client_id FROM clients_contractline l WHERE l.book_id = note.owner"
_BY_REQUEST = "SELECT r.client_id FROM clients_request r WHERE r.book_id = note.owner"
_OPENED = """(SELECT (r.opened_at AT TIME ZONE %(zone)s)::date FROM clients_request r
  WHERE r.book_id = note.owner)"""
_BY_INVITATION = """SELECT COALESCE(i.client_id, k.client_id) FROM clients_surveyinvitation i
  LEFT JOIN clients_contact k ON k.id = i.contact_id WHERE i.book_id = note.target_id"""
_BY_RESPONSE = """SELECT COALESCE(r.client_id, i.client_id, k.client_id) FROM clients_surveyresponse r
  LEFT JOIN clients_surveyinvitation i ON i.id = r.invitation_id
  LEFT JOIN clients_contact k ON k.id = COALESCE(r.contact_id, i.contact_id) WHERE r.book_id = note.target_id"""
_ASKED = """(SELECT LEAST(MIN(i.sent_at), MIN(o.answered_at)) AT TIME ZONE %(zone)s
  FROM clients_surveyresponse r
  JOIN clients_surveyinvitation i ON i.id = r.invitation_id
  JOIN clients_surveyresponse o ON o.invitation_id = i.id WHERE r.book_id = note.target_id)::date"""
_NOBODY = "SELECT NULL::bigint"

TOUCHED = {
    "calendars.json": Touched(Area.SERVICE, key="", way=_NOBODY),
    "members.csv": Touched(Area.BOOK, key="", way=_NOBODY),
    "teams.csv": Touched(Area.BOOK, key="", way=_NOBODY),
    "team_members.csv": Touched(Area.BOOK, ("starts_on",), key="", way=_NOBODY),
    "sla_policies.csv": Touched(Area.SERVICE, key="", way=_NOBODY),
    "clients.csv": Touched(Area.BOOK),
    "contacts.csv": Touched(Area.BOOK),
    "assignments.csv": Touched(Area.BOOK, ("starts_on",)),
    "contract_lines.csv": Touched(Area.CONTRACTS, ("starts_on",)),
    "line_pauses.csv": Touched(Area.CONTRACTS, ("starts_on",), key="line_id", way=_BY_LINE),
    "fx_rates.csv": Touched(Area.CONTRACTS, ("effective_on",), key="", way=_NOBODY),
    # A repeated request tells about the one before, so no day is too early.
    "requests.csv": Touched(Area.SERVICE),
    "messages.csv": Touched(
        Area.SERVICE, ("sent_at",), key="request_id", way=_BY_REQUEST, earlier=_OPENED, is_open=False
    ),
    "touchpoints.csv": Touched(Area.TOUCHPOINTS, ("occurred_at",), is_open=False),
    "surveys.csv": Touched(Area.FEEDBACK, key="", way=_NOBODY),
    "survey_invitations.csv": Touched(Area.FEEDBACK, ("sent_at",), key="", way=_BY_INVITATION),
    "survey_responses.csv": Touched(
        Area.FEEDBACK, ("answered_at",), key="", way=_BY_RESPONSE, earlier=_ASKED, is_open=False
    ),
    "opportunities.csv": Touched(Area.GROWTH),
    "proposals.csv": Touched(Area.GROWTH, ("sent_at", "decided_at")),
    "deliverables.csv": Touched(Area.DELIVERY, ("baseline_due_on", "due_on"), is_open=False),
    "retainer_usage.csv": Touched(Area.ACCOUNTS, ("month",), key="line_id", way=_BY_LINE),
    "invoices.csv": Touched(Area.ACCOUNTS, ("issued_on",)),
    "referrals.csv": Touched(Area.GROWTH, ("made_on",)),
    "testimonials.csv": Touched(Area.GROWTH, ("received_on",), is_open=False),
    "goals.csv": Touched(Area.ACCOUNTS),
}


def begin() -> None:
    """An empty list of notes, gone with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_NOTES}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_NOTES.removeprefix('pg_temp.')} "
            "(file text, target_id text, owner text, first_on date, last_on date) ON COMMIT DROP"
        )


def note(table: Table, zone: str) -> None:
    """Note what the staged rows that will be written tell about, before and after. A write must follow."""
    touched = TOUCHED.get(table.spec.name)
    if touched is None:
        return
    sides = [_day(table, name, side) for name in touched.columns for side in "se"]
    first = f"LEAST({', '.join(sides)})" if sides else "NULL"
    last = f"GREATEST({', '.join(sides)})" if sides and not touched.is_open else "NULL"
    target = " || '/' || ".join(f"s.{quote(name)}::text" for name in table.spec.key)
    owner = f"s.{quote(touched.key)}" if touched.key else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_NOTES} SELECT %(file)s, {target}, {owner}, {first}, {last} "
            f"FROM {table.stage} s LEFT JOIN {table.existing} e ON {table.same_key('s', 'e')} "
            "WHERE s.action <> 'keep' AND NOT s.is_bad",
            {"file": table.spec.name, "zone": zone},
        )


def _day(table: Table, name: str, side: str) -> str:
    column = f"{side}.{quote(name)}"
    is_instant = table.spec.column(name).type.storage.startswith("timestamp")
    return f"({column} AT TIME ZONE %(zone)s)::date" if is_instant else f"{column}::date"


def tell(*, by: User | None, zone: str) -> None:
    """Put the notes into the journal."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT file, COUNT(*) FROM {_NOTES} GROUP BY file ORDER BY file")
        for file, count in cursor.fetchall():
            text = _ONE_BY_ONE if count <= ROWS_TOLD_ONE_BY_ONE else _BY_CLIENT
            touched = TOUCHED[file]
            cursor.execute(
                text.format(notes=_NOTES, way=touched.way, earlier=touched.earlier),
                {"file": file, "area": str(touched.area), "by": None if by is None else by.pk, "zone": zone},
            )


_ROWS = """
  SELECT note.target_id, ({way}) AS client_id, LEAST(note.first_on, {earlier}) AS first_on, note.last_on
  FROM {notes} note WHERE note.file = %(file)s
"""
_ONE_BY_ONE = (
    """INSERT INTO clients_change
  (client_id, area, first_on, last_on, target_type, target_id, label, by_id, origin, at)
SELECT client_id, %(area)s, first_on, last_on, %(file)s, target_id, target_id, %(by)s, 'book.import', now()
FROM ("""
    + _ROWS
    + ") AS told"
)
_BY_CLIENT = (
    """INSERT INTO clients_change
  (client_id, area, first_on, last_on, target_type, target_id, label, by_id, origin, at)
SELECT client_id, %(area)s, CASE WHEN bool_and(first_on IS NOT NULL) THEN MIN(first_on) END,
  CASE WHEN bool_and(last_on IS NOT NULL) THEN MAX(last_on) END, %(file)s, '',
  COUNT(*) || ' rows of ' || %(file)s, %(by)s, 'book.import', now()
FROM ("""
    + _ROWS
    + ") AS told GROUP BY client_id"
)
