"""What is in the database, table by table, so that a test can tell whether anything changed."""

from django.db import connection

# Sessions live their own life; a sign-in notes its time.
SESSIONS = frozenset({"django_session", "usersessions_usersession"})
# How often a client's link was fetched, by whomever: all that reading may write, and no evidence of a reader.
SOFT_EVIDENCE = frozenset({"reports_qbrlinksighting"})
_TABLES = """SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_schema IN ('public', current_schema()) AND table_type = 'BASE TABLE' ORDER BY 1, 2"""
_SUM = """SELECT md5(coalesce(string_agg(line, ' ' ORDER BY line), '')) FROM (
    SELECT md5((to_jsonb(row) - 'last_login')::text) AS line FROM {table} row) lines"""


def checksums() -> dict[str, str]:
    """A sum per table of the bound agency and of the public schema, sessions and fetches of links left out."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [row for row in cursor.fetchall() if row[1] not in SESSIONS | SOFT_EVIDENCE]
        sums = {}
        for schema, name in tables:
            table = f"{connection.ops.quote_name(schema)}.{connection.ops.quote_name(name)}"
            cursor.execute(_SUM.format(table=table))
            sums[f"{'public' if schema == 'public' else 'agency'}.{name}"] = cursor.fetchone()[0]
    return sums


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables whose sums differ."""
    return sorted(name for name in before | after if before.get(name) != after.get(name))
