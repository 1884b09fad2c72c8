"""What a blank stands for where other rows decide it: the client's currency, the usual scale of a survey."""

from collections.abc import Callable

from django.db import connection

from clients.exchange.rules import DEFAULT_SCALES
from clients.exchange.tables import Table, table_of


def fill_blanks(table: Table, currency: str) -> None:
    """Fill a file's blanks before it is checked. `currency` is the agency's."""
    fill = FILLS.get(table.spec.name)
    if fill:
        fill(table, currency)


def _currency_of_client(table: Table, currency: str) -> None:
    """A blank currency is the client's; one without its own uses the agency's."""
    clients = table_of("clients.csv").effective
    _execute(
        f"UPDATE {table.stage} s SET currency = coalesce(nullif(c.currency, ''), %s) FROM {table.stage} o "
        f"LEFT JOIN {clients} c ON c.client_id = o.client_id WHERE o.line = s.line AND s.currency = ''",
        [currency],
    )


def _scale_of_kind(table: Table, _currency: str) -> None:
    fills = "scale_min = coalesce(scale_min, %s), scale_max = coalesce(scale_max, %s)"
    for kind, (low, high) in DEFAULT_SCALES.items():
        _execute(
            f"UPDATE {table.stage} SET {fills} WHERE kind = %s AND NOT is_bad",
            [low, high, kind],
        )


def _contracts_of_lines(table: Table, _currency: str) -> None:
    """A contract is what its first good line says; `checks` names lines that disagree."""
    lines = table_of("contract_lines.csv").stage
    _execute(
        f"INSERT INTO {table.stage} (line, is_bad, contract_id, client_id) "
        f"SELECT DISTINCT ON (contract_id) line, false, contract_id, client_id FROM {lines} "
        f"WHERE NOT is_bad AND contract_id IS NOT NULL ORDER BY contract_id, line"
    )


def _execute(sql: str, params: list[str | int] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


FILLS: dict[str, Callable[[Table, str], None]] = {
    "surveys.csv": _scale_of_kind,
    "contracts": _contracts_of_lines,
    **dict.fromkeys(
        ("contract_lines.csv", "opportunities.csv", "proposals.csv", "invoices.csv"), _currency_of_client
    ),
}
