from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyam.charts.scales import axis, ellipsised, text_width, thinned, wrapped

AMOUNTS = st.decimals(min_value=Decimal("-1e30"), max_value=Decimal("1e30"), allow_nan=False)


def ticks(*values, **options):
    return [str(tick.normalize()) for tick in axis([Decimal(value) for value in values], **options).ticks]


def test_axis_has_round_ticks_around_the_data():
    assert ticks("0.7", "2.3") == ["0", "1", "2", "3"]


def test_axis_stays_near_the_data_without_zero():
    assert ticks("0.91", "0.98", from_zero=False) == ["0.9", "0.92", "0.94", "0.96", "0.98"]


def test_axis_of_negative_values_reaches_up_to_zero():
    assert ticks("-45", "-20") == ["-6E+1", "-4E+1", "-2E+1", "0"]


def test_axis_of_counts_has_whole_steps():
    assert ticks("1", "2", is_whole=True) == ["0", "1", "2"]


@pytest.mark.parametrize("values", [[], ["0"], ["0", "0"]])
def test_axis_of_nothing_runs_to_one(values):
    assert ticks(*values) == ["0", "0.25", "0.5", "0.75", "1"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_axis_refuses_what_has_no_place(value):
    with pytest.raises(ValueError, match="finite"):
        axis([Decimal(value)])


@settings(deadline=None)
@given(values=st.lists(AMOUNTS, max_size=6), is_whole=st.booleans(), from_zero=st.booleans())
def test_axis_holds_every_value_in_few_even_steps(values, is_whole, from_zero):
    result = axis(values, is_whole=is_whole, from_zero=from_zero)

    steps = {high - low for low, high in zip(result.ticks, result.ticks[1:], strict=False)}
    assert all(result.low <= value <= result.high for value in values)
    assert len(steps) == 1
    assert 2 <= len(result.ticks) <= 8


@settings(deadline=None)
@given(values=st.lists(AMOUNTS, min_size=1, max_size=6))
def test_scale_maps_into_its_range(values):
    scale = axis(values).scale(200, 20)

    assert all(20 <= scale(value) <= 200 for value in values)


def test_ellipsised_keeps_what_fits():
    assert ellipsised("Churn", 80) == "Churn"
    assert ellipsised("Northwind International", 80) == "Northwind…"


@settings(deadline=None)
@given(text=st.text(max_size=80), room=st.floats(min_value=20, max_value=300))
def test_ellipsised_fits(text, room):
    assert text_width(ellipsised(text, room)) <= room


def test_wrapped_breaks_between_words():
    assert wrapped("Salaries and contractors", 90) == ["Salaries and", "contractors"]
    assert wrapped("", 90) == [""]


def test_thinned_keeps_the_last_label_and_an_even_step():
    labels = [f"Month {month}" for month in range(1, 25)]

    assert thinned(labels, 20) == {index: labels[index] for index in (3, 7, 11, 15, 19, 23)}
    assert thinned([], 20) == {}
