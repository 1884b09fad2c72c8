"""The headline says what the marks show: the same numbers, from the same data."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyam import charts
from agencyam.charts import Bar, Cohort, Direction, Point, Step, Target
from agencyam.charts.formats import share
from agencyam.charts.heat_map import heat_step
from agencyam.charts.histogram import binned
from tests.agencyam.charts import samples
from tests.agencyam.charts.svg import parsed, shapes, texts, tips

EUR = charts.money("EUR")
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
WAITS = st.lists(st.decimals(min_value=0, max_value=60, places=1), min_size=1, max_size=60)

ONE_SEGMENT = replace(samples.STACKED_BARS, bars=(), segments=samples.STACKED_BARS.segments[:1])


def points(*values):
    return tuple(
        Point(f"W{week}", None if value is None else Decimal(value)) for week, value in enumerate(values, 1)
    )


@pytest.mark.parametrize(
    ("draw", "data", "headline"),
    [
        (
            charts.waterfall,
            samples.WATERFALL,
            "ARR rose by €202k to €2.04M: New added €212k, Churn took €97k",
        ),
        (charts.heat_map, samples.HEAT_MAP, "At month 2, 2026-01 kept 95% of clients and 2026-02 only 80%"),
        (charts.trend, samples.TREND, "NPS stood at +45 in Jun, meeting the target of +38 since Apr"),
        (charts.histogram, samples.HISTOGRAM, "3 of 10 requests (30%) took longer than 4\u00a0h"),
        (charts.stacked_bars, samples.STACKED_BARS, "F. Silva is 9 clients over capacity"),
        (charts.gauge, samples.GAUGE, "NPS stood at +45, meeting the target of +40"),
        (charts.bullet, samples.BULLET, "Client retention stood at 93.1%, meeting the target of 92%"),
        (charts.sparkline, samples.SPARKLINE, "NPS rose from +23 in Jan to +45 in Jun"),
        (charts.survival, samples.SURVIVAL, "Half of the clients were gone after 19.3\u00a0months"),
    ],
)
def test_headline_is_the_finding_and_the_title(draw, data, headline):
    chart = draw(data)

    assert chart.headline == headline
    assert parsed(chart.svg)[0].text == f"{headline}."


@settings(deadline=None)
@given(opening=AMOUNTS, amounts=st.lists(AMOUNTS, max_size=8))
def test_waterfall_headline_ends_where_the_columns_end(opening, amounts):
    steps = tuple(Step(f"S{index}", amount) for index, amount in enumerate(amounts))

    chart = charts.waterfall(charts.Waterfall("w", "ARR", opening, steps, EUR))

    closing = opening + sum(amounts)
    finding = chart.headline.split(":")[0]
    assert finding.endswith(f" {EUR.short(closing)}")
    assert tips(chart.svg)[-1] == f"End: {EUR.full(closing)}"
    assert chart.rows[-1] == ["End", EUR.full(closing)]


def test_waterfall_of_unchanged_amount_says_so():
    chart = charts.waterfall(charts.Waterfall("w", "ARR", Decimal(5), (), EUR))

    assert chart.headline == "ARR stayed at €5"


def test_waterfall_bars_rise_by_their_amounts():
    chart = charts.waterfall(samples.WATERFALL)

    heights = [float(shape.get("height")) for shape in shapes(chart.svg)]
    assert heights[1] / heights[0] == pytest.approx(212 / 1840, rel=0.01)
    assert heights[-1] / heights[0] == pytest.approx(2042 / 1840, rel=0.01)


@settings(deadline=None)
@given(waits=WAITS, limit=st.sampled_from([Decimal(4), Decimal("0.5"), Decimal(24)]))
def test_histogram_headline_counts_the_late_bars(waits, limit):
    chart = charts.histogram(charts.Histogram("h", "requests", tuple(waits), limit))

    late = sum(int(count) for _, count, is_late in chart.rows if is_late == "Yes")
    counted = f"{late} of {len(waits)} requests ({share(late, len(waits))}) took longer than"
    assert late == sum(1 for wait in waits if wait > limit)
    assert sum(int(count) for _, count, _ in chart.rows) == len(waits)
    assert chart.headline.startswith(
        counted if late else "1 of 1" if len(waits) == 1 else f"All {len(waits)}"
    )


def test_histogram_keeps_a_wait_of_exactly_the_limit_in_time():
    bins = binned((Decimal(4), Decimal("4.01")), Decimal(4))

    assert [(bin.low, bin.is_late) for bin in bins if bin.count] == [
        (Decimal("3.5"), False),
        (Decimal(4), True),
    ]


def test_histogram_of_whole_values_has_whole_bins():
    bins = binned(tuple(Decimal(day) for day in range(9)), Decimal(5))

    assert [bin.count for bin in bins] == [2, 1, 1, 1, 1, 1, 1, 1, 0, 0]


def test_histogram_with_values_far_below_keeps_the_limit_on_an_edge():
    bins = binned((Decimal(-500), Decimal(3), Decimal(9)), Decimal("4.5"))

    assert len(bins) <= 32
    assert next(bin.low for bin in bins if bin.is_late) == Decimal("4.5")
    assert sum(bin.count for bin in bins) == 3


def test_histogram_without_limit_gives_the_range():
    data = charts.Histogram("h", "projects", (Decimal(-2), Decimal(7)), unit=charts.Format(suffix=" days"))

    chart = charts.histogram(data)

    assert chart.headline == "2 projects took −2 days to 7 days"
    assert chart.columns == ["Hours to reply", "projects"]


def test_histogram_bars_lead_to_their_rows():
    data = replace(samples.HISTOGRAM, href_for=lambda bin: f"?above={bin.low}")

    svg = charts.histogram(data).svg

    links = [mark.get("href") for mark in parsed(svg).iter() if mark.get("href")]
    assert links[-1] == "?above=8.0"
    assert len(links) == sum(1 for tip in tips(svg) if ": 0 " not in tip)


@settings(deadline=None)
@given(totals=st.lists(st.integers(0, 60), min_size=2, max_size=8))
def test_stacked_bars_headline_is_the_largest_excess(totals):
    bars = tuple(Bar(f"AM{row}", (Decimal(total),), Decimal(24)) for row, total in enumerate(totals))

    chart = charts.stacked_bars(replace(ONE_SEGMENT, bars=bars))

    excess = max(totals) - 24
    over = f"AM{totals.index(max(totals))} is {excess} clients over capacity"
    within = f"most: {max(totals)} of {sum(totals)} clients"
    nothing = "No clients in any row"
    assert (over if excess > 0 else within if max(totals) else nothing) in chart.headline
    assert [int(row[2]) for row in chart.rows] == sorted(totals, reverse=True)


def test_stacked_bars_are_as_long_as_their_values():
    chart = charts.stacked_bars(samples.STACKED_BARS)

    widths = [float(shape.get("width")) + 1 for shape in shapes(chart.svg)[3:6]]
    assert widths[0] / widths[1] == pytest.approx(21 / 7, rel=0.02)
    assert widths[1] / widths[2] == pytest.approx(7 / 5, rel=0.02)


def test_stacked_bars_write_the_excess_of_own_capacities():
    bars = (Bar("Full time", (Decimal(20),), Decimal(24)), Bar("Half time", (Decimal(15),), Decimal(12)))

    chart = charts.stacked_bars(replace(ONE_SEGMENT, bars=bars))

    assert chart.headline == "Half time is 3 clients over capacity"
    assert "15 (+3)" in texts(chart.svg)


def test_stacked_bars_refuse_a_bar_that_lacks_a_value():
    with pytest.raises(ValueError, match="each segment"):
        replace(samples.STACKED_BARS, bars=(Bar("A. Okafor", (Decimal(14),)),))


def test_stacked_bars_of_one_row_name_the_largest_part():
    data = replace(samples.STACKED_BARS, bars=(Bar("All", (Decimal(14), Decimal(6), None)),))

    assert charts.stacked_bars(data).headline == "Of 20 clients, most fell under Healthy (14)"


def test_several_overloaded_rows_are_counted():
    bars = tuple(Bar(f"AM{row}", (Decimal(30 + row),), Decimal(24)) for row in range(3))

    chart = charts.stacked_bars(replace(ONE_SEGMENT, bars=bars))

    assert chart.headline == "AM2 is 8 clients over capacity; 3 of 3 are over"


@pytest.mark.parametrize(
    ("values", "target", "headline"),
    [
        ((45,), Target(Decimal(40)), "NPS stood at +45 in W1, meeting the target of +40"),
        ((30, 45), Target(Decimal(40)), "NPS stood at +45 in W2, meeting the target of +40"),
        (
            (30, 41, None, 45),
            Target(Decimal(40)),
            "NPS stood at +45 in W4, meeting the target of +40 since W2",
        ),
        (
            (41, 45),
            Target(Decimal(40)),
            "NPS stood at +45 in W2, meeting the target of +40 in every period shown",
        ),
        ((45, 12, 9, None), Target(Decimal(40)), "NPS stood at +9 in W3, missing the target of +40 since W2"),
        ((9,), Target(Decimal(8), Direction.DOWN), "NPS stood at +9 in W1, missing the target of +8"),
        (
            (3,),
            Target(Decimal(2), Direction.BAND, Decimal(4)),
            "NPS stood at +3 in W1, meeting the target of +2 to +4",
        ),
        (
            (5,),
            Target(Decimal(2), Direction.BAND, Decimal(4), "promise"),
            "NPS stood at +5 in W1, missing the promise of +2 to +4",
        ),
        ((30, 45), None, "NPS rose from +30 in W1 to +45 in W2"),
        ((45, -5), None, "NPS fell from +45 in W1 to −5 in W2"),
        ((45, 7, 45), None, "NPS stood at +45 in W3, as in W1"),
        ((None, 45), None, "NPS stood at +45 in W2"),
        ((None, None), None, "No data for NPS in this period"),
        ((), None, "No data for NPS in this period"),
    ],
)
def test_trend_headline_tells_where_it_stands(values, target, headline):
    assert charts.trend(charts.Trend("t", "NPS", points(*values), charts.POINTS, target)).headline == headline


def test_trend_leaves_a_gap_where_a_value_is_unknown():
    svg = charts.trend(charts.Trend("t", "NPS", points(10, 20, None, 30, 40))).svg

    lines = [path for path in parsed(svg).iter() if path.get("stroke-linejoin")]
    assert len(lines) == 2
    assert tips(svg) == ["W1: 10", "W2: 20", "W4: 30", "W5: 40"]


def test_trend_dashes_the_running_period():
    data = charts.Trend("t", "MRR", (*points(10, 20), Point("Nov", Decimal(15), is_partial=True)), EUR)

    chart = charts.trend(data)

    dashes = [
        path.get("stroke-dasharray") for path in parsed(chart.svg).iter() if path.get("stroke-linejoin")
    ]
    assert dashes == [None, "3 4"]
    assert tips(chart.svg)[-1] == "Nov: €15 so far"
    assert chart.rows[-1] == ["Nov (so far)", "€15"]


def test_trend_table_has_the_target():
    chart = charts.trend(samples.TREND)

    assert chart.columns == ["Period", "NPS", "Target"]
    assert chart.rows[:3] == [["Jan", "+23", "+38"], ["Feb", "+29", "+38"], ["Mar", "–", "+38"]]


def test_heat_map_of_equal_cohorts_says_so():
    data = replace(
        samples.HEAT_MAP, cohorts=tuple(Cohort(name, (Decimal(1), Decimal("0.9"))) for name in "AB")
    )

    assert charts.heat_map(data).headline == "At month 1, every cohort kept 90% of clients"


def test_heat_map_of_one_cohort_tells_its_oldest_age():
    data = replace(samples.HEAT_MAP, cohorts=samples.HEAT_MAP.cohorts[:1])

    assert charts.heat_map(data).headline == "At month 3, 2026-01 kept 90% of clients"


def test_heat_map_table_has_all_ages():
    chart = charts.heat_map(samples.HEAT_MAP)

    assert chart.columns == ["Cohort", "Size", "M0", "M1", "M2", "M3"]
    assert chart.rows[1] == ["2026-02", "10", "100%", "90%", "80%", ""]


@pytest.mark.parametrize(("value", "step"), [("0.5", 1), ("0.59", 1), ("0.6", 2), ("0.99", 5), ("1", 5)])
def test_heat_steps_run_from_the_lowest_to_the_highest(value, step):
    assert heat_step(Decimal(value), Decimal("0.5"), Decimal(1)) == step


def test_gauge_of_no_answers_says_so():
    chart = charts.gauge(replace(samples.GAUGE, value=None))

    assert chart.headline == "No data for NPS in this period"
    assert chart.rows == [["NPS", "–", "+40"]]


@pytest.mark.parametrize(
    ("value", "target", "tone"),
    [
        ("0.93", Target(Decimal("0.92")), "fill-good"),
        ("0.91", Target(Decimal("0.92")), "fill-bad"),
        ("0.91", None, "fill-series"),
    ],
)
def test_bullet_shows_whether_the_target_is_met(value, target, tone):
    svg = charts.bullet(replace(samples.BULLET, value=Decimal(value), target=target)).svg

    assert shapes(svg)[1].get("class") == f"chart-shape {tone}"


def test_bullet_takes_the_tone_of_a_verdict_that_the_page_knows():
    data = replace(samples.BULLET, value=Decimal("0.915"), tone=charts.Tone.WARN)

    assert shapes(charts.bullet(data).svg)[1].get("class") == "chart-shape fill-warn"


def test_bullet_of_a_negative_value_grows_leftwards_from_zero():
    svg = charts.bullet(charts.Bullet("b", "Growth", Decimal(-20), low=Decimal(-50), high=Decimal(50))).svg

    bar = shapes(svg)[1]
    assert (bar.get("x"), bar.get("width")) == ("60", "40")


def test_narrow_drawing_says_the_same_with_its_own_id():
    chart = charts.with_narrow(charts.trend, samples.TREND)

    narrow = parsed(chart.narrow)
    assert narrow.get("id") == "nps-narrow"
    assert narrow.get("viewBox") == "0 0 350 190"
    assert narrow[0].text == f"{chart.headline}."
    assert tips(chart.narrow) == tips(chart.svg)


def test_palette_takes_the_brand_colour():
    svg = charts.waterfall(samples.WATERFALL, palette=charts.PRINT.branded("#0f4c81")).svg

    assert shapes(svg)[0].get("fill") == "#0f4c81"


@pytest.mark.parametrize("colour", ["red", "#fff", "#0f4c8g", '#0f4c81" onload="x'])
def test_palette_refuses_what_is_no_colour(colour):
    with pytest.raises(ValueError, match="rrggbb"):
        charts.PRINT.branded(colour)


@pytest.mark.parametrize("name", ["", "Two words", "1st", 'x"y'])
def test_chart_refuses_a_name_that_is_no_id(name):
    with pytest.raises(ValueError, match="id on the page"):
        charts.trend(replace(samples.TREND, name=name))
