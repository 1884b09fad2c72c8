"""Whatever the data and the labels, a chart is valid, safe, titled, and stays inside its frame."""

import re
from decimal import Decimal

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyam import charts
from agencyam.charts.scales import text_width
from tests.agencyam.charts.samples import SAMPLES
from tests.agencyam.charts.svg import SVG, parsed

HOSTILE = [
    "",
    '"><script>alert(1)</script>',
    "' style='x:y' onload='alert(1)",
    "]]><style>*{}</style>",
    "&amp;&lt;&#0;",
    "a\x00b\x0b\x1f\ufffe\ud800",
    SafeString("<b onclick=x>Northwind</b>"),
    "Donaudampfschifffahrtsgesellschaftskapitänsvereinigung " * 4,
    "明日のお客様 مرحبا 👩‍👩‍👧",
]
LABELS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
FINITE = st.one_of(
    st.sampled_from(
        [Decimal(0), Decimal("1e-30"), Decimal("-1e30"), Decimal("1e300"), Decimal(1), Decimal("0.1")]
    ),
    st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False),
)
MAYBE = st.one_of(st.none(), FINITE)
UNITS = st.sampled_from([charts.COUNT, charts.PERCENT, charts.POINTS, charts.HOURS, charts.money("CHF")])
TARGETS = st.one_of(
    st.none(),
    st.builds(charts.Target, FINITE, st.sampled_from(charts.Direction), label=LABELS),
    st.builds(charts.Target, st.just(Decimal(-1)), st.just(charts.Direction.BAND), st.just(Decimal(3))),
)
HREFS = st.sampled_from(["", "/rows/?q=\"'<&"])


def many(items, most=30):
    return st.lists(items, max_size=most).map(tuple)


POINTS = many(st.builds(charts.Point, LABELS, MAYBE, st.booleans(), HREFS))
STEPS = many(st.builds(charts.Step, LABELS, MAYBE, st.one_of(st.none(), st.sampled_from(charts.Tone)), HREFS))
COHORTS = many(
    st.builds(
        charts.Cohort, LABELS, many(MAYBE, 26), st.one_of(st.none(), st.integers(0, 99)), many(HREFS, 3)
    ),
    6,
)
DROPS = many(st.builds(charts.Drop, st.decimals(min_value=0, max_value=10**12), st.decimals(0, 1)))
SEGMENTS = many(st.builds(charts.Segment, LABELS, st.sampled_from(charts.Tone)), 6)
NAME = st.just("chart")


def stacked_bars(segments):
    values = st.lists(MAYBE, min_size=len(segments), max_size=len(segments)).map(tuple)
    bars = many(st.builds(charts.Bar, LABELS, values, MAYBE, many(HREFS, 3)), 26)
    return st.builds(charts.StackedBars, NAME, LABELS, st.just(segments), bars, UNITS, LABELS, LABELS)


KINDS = {
    charts.waterfall: st.builds(
        charts.Waterfall, NAME, LABELS, MAYBE, STEPS, UNITS, LABELS, LABELS, HREFS, HREFS
    ),
    charts.heat_map: st.builds(charts.HeatMap, NAME, LABELS, COHORTS, UNITS, LABELS, LABELS),
    charts.trend: st.builds(charts.Trend, NAME, LABELS, POINTS, UNITS, TARGETS),
    charts.histogram: st.builds(
        charts.Histogram, NAME, LABELS, many(FINITE, 60), MAYBE, LABELS, LABELS, UNITS
    ),
    charts.stacked_bars: SEGMENTS.flatmap(stacked_bars),
    charts.gauge: st.builds(charts.Gauge, NAME, LABELS, MAYBE, target=TARGETS, unit=UNITS),
    charts.bullet: st.builds(charts.Bullet, NAME, LABELS, MAYBE, TARGETS, UNITS),
    charts.sparkline: st.builds(charts.Sparkline, NAME, LABELS, POINTS, UNITS, TARGETS),
    charts.survival: st.builds(charts.Survival, NAME, LABELS, DROPS, FINITE, UNITS, LABELS),
}
each_kind = pytest.mark.parametrize("draw", KINDS, ids=lambda draw: draw.__name__)
WIDTHS = st.sampled_from([240, 350, 520, 900])
ALLOWED = {"svg", "title", "desc", "g", "a", "rect", "line", "path", "circle", "text"}
COLOUR = re.compile("#[0-9a-f]{6}|none")


@each_kind
@settings(max_examples=60, deadline=None)
@given(examples=st.data(), width=WIDTHS)
def test_chart_is_valid_safe_and_titled(draw, examples, width):
    data = examples.draw(KINDS[draw])

    chart = draw(data, width=width)

    tree = parsed(chart.svg)
    names = {attribute for node in tree.iter() for attribute in node.attrib}
    assert {node.tag.removeprefix(SVG) for node in tree.iter()} <= ALLOWED
    assert not {name for name in names if name == "style" or name.startswith("on")}
    assert "<script" not in chart.svg
    assert "<style" not in chart.svg
    assert all(COLOUR.fullmatch(colour) for node in tree.iter() for colour in colours(node))
    assert tree[0].tag == f"{SVG}title"
    assert len(tree[0].text) > 3
    assert tree.get("role") == ("group" if tree.find(f".//{SVG}a") is not None else "img")
    assert all(len(row) == len(chart.columns) for row in chart.rows)


@each_kind
@settings(max_examples=60, deadline=None)
@given(examples=st.data(), width=WIDTHS)
def test_chart_stays_inside_its_frame(draw, examples, width):
    data = examples.draw(KINDS[draw])

    tree = parsed(draw(data, width=width).svg)

    _, _, right, bottom = map(float, tree.get("viewBox").split())
    for node in tree.iter():
        if node.get("class") == "chart-hit":
            continue
        left, top, node_right, node_bottom = extent(node)
        assert left >= -1
        assert top >= -1
        assert node_right <= max(right, node_right - left) + 1
        assert node_bottom <= bottom + 1


def colours(node):
    """The print colours of a mark; a renderer of PDFs knows neither var() nor currentColor."""
    return [node.get(name) for name in ("fill", "stroke") if name in node.attrib]


def extent(node):
    """Left, top, right and bottom of a shape or of a text as estimated."""
    number = {name: float(node.get(name)) for name in ("x", "y", "width", "height") if name in node.attrib}
    if node.tag == f"{SVG}rect":
        x, y = number["x"], number["y"]
        return x, y, x + number["width"], y + number["height"]
    if node.tag == f"{SVG}line":
        across = sorted(float(node.get(name)) for name in ("x1", "x2"))
        down = sorted(float(node.get(name)) for name in ("y1", "y2"))
        return across[0], down[0], across[1], down[1]
    if node.tag == f"{SVG}circle":
        x, y, radius = (float(node.get(name)) for name in ("cx", "cy", "r"))
        return x - radius, y - radius, x + radius, y + radius
    if node.tag == f"{SVG}text":
        length = text_width(node.text or "", float(node.get("font-size", 12)))
        before = {None: 0, "middle": length / 2, "end": length}[node.get("text-anchor")]
        return number["x"] - before, number["y"] - 9, number["x"] - before + length, number["y"]
    return 0, 0, 0, 0


@pytest.mark.parametrize(("draw", "data"), SAMPLES, ids=lambda value: getattr(value, "__name__", ""))
def test_linked_marks_hold_no_text_of_their_own(draw, data):
    svg = draw(data).svg

    assert [text for anchor in parsed(svg).iter(f"{SVG}a") for text in anchor.iter(f"{SVG}text")] == []
