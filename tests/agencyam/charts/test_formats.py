from decimal import Decimal

import pytest

from agencyam.charts import COUNT, HOURS, MONTHS, NUMBER, PERCENT, POINTS, money
from agencyam.charts.formats import share

EUR = money("EUR")


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        (EUR, "186000", "€186k"),
        (EUR, "1840213", "€1.84M"),
        (EUR, "999960", "€1M"),
        (EUR, "999.999", "€1,000"),
        (EUR, "2.5", "€2.50"),
        (EUR, "-61000", "−€61k"),
        (EUR, "0", "€0"),
        (EUR, "12345678901", "€12.3bn"),
        (EUR, "999999999999999", "€1,000tn"),
        (EUR, "2e20", "€2e20"),
        (money("CHF"), "1500", "CHF\u00a01.5k"),
        (money("JPY"), "950", "JP¥950"),
        (PERCENT, "0.995", "99.5%"),
        (PERCENT, "1.1", "110%"),
        (PERCENT, "0.84129", "84.1%"),
        (PERCENT, "0.00041", "0.041%"),
        (POINTS, "45", "+45"),
        (POINTS, "-3.25", "−3.3"),
        (POINTS, "0", "0"),
        (HOURS, "1.94", "1.9\u00a0h"),
        (MONTHS, "18", "18\u00a0months"),
        (COUNT, "1250", "1.25k"),
        (NUMBER, "0.0000000123", "1.2e−8"),
    ],
)
def test_short_form(unit, value, written):
    assert unit.short(Decimal(value)) == written


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        (EUR, "1840213", "€1,840,213"),
        (EUR, "1840213.5", "€1,840,213.50"),
        (EUR, "-0.004", "−€0.004"),
        (PERCENT, "0.9314", "93.1%"),
        (POINTS, "45", "+45"),
        (HOURS, "1234.56", "1,234.6\u00a0h"),
    ],
)
def test_full_form(unit, value, written):
    assert unit.full(Decimal(value)) == written


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        (EUR, "12250", "€12.25k"),
        (EUR, "1000010", "€1.00001M"),
        (EUR, "2.5", "€2.5"),
        (PERCENT, "0.125", "12.5%"),
        (POINTS, "-20", "−20"),
    ],
)
def test_tick_is_never_rounded(unit, value, written):
    assert unit.tick(Decimal(value)) == written


@pytest.mark.parametrize(("value", "written"), [("148000", "+€148k"), ("-61000", "−€61k"), ("0", "€0")])
def test_change_has_a_sign(value, written):
    assert EUR.change(Decimal(value)) == written


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(61, 382, "16%"), (1, 382, "under 1%"), (381, 382, "over 99%"), (0, 382, "0%"), (382, 382, "100%")],
)
def test_share_never_rounds_to_none_or_all(part, whole, written):
    assert share(part, whole) == written
