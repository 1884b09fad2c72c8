"""Keeping what the engine answered, so that pages read rows: thousands of results in a few statements."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from kpis.engine import Result, as_text
from kpis.models import KPIValue

_TABLE = KPIValue._meta.db_table
_KEY = ("kpi", "by", "slice_key", "period_start", "period_end")
_COLUMNS = tuple(str(field.column) for field in KPIValue._meta.concrete_fields if field.name != "id")
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_SAME = " AND ".join(f'stored."{name}" = fresh."{name}"' for name in _KEY)
_MERGE = f"""
INSERT INTO {_TABLE} ({_NAMES}) SELECT {_NAMES} FROM pg_temp.kpi_fresh
ON CONFLICT ({", ".join(f'"{name}"' for name in _KEY)}) DO UPDATE SET
{", ".join(f'"{name}" = EXCLUDED."{name}"' for name in _COLUMNS if name not in _KEY)}"""  # noqa: S608 – our own words
# Slices that are no more, such as a member without clients.
_FORGET = f"""
DELETE FROM {_TABLE} WHERE id IN (
  SELECT stored.id FROM {_TABLE} stored
  JOIN (SELECT DISTINCT kpi, "by", period_start, period_end FROM pg_temp.kpi_fresh) told
    USING (kpi, "by", period_start, period_end)
  LEFT JOIN pg_temp.kpi_fresh fresh ON {_SAME}
  WHERE fresh.kpi IS NULL
)"""  # noqa: S608 – our own words


@transaction.atomic
def store(results: Iterable[Result], *, now: datetime) -> int:
    """Replace what is stored for the KPIs, periods and kinds of slice of these results. Returns how many.

    The results of a KPI and period hold all slices of their kind: what they do not name is forgotten.
    """
    count = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.kpi_fresh")
        cursor.execute(f"CREATE TEMPORARY TABLE kpi_fresh (LIKE {_TABLE}) ON COMMIT DROP")
        cursor.execute("ALTER TABLE kpi_fresh DROP COLUMN id")
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY kpi_fresh ({_NAMES}) FROM STDIN") as copy,
        ):
            for result in results:
                row = _row(result, now)
                copy.write_row([row[name] for name in _COLUMNS])
                count += 1
        # Fresh rows without statistics would be joined one by one.
        cursor.execute("ANALYZE kpi_fresh")
        cursor.execute(_MERGE)
        # The planner takes five equal columns for one row in thousands and would compare all with all.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_FORGET)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return count


def _row(result: Result, now: datetime) -> dict[str, Any]:
    figure, query, definition = result.figure, result.query, result.definition
    return {
        "kpi": result.kpi,
        "by": query.by,
        "slice_key": result.key or "",
        "slice_label": result.label,
        "period_start": query.start,
        "period_end": query.end,
        "as_of": query.as_of,
        "is_partial": query.is_partial,
        "value": _six(result.value),
        "reason": figure.reason or "",
        "numerator": _six(figure.numerator),
        "denominator": _six(figure.denominator),
        "n": figure.n,
        "unit": definition.unit.value,
        "display": result.display,
        "ci_low": _six(result.ci_low),
        "ci_high": _six(result.ci_high),
        "direction": definition.direction.value,
        "target": _six(result.target),
        "target_high": _six(result.goal.high),
        "status": result.status.value,
        "is_small_sample": result.is_small_sample,
        "definition_version": result.definition_version,
        "computed_at": now,
    }


def _six(value: Decimal | None) -> Decimal | None:
    text = as_text(value)
    return None if text is None else Decimal(text)
