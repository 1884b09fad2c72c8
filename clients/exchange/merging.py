"""Writes the good staged rows of a file into the agency's table; only those that change anything.

What the checks have not foreseen and the database refuses is narrowed down to its rows, and each is named.
"""

from dataclasses import dataclass
from typing import Any

from django.db import DataError, Error, IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from clients.exchange import changed_days
from clients.exchange.checks import mark_bad, query
from clients.exchange.reading import Report
from clients.exchange.spec import Problem
from clients.exchange.tables import Table, quote

# How a new row is filled in where a book says nothing; SQL expressions.
NEW_ROW_VALUES = {
    # No password: members that come with a book choose one through their invitation.
    (
        "accounts.User",
        "password",
    ): "'!' || translate(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')",
    # Members count in the team's workload while they have clients.
    ("accounts.User", "is_carrying_clients"): "false",
}
REFUSALS = (IntegrityError, DataError, InternalError)


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did with one file's rows."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0


def merge(table: Table, report: Report, *, rows: int, zone: str) -> Counts:
    """Write a checked file. Rows that the database refuses are reported, marked bad and left out.

    `zone` is the agency's: the days that the journal of changes names are days there.
    """
    _choose_actions(table)
    changed_days.note(table, zone)
    lines = [
        line for (line,) in query(f"SELECT line FROM {table.stage} WHERE action <> 'keep' ORDER BY line")
    ]
    for line, message in _write(table, lines):
        mark_bad(table, [line])
        report(Problem(table.spec.name, line, "", message))
    if table.is_self_referring and lines:
        _link_rows_of_one_file(table)
    if lines:
        _count_afresh(table)
    return _counts(table, rows)


def _count_afresh(table: Table) -> None:
    """Tell the planner what there is now. Until it hears, it may take a full table for an empty one.

    The database's own housekeeping looks a minute later, and while this transaction is open it sees none of its
    rows: plans made from that have kept a query busy for ten minutes that needs ten milliseconds.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table.name}")


def _choose_actions(table: Table) -> None:
    """Compare each good staged row with the agency's: create, update or keep."""
    names = [quote(column.name) for column in table.spec.columns]
    staged, existing = (", ".join(f"{side}.{name}" for name in names) for side in "se")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table.stage} t SET action = CASE WHEN e.pk IS NULL THEN 'create' "
            f"WHEN ROW({staged}) IS DISTINCT FROM ROW({existing}) THEN 'update' ELSE 'keep' END "
            f"FROM {table.stage} s LEFT JOIN {table.existing} e ON {table.same_key('s', 'e')} "
            f"WHERE s.line = t.line AND NOT t.is_bad"
        )


def _counts(table: Table, rows: int) -> Counts:
    found = dict(query(f"SELECT action, count(*) FROM {table.stage} WHERE NOT is_bad GROUP BY action"))
    created, updated, unchanged = (found.get(action, 0) for action in ("create", "update", "keep"))
    return Counts(rows, created, updated, unchanged, rows - created - updated - unchanged)


def _write(table: Table, lines: list[int]) -> list[tuple[int, str]]:
    """Write the rows of these lines, a run of those to write; returns what the database refused, and why."""
    if not lines:
        return []
    span = [lines[0], lines[-1]]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if table.spec.no_overlap:
                cursor.execute(_delete_changed(table), span)
            cursor.execute(_upsert(table), [*_constants(table).values(), *span])
    except REFUSALS as error:
        if len(lines) == 1:
            return [(lines[0], reason_of(table, error))]
        half = len(lines) // 2
        return _write(table, lines[:half]) + _write(table, lines[half:])
    return []


def _upsert(table: Table) -> str:
    columns = table.spec.columns
    parents = {column.name: (parent, alias) for column, parent, alias in table.joins("p")}
    targets, values = [], []
    for column in columns:
        if column.name in parents and parents[column.name][0] is table:
            continue
        targets.append(table.db_column(column))
        alias = parents[column.name][1] if column.name in parents else ""
        values.append(f'{alias}."id"' if alias else f"s.{quote(column.name)}")
    joins = [
        f"LEFT JOIN {parent.name} {alias} ON {alias}.{parent.key_db_column} = s.{quote(column.name)}"
        for column, parent, alias in table.joins("p")
        if parent is not table
    ]
    keys = [table.db_column(table.spec.column(name)) for name in table.spec.key]
    updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in targets if name not in keys)
    extra = [quote(name) for name in _expressions(table)] + [quote(name) for name in _constants(table)]
    constants = [*_expressions(table).values(), *["%s"] * len(_constants(table))]
    return (
        f"INSERT INTO {table.name} ({', '.join(targets + extra)}) SELECT {', '.join(values + constants)} "
        f"FROM {table.stage} s {' '.join(joins)} "
        f"WHERE s.line BETWEEN %s AND %s AND s.action <> 'keep' AND NOT s.is_bad ORDER BY s.line "
        f"ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {updates}" if updates else "NOTHING")
    )


def _delete_changed(table: Table) -> str:
    """Rows that may not overlap give way before their changed selves come: no order of them collides."""
    return (
        f'DELETE FROM {table.name} t USING {table.stage} s, {table.existing} e WHERE e.pk = t."id" '
        f"AND {table.same_key('s', 'e')} AND s.action = 'update' AND s.line BETWEEN %s AND %s"
    )


def _expressions(table: Table) -> dict[str, str]:
    return {name: sql for (model, name), sql in NEW_ROW_VALUES.items() if model == table.spec.model}


def _constants(table: Table) -> dict[str, Any]:
    """Values for the model's other fields in new rows, by column: their defaults."""
    filled = {table.field(column).name for column in table.spec.columns} | set(_expressions(table))
    constants = {}
    for field in table.model._meta.concrete_fields:
        if field.primary_key or field.name in filled or (field.null and not field.has_default()):
            continue
        is_clock = getattr(field, "auto_now_add", False)
        value = timezone.now() if is_clock else field.get_default()
        constants[str(field.column)] = field.get_db_prep_save(value, connection)
    return constants


def _link_rows_of_one_file(table: Table) -> None:
    """References to rows of the same file, set once all of them are there."""
    for column, parent, _alias in table.joins("p"):
        if parent is not table:
            continue
        target = table.db_column(column)
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE {table.name} t SET {target} = p."id" FROM {table.stage} s '
                f"LEFT JOIN {table.name} p ON p.{table.key_db_column} = s.{quote(column.name)} "
                f"WHERE t.{table.key_db_column} = s.{quote(table.key)} AND NOT s.is_bad AND s.action <> 'keep' "
                f'AND t.{target} IS DISTINCT FROM p."id"'
            )


def reason_of(table: Table, error: Error) -> str:
    """What the database said, in words: the constraint's own message, or its name read aloud."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    for constraint in table.model._meta.constraints:
        if (
            constraint.name == name
            and constraint.violation_error_message != constraint.default_violation_error_message
        ):
            return str(constraint.violation_error_message).rstrip(".")
    if name:
        return f"breaks the rule {name.replace('_', ' ')}"
    if diagnosis is not None and diagnosis.column_name:
        return f"{diagnosis.column_name.removesuffix('_id')} is missing"
    message = diagnosis.message_primary if diagnosis is not None else str(error).split("\n")[0]
    return f"the database refuses the row: {message}"
