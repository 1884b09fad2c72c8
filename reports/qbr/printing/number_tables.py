"""The charts' numbers as small tables for the appendix, beside each other so that they take little room."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from agencyam.charts import Chart

# Tables of at most so many columns, with names of so many letters, fit three beside each other.
SLIM, SHORT_NAME = 3, 24
LONGEST_IN_NUMBERS = 36
# By what three by three leave over, how many stand in pairs instead.
LEFT_OVER = (0, 4, 2)
# A table, and whether the first cell of each row heads it.
Table = tuple[Chart, bool]


def number_rows(charts: list[Chart]) -> list[tuple[str, Sequence[Table]]]:
    """The charts' tables side by side: wide ones in pairs, slim ones three by three, those of a length together.

    Short ones come first: they find room at the end of a page that has begun.
    """
    charts = [replace(chart, rows=[[_short(row[0]), *row[1:]] for row in chart.rows]) for chart in charts]
    charts = sorted(charts, key=lambda chart: (len(chart.rows), chart.headline))
    tables = [(chart, _has_heads(chart)) for chart in charts]
    wide = [table for table in tables if _is_wide(table[0])]
    slim = [table for table in tables if not _is_wide(table[0])]
    # A wide one without a partner takes a slim one beside it, and so do slim ones that would leave a gap.
    kept = max(len(slim) - len(wide) % 2, 0)
    kept = max(kept - LEFT_OVER[kept % 3], 0)
    slim, pairs = slim[:kept], sorted(wide + slim[kept:], key=lambda table: len(table[0].rows))
    rows = [("thirds", group) for group in in_groups(slim, 3)]
    rows += [("halves", group) for group in in_groups(pairs, 2)]
    return sorted(rows, key=lambda row: max(len(chart.rows) for chart, _ in row[1]))


def _short(name: str) -> str:
    """The name on one line; the section's own table has it in full."""
    return name if len(name) <= LONGEST_IN_NUMBERS else f"{name[: LONGEST_IN_NUMBERS - 1].rstrip()}…"


def _is_wide(chart: Chart) -> bool:
    """Whether it needs half the width: for its columns, or for names that would fill several lines."""
    return len(chart.columns) > SLIM or any(len(row[0]) > SHORT_NAME for row in chart.rows)


def _has_heads(chart: Chart) -> bool:
    """Whether the first cell of a row heads it: not where heads would outnumber what they head."""
    rows, columns = len(chart.rows), len(chart.columns)
    return rows + columns <= rows * (columns - 1)


def in_groups(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
