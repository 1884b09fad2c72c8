"""The tables that KPIs read: as whole rows for the limit, and the columns needed as DuckDB's raw tables."""

from pathlib import Path

import duckdb
from django.db import connection

from bench.kpis.copying import copy_out
from clients.models import BusinessCalendar
from clients.service.business_time import Calendar

# By DuckDB's name: the table, the columns that KPIs read, and their types there.
_TEXT, _DAY, _AT, _KEY, _FLAG = "VARCHAR", "DATE", "TIMESTAMPTZ", "BIGINT", "BOOLEAN"
RAW: dict[str, tuple[str, dict[str, str]]] = {
    "member": (
        "accounts_user",
        {"id": _KEY, "book_id": _TEXT, "role": _TEXT, "starts_on": _DAY, "ends_on": _DAY, "is_active": _FLAG,
         "is_carrying_clients": _FLAG},
    ),
    "team": ("accounts_team", {"id": _KEY, "book_id": _TEXT}),
    "membership": (
        "accounts_teammembership", {"team_id": _KEY, "member_id": _KEY, "starts_on": _DAY, "ends_on": _DAY}
    ),
    "client": (
        "clients_client",
        {"id": _KEY, "book_id": _TEXT, "segment": _TEXT, "sla_policy_id": _KEY, "referred_by_id": _KEY},
    ),
    "contact": ("clients_contact", {"id": _KEY, "client_id": _KEY}),
    "assignment": (
        "clients_assignment",
        {"client_id": _KEY, "member_id": _KEY, "role": _TEXT, "starts_on": _DAY, "ends_on": _DAY},
    ),
    "service": ("clients_service", {"id": _KEY, "book_id": _TEXT}),
    "line": (
        "clients_contractline",
        {"id": _KEY, "client_id": _KEY, "service_id": _KEY, "kind": _TEXT, "currency": _TEXT,
         "amount": "DECIMAL(28,6)", "interval": _TEXT, "starts_on": _DAY, "ends_on": _DAY, "reason": _TEXT,
         "is_void": _FLAG},
    ),
    "pause": ("clients_linepause", {"line_id": _KEY, "starts_on": _DAY, "ends_on": _DAY}),
    "rate": ("clients_fxrate", {"currency": _TEXT, "effective_on": _DAY, "rate_to_base": "DECIMAL(20,10)"}),
    "touchpoint": ("clients_touchpoint", {"client_id": _KEY, "occurred_at": _AT, "status": _TEXT}),
    "policy": (
        "clients_slapolicy",
        {"id": _KEY, "calendar_id": _KEY, "reply_hours": "DECIMAL(8,2)", "is_default": _FLAG},
    ),
    "request": (
        "clients_request",
        {"id": _KEY, "client_id": _KEY, "topic": _TEXT, "opened_at": _AT, "resolved_at": _AT,
         "is_reopened": _FLAG, "is_fcr_eligible": _FLAG},
    ),
    "message": (
        "clients_message",
        {"id": _KEY, "request_id": _KEY, "sent_at": _AT, "direction": _TEXT, "is_auto": _FLAG,
         "is_public": _FLAG, "no_reply_needed": _FLAG},
    ),
    "survey": ("clients_survey", {"id": _KEY, "kind": _TEXT, "scale_min": _KEY, "scale_max": _KEY}),
    "invitation": (
        "clients_surveyinvitation",
        {"id": _KEY, "survey_id": _KEY, "client_id": _KEY, "contact_id": _KEY, "member_id": _KEY, "sent_at": _AT},
    ),
    "response": (
        "clients_surveyresponse",
        {"id": _KEY, "survey_id": _KEY, "invitation_id": _KEY, "client_id": _KEY, "contact_id": _KEY,
         "member_id": _KEY, "score": _KEY, "answered_at": _AT},
    ),
    "proposal": (
        "clients_proposal",
        {"id": _KEY, "client_id": _KEY, "amount": "DECIMAL(28,6)", "currency": _TEXT, "status": _TEXT,
         "sent_at": _AT, "decided_at": _AT},
    ),
    "deliverable": (
        "clients_deliverable",
        {"client_id": _KEY, "baseline_due_on": _DAY, "due_on": _DAY, "delivered_on": _DAY, "status": _TEXT,
         "delay_cause": _TEXT},
    ),
    "referral": ("clients_referral", {"client_id": _KEY, "made_on": _DAY, "became_client_id": _KEY}),
    "testimonial": ("clients_testimonial", {"client_id": _KEY, "received_on": _DAY, "is_usable": _FLAG}),
}  # fmt: skip


def read_whole_rows() -> int:
    """Read every row of these tables, all columns, through COPY. Returns the bytes."""
    return sum(copy_out(table) for table, _ in RAW.values())


def read_needed_columns() -> int:
    """As `read_whole_rows`, without the columns that no KPI reads."""
    return sum(copy_out(_needed(name)) for name in RAW)


def export(folder: Path) -> None:
    """Write the needed columns as one CSV file a table."""
    for name in RAW:
        statement = f"COPY {_needed(name)} TO STDOUT (FORMAT csv, NULL '\\N')"
        with connection.cursor() as cursor, (folder / f"{name}.csv").open("wb") as file:
            cursor.execute("SET LOCAL TimeZone = 'UTC'")
            with cursor.copy(statement) as copy:
                for block in copy:
                    file.write(block)


def load(folder: Path, duck: duckdb.DuckDBPyConnection) -> None:
    """Read the exported files into DuckDB's memory."""
    for name, (_, columns) in RAW.items():
        duck.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_csv($path, header = false, columns = $columns, "
            "nullstr = '\\N', allow_quoted_nulls = false)",
            {"path": str(folder / f"{name}.csv"), "columns": columns},
        )


def add_opening_windows(duck: duckdb.DuckDBPyConnection, first_year: int, last_year: int) -> None:
    """Each calendar's opening windows as UTC microseconds, with the business time before each.

    They are made by the product's own `business_time`: no SQL says what a calendar's text means.
    """
    duck.execute("CREATE TABLE opening (calendar_id BIGINT, opens BIGINT, closes BIGINT, worked BIGINT)")
    rows = []
    for row in BusinessCalendar.objects.order_by("pk"):
        calendar, worked = Calendar.from_spec(row.spec), 0
        for number in range(first_year, last_year + 1):
            year = calendar.year(number)
            for opens, closes in zip(year.starts, year.ends, strict=True):
                rows.append((row.pk, opens, closes, worked))
                worked += closes - opens
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    duck.execute("INSERT INTO opening SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)


def _needed(name: str) -> str:
    table, columns = RAW[name]
    return f"(SELECT {', '.join(columns)} FROM {table})"
