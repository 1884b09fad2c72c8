"""The tables of the charts' numbers: as few rows of them as the width allows, and no gap beside one."""

from agencyam.charts import Chart
from agencyam.charts.elements import Markup
from reports.qbr.printing.number_tables import number_rows


def chart(name, rows, columns=2, label="Jul 2026"):
    return Chart(name, Markup(), ["x"] * columns, [[label, *["1"] * (columns - 1)]] * rows)


def shape(charts):
    """The width of each row of tables and the names in it."""
    return [(width, "".join(each.headline for each, _ in tables)) for width, tables in number_rows(charts)]


def test_slim_tables_stand_three_by_three_and_wide_ones_in_pairs_the_short_ones_first():
    charts = [chart("a", 12), chart("b", 3), chart("c", 4), chart("d", 6, 4), chart("e", 5, 5)]

    assert shape(charts) == [("halves", "ed"), ("thirds", "bca")]


def test_tables_that_would_leave_a_gap_stand_in_pairs():
    slim = [chart(name, rows) for name, rows in zip("abcdefgh", range(1, 9), strict=True)]
    wide = [chart("w", 9, 4)]

    assert shape(slim[:2]) == [("halves", "ab")]
    assert shape(slim[:4]) == [("halves", "ab"), ("halves", "cd")]
    assert shape(slim[:7]) == [("thirds", "abc"), ("halves", "de"), ("halves", "fg")]
    assert shape(slim[:4] + wide) == [("thirds", "abc"), ("halves", "dw")]
    assert shape(slim[:1]) == [("halves", "a")]


def test_a_long_name_takes_half_the_width_and_one_line():
    name = "Lower the cost of a new customer in Austria and Switzerland"

    ((width, ((table, _has_heads),)),) = number_rows([chart("a", 2, label=name)])

    assert width == "halves"
    assert table.rows[0][0] == "Lower the cost of a new customer in…"
