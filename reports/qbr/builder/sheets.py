"""The review on its sheets beside the text: the very HTML and style of the PDF, laid out by the browser.

The printed pages themselves take the sandbox a second of a processor each time, which is too much for every pause
of everybody who writes; this takes as long as a page of the site. Sections, words, figures, fonts, measures and
the rules for breaking pages are those of print; only where a page ends may differ by a line.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static

from accounts.models import AgencySettings
from reports.qbr import selectors
from reports.qbr.delivery.web_page import Additions, as_web_page
from reports.qbr.document import QBRDocument, from_json
from reports.qbr.drafting import image_assets
from reports.qbr.html import FONTS, PAPERS, assets_of, brand_css, paper_css, static_file, to_html
from reports.qbr.models import QBR
from reports.qbr.typefaces import served_css


@dataclass(frozen=True)
class _Look:
    """What the style depends on: the agency's colours and the sheet."""

    brand_color: str
    accent_color: str
    paper: str
    heading_font: str


def write_sheets(request: HttpRequest, *, qbr: QBR, document: QBRDocument, settings: AgencySettings) -> str:
    """The whole page for the frame."""
    kept = qbr.logo if qbr.is_approved else settings.logo
    logo = bytes(kept) if kept else None
    images = image_assets(client_id=qbr.client_id, document=document)
    head = render_to_string("reports/builder_sheets_head.html", {"qbr": qbr}, request)
    printed = to_html(document, has_logo=logo is not None)
    assets = assets_of(document, logo, images)
    return as_web_page(printed, assets=assets, additions=Additions(head=head, top="", foot=""))


def sheets_css(*, qbr: QBR, settings: AgencySettings) -> str:
    """The style of print with what a screen needs to show it; of an approved review in the colours of then."""
    look = _look_of(qbr, settings)
    _, width, height = PAPERS.get(look.paper, PAPERS["a4"])
    printed = static_file("css/qbr.css").decode()
    for name in FONTS:
        printed = printed.replace(f"asset:{name}", static(f"vendor/inter-ui/{name}"))
    sizes = f":root {{ --sheet-width: {width}; --sheet-height: {height}; --brand: {look.brand_color} }}\n"
    screen = static_file("css/sheets.css").decode()
    return "\n".join(
        (
            printed,
            paper_css(look),
            brand_css(look),
            served_css(look.heading_font, text="Inter"),
            sizes,
            screen,
        )
    )


def _look_of(qbr: QBR, settings: AgencySettings) -> _Look:
    if qbr.is_approved:
        cover = from_json(selectors.get_snapshot(qbr=qbr)).cover
        return _Look(cover.brand_color, cover.accent_color, cover.paper, cover.heading_font)
    return _Look(settings.brand_color, settings.accent_color, qbr.paper, settings.heading_font)
