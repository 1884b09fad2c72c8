"""The sparkline of a table with many of them: a line and its end, and the same words as a table would need."""

from decimal import Decimal

import pytest

from agencyam.charts import PERCENT, small_sparkline

LABELS = ("Jan 2026", "Apr 2026")


def drawn(*values):
    listed = [None if value is None else Decimal(value) for value in values]
    return small_sparkline("spark-nrr", "Net revenue retention", listed, labels=LABELS, unit=PERCENT)


@pytest.mark.parametrize(
    ("values", "headline"),
    [
        (("0.9", "0.8", "0.95"), "Net revenue retention rose from 90% to 95%"),
        (("0.95", "0.9"), "Net revenue retention fell from 95% to 90%"),
        (("0.9", "0.7", "0.9"), "Net revenue retention went from 90% to 90%"),
    ],
)
def test_the_headline_tells_the_way(values, headline):
    assert drawn(*values).headline == headline


def test_gaps_stay_gaps_and_a_lonely_value_is_a_dot():
    svg = drawn("1", "2", None, "3", None, "1").svg

    path = svg.split(' d="')[1].split('"')[0]
    assert path.count("M") == 3
    assert path.count("L") == 1
    assert path.count("h0") == 2


def test_the_description_counts_the_values():
    assert "Sparkline: 2 values from Jan 2026 to Apr 2026." in drawn(None, "1", "2").svg


def test_words_are_escaped():
    chart = small_sparkline("spark-x", '<b>"x"</b>', [Decimal(1), Decimal(1)], labels=LABELS)

    assert "<b>" not in chart.svg
    assert "&lt;b&gt;&quot;x&quot;&lt;/b&gt;" in chart.svg
