"""A document as HTML with everything it refers to, and as a PDF."""

from dataclasses import replace
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from agencyam.charts import (
    HOURS,
    PRINT,
    Chart,
    Histogram,
    Palette,
    Point,
    Trend,
    histogram,
    money,
    trend,
)
from agencyam.exceptions import Refused
from reports.pdf import RenderedPDF, render_pdf
from reports.qbr.colours import INK, WHITE, contrast, darkened, mixed, text_on
from reports.qbr.document import Cover, Fees, QBRDocument, Waits

FONTS = ("Inter-Regular.woff2", "Inter-SemiBold.woff2", "Inter-Bold.woff2")
CHART_WIDTH = 560
LONG_NAME = 48
VISIBLE = 1.7  # a shape on the cover: contrast enough to be seen


class CannotFindAsset(Refused):
    """A font or style sheet of the review is missing from this installation."""


def render_document(document: QBRDocument, *, logo: bytes | None, identifier: str) -> RenderedPDF:
    """The PDF. The same document, logo and identifier give the same bytes. Raises CannotRenderPDF."""
    return render_pdf(
        to_html(document, has_logo=logo is not None), assets=assets_of(document, logo), identifier=identifier
    )


def to_html(document: QBRDocument, *, has_logo: bool) -> str:
    """The whole page; it refers to `asset:` names only."""
    palette = PRINT.branded(darkened(document.cover.brand_color))
    waits = _waits_chart(document.service.waits, palette)
    fees = _fees_chart(document.commercials.fees, palette)
    context = {
        "document": document,
        "cover": document.cover,
        "has_logo": has_logo,
        "initial": document.cover.agency[:1].upper(),
        "is_long_name": len(document.cover.client) > LONG_NAME,
        "waits_chart": waits,
        "fees_chart": fees,
        "charts": [chart for chart in (_without_empty_bars(waits), fees) if chart],
        "contents": _contents(document),
    }
    return render_to_string("reports/qbr.html", context)


def _contents(document: QBRDocument) -> list[tuple[str, str]]:
    """Anchor and title of each section but the first, which holds the list."""
    promises = [("promises", "What we promised")] if document.promises else []
    measures = [("measures", "How we measure")] if document.measures else []
    return [
        *promises,
        ("results", "Results"),
        ("delivery", "What we delivered"),
        ("service", "The service we gave you"),
        ("feedback", "What you told us"),
        ("next", "What happens next"),
        ("commercials", "Commercials"),
        *measures,
    ]


def assets_of(document: QBRDocument, logo: bytes | None) -> dict[str, bytes]:
    """Fonts, style sheets and the logo by the names that the HTML uses. Raises CannotFindAsset."""
    assets = {name: _static(f"vendor/inter-ui/{name}") for name in FONTS}
    assets["qbr.css"] = _static("css/qbr.css")
    assets["brand.css"] = brand_css(document.cover).encode()
    if logo is not None:
        assets["logo.png"] = logo
    return assets


def brand_css(cover: Cover) -> str:
    """The agency's colours as rules, each one readable where it is used."""
    brand, on_brand = cover.brand_color, text_on(cover.brand_color)
    heading = darkened(brand)
    quiet = mixed(on_brand, brand, 0.14)
    accent = cover.accent_color if contrast(cover.accent_color, brand) >= VISIBLE else on_brand
    accent_text = darkened(cover.accent_color)
    return (
        f"@page cover {{ background: {brand} }}\n"
        f".cover {{ color: {on_brand} }}\n"
        f".cover .disc {{ border-color: {quiet} }}\n"
        f".cover .initial {{ background: {on_brand}; color: {brand if on_brand == WHITE else WHITE} }}\n"
        f".cover .bar {{ background: {accent} }}\n"
        f"h2, h2 a, .brand {{ color: {heading} }}\n"
        f".decisions {{ border-color: {cover.accent_color}; background: {mixed(cover.accent_color, WHITE, 0.08)} }}\n"
        f".decisions h3 {{ color: {darkened(accent_text, background=mixed(cover.accent_color, WHITE, 0.08))} }}\n"
        f".tile {{ border-top-color: {heading} }}\n"
        f"blockquote {{ border-color: {heading} }}\n"
        f"body {{ color: {INK} }}\n"
    )


def _waits_chart(waits: Waits | None, palette: Palette) -> Chart | None:
    if waits is None:
        return None
    data = Histogram(
        name="waits",
        subject="requests",
        values=waits.hours,
        limit=waits.limit,
        limit_label="Promised",
        value_label="Hours to our first answer",
        unit=HOURS,
    )
    return histogram(data, width=CHART_WIDTH, palette=palette)


def _without_empty_bars(chart: Chart | None) -> Chart | None:
    """For the table of numbers: bars that hold nothing say nothing there."""
    return chart and replace(chart, rows=[row for row in chart.rows if row[1] != "0"])


def _fees_chart(fees: Fees | None, palette: Palette) -> Chart | None:
    if fees is None:
        return None
    points = tuple(Point(point.label, point.amount, point.is_partial) for point in fees.points)
    data = Trend(name="fees", subject="Your monthly fee", points=points, unit=money(fees.currency))
    return trend(data, width=CHART_WIDTH, palette=palette)


def _static(name: str) -> bytes:
    path = finders.find(name)
    if path is None:
        raise CannotFindAsset(f"The file {name} of the review is missing from this installation.")
    return Path(path).read_bytes()
