"""Checks that need more than one row: double ids, ids that lead nowhere, overlaps, scores, and the like.

Each looks at one staged file, reports what is wrong and marks those rows bad. They run file by file in the
order of `tables.ALL_SPECS`, after the rows of the files before have been written.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from clients.exchange.reading import Report
from clients.exchange.spec import Column, NoOverlap, Problem
from clients.exchange.tables import Table, quote, table_of

Found = Iterable[tuple[int, str, str, Any]]


def check(table: Table, report: Report, *, unreadable: set[str], names_dependants: bool) -> None:
    """Run all checks of a file. Ids of files that are `unreadable` are not followed.

    `names_dependants`: report also those rows whose only fault is that they need a bad one.
    """
    _mark(table, _repeated_keys(table), report)
    for column in table.spec.references:
        parent = table_of(column.type.file)
        if parent.spec.name not in unreadable and not parent.spec.derived_from:
            _check_references(table, column, parent, report, names_dependants=names_dependants)
    if table.spec.no_overlap:
        _mark(table, _overlaps(table, table.spec.no_overlap), report)
    for more in MORE_CHECKS.get(table.spec.name, ()):
        _mark(table, more(table), report)


def _mark(table: Table, found: Found, report: Report) -> int:
    """Report (line, column, message, value) of each find, and mark its row bad."""
    lines = []
    for line, column, message, value in found:
        lines.append(line)
        report(Problem(table.spec.name, line, column, message, None if value is None else str(value)))
    mark_bad(table, lines)
    return len(lines)


def mark_bad(table: Table, lines: list[int]) -> None:
    """Mark staged rows as bad by their lines."""
    if lines:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table.stage} SET is_bad = true WHERE line = ANY(%s)", [lines])


def query(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall()


def _repeated_keys(table: Table) -> Found:
    """Rows whose key an earlier line has already."""
    key = ", ".join(map(quote, table.spec.key))
    present = " AND ".join(f"{quote(name)} IS NOT NULL" for name in table.spec.key)
    rows = query(
        f"SELECT line, first, {key} "
        f"FROM (SELECT line, is_bad, {key}, min(line) OVER (PARTITION BY {key}) AS first "
        f"FROM {table.stage} WHERE {present}) k WHERE line > first AND NOT is_bad ORDER BY line"
    )
    for line, first, *values in rows:
        if len(values) == 1:
            yield line, table.spec.key[0], f"is already the id of line {first}", values[0]
        else:
            named = ", ".join(table.spec.key)
            yield line, table.spec.key[0], f"line {first} has the same {named}", " · ".join(map(str, values))


def _check_references(
    table: Table, column: Column, parent: Table, report: Report, *, names_dependants: bool
) -> None:
    """Ids that are neither in the book nor in the agency, and rows that need a bad row."""
    found = True
    while found:
        dangling, dependants = [], []
        for line, value, bad_line in _unresolved(table, column, parent):
            if bad_line is None:
                message = f"there is no such id in {parent.spec.name} or in the agency"
                dangling.append((line, column.name, message, value))
            else:
                message = f"needs {parent.spec.name}:{bad_line}, which is left out"
                dependants.append((line, column.name, message, value))
        _mark(table, dangling, report)
        _mark(table, dependants, report if names_dependants else _silent)
        # A row that was just marked bad may be what another row of the same file needs.
        found = parent is table and bool(dangling or dependants)


def _silent(problem: Problem) -> None:
    """Reports nothing."""


def _unresolved(table: Table, column: Column, parent: Table) -> list[tuple[Any, ...]]:
    name, key = quote(column.name), quote(parent.key)
    return query(
        f"SELECT s.line, s.{name}, min(b.line) FROM {table.stage} s "
        f"LEFT JOIN {parent.stage} b ON b.is_bad AND b.{key} = s.{name} "
        f"WHERE NOT s.is_bad AND s.{name} IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM {parent.stage} g WHERE NOT g.is_bad AND g.{key} = s.{name}) "
        f"AND NOT EXISTS (SELECT 1 FROM {parent.name} t WHERE t.{parent.key_db_column} = s.{name}) "
        f"GROUP BY s.line, s.{name} ORDER BY s.line"
    )


def _overlaps(table: Table, rule: NoOverlap) -> Found:
    """Rows that share a day with a row of an earlier line, or with one of the agency."""
    same = " AND ".join(f"a.{quote(name)} = b.{quote(name)}" for name in rule.columns)
    when = "".join(f" AND {side}.{quote(rule.when[0])} = %s" for side in "ab") if rule.when else ""
    rows = query(
        f"SELECT DISTINCT ON (a.line) a.line, b.line, a.starts_on, b.starts_on, b.ends_on "
        f"FROM {table.effective} a JOIN {table.effective} b ON {same} "
        f"AND daterange(a.starts_on, a.ends_on) && daterange(b.starts_on, b.ends_on) "
        f"WHERE a.line IS NOT NULL AND (b.line IS NULL OR b.line < a.line){when} ORDER BY a.line, b.line",
        [rule.when[1]] * 2 if rule.when else None,
    )
    for line, other_line, starts, other_starts, other_ends in rows:
        where = f"line {other_line}" if other_line else "the agency"
        span = f"{other_starts} to {other_ends or 'open'}"
        yield line, "starts_on", f"overlaps {rule.what} in {where} ({span})", starts


def _contract_of_one_client(table: Table) -> Found:
    """Lines of one contract that name different clients."""
    rows = query(
        f"SELECT line, contract_id, first_client FROM (SELECT line, client_id, contract_id, "
        f"first_value(client_id) OVER (PARTITION BY contract_id ORDER BY line) AS first_client "
        f"FROM {table.stage} WHERE NOT is_bad AND contract_id IS NOT NULL) c "
        f"WHERE client_id <> first_client ORDER BY line"
    )
    for line, contract, client in rows:
        yield line, "contract_id", f"is a contract of another client, {client}", contract


def _score_within_scale(table: Table) -> Found:
    """Scores outside the scale of their survey."""
    rows = query(
        f"SELECT r.line, r.score, s.scale_min, s.scale_max FROM {table.stage} r "
        f"JOIN {table_of('surveys.csv').effective} s ON s.survey_id = r.survey_id "
        f"WHERE NOT r.is_bad AND r.score NOT BETWEEN s.scale_min AND s.scale_max ORDER BY r.line"
    )
    for line, score, low, high in rows:
        yield line, "score", f"is outside the survey's scale of {low} to {high}", score


def _scale_holds_old_scores(table: Table) -> Found:
    """Surveys whose new scale would leave out a score that the agency has."""
    responses = table_of("survey_responses.csv").existing
    rows = query(
        f"SELECT s.line, r.score, s.scale_min, s.scale_max FROM {table.stage} s JOIN LATERAL "
        f"(SELECT score FROM {responses} r WHERE r.survey_id = s.survey_id "
        f"AND r.score NOT BETWEEN s.scale_min AND s.scale_max LIMIT 1) r ON true "
        f"WHERE NOT s.is_bad ORDER BY s.line"
    )
    for line, score, low, high in rows:
        yield line, "scale_max", f"the agency has an answer of {score} outside {low} to {high}", None


def _one_default_policy(table: Table) -> Found:
    """Second defaults among the service policies."""
    rows = query(
        f"SELECT s.line, s.policy_id, o.policy_id FROM {table.stage} s JOIN {table.effective} o "
        f"ON o.is_default AND o.policy_id <> s.policy_id AND (o.line IS NULL OR o.line < s.line) "
        f"WHERE s.is_default AND NOT s.is_bad ORDER BY s.line"
    )
    seen = set()
    for line, policy, other in rows:
        if line not in seen:
            seen.add(line)
            yield line, "is_default", f"only one policy can be the default, and '{other}' is", policy


def _one_member_per_address(table: Table) -> Found:
    """Members with an address that another member has."""
    rows = query(
        f"SELECT DISTINCT ON (s.line) s.line, s.email, o.member_id "
        f"FROM {table.stage} s JOIN {table.effective} o "
        f"ON o.email = s.email AND o.member_id <> s.member_id AND (o.line IS NULL OR o.line < s.line) "
        f"WHERE NOT s.is_bad ORDER BY s.line, o.line"
    )
    for line, email, other in rows:
        yield line, "email", f"is the address of member '{other}' already", email


MORE_CHECKS: dict[str, tuple[Callable[[Table], Found], ...]] = {
    "members.csv": (_one_member_per_address,),
    "sla_policies.csv": (_one_default_policy,),
    "contract_lines.csv": (_contract_of_one_client,),
    "surveys.csv": (_scale_holds_old_scores,),
    "survey_responses.csv": (_score_within_scale,),
}
