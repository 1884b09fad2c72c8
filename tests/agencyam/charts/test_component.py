"""templates/components/chart.html: the finding as heading, the drawing, its numbers as a table."""

from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from django.template import Context, Engine

from agencyam import charts
from agencyam.charts import Point
from tests.agencyam.charts import samples

TEMPLATES = Engine(dirs=[Path(__file__).resolve().parents[3] / "templates"])


class Outline(HTMLParser):
    """The tags in their order, and the words of headings, captions and cells."""

    def __init__(self):
        super().__init__()
        self.tags, self.words, self.scopes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.scopes += [value for name, value in attrs if name == "scope"]

    def handle_data(self, data):
        if data.strip() and self.tags[-1] in ("h2", "h3", "p", "summary", "th", "td"):
            self.words.append(data.strip())


def rendered(**context):
    outline = Outline()
    outline.feed(TEMPLATES.get_template("components/chart.html").render(Context(context)))
    return outline


def test_chart_component_shows_finding_note_and_table():
    outline = rendered(chart=charts.gauge(samples.GAUGE), note="312 answers, 90 days")

    assert outline.words == [
        "NPS stood at +45, meeting the target of +40",
        "312 answers, 90 days",
        "Show as table",
        "Measure",
        "Value",
        "Target",
        "NPS",
        "+45",
        "+40",
    ]
    assert outline.scopes == ["col", "col", "col", "row"]
    assert outline.tags.count("svg") == 1


def test_chart_component_has_a_narrow_drawing_where_there_is_one():
    chart = charts.with_narrow(charts.trend, samples.TREND)

    assert rendered(chart=chart).tags.count("svg") == 2


def test_chart_component_takes_a_heading_level():
    outline = rendered(chart=charts.gauge(samples.GAUGE), level=3)

    assert [tag for tag in outline.tags if tag in ("h2", "h3")] == ["h3"]


def test_chart_component_without_rows_has_no_table():
    outline = rendered(chart=charts.trend(charts.Trend("t", "NPS", ())))

    assert outline.words == ["No data for NPS in this period"]
    assert "details" not in outline.tags


def test_chart_component_escapes_labels():
    data = charts.Trend(
        "t", "<script>alert(1)</script>", (Point("<img src=x>", None), Point("Feb", Decimal(1)))
    )

    outline = rendered(chart=charts.trend(data))

    assert "script" not in outline.tags
    assert "img" not in outline.tags
    assert "<img src=x>" in outline.words
