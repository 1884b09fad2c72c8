"""The review on its sheets beside the text: the very HTML and style of the PDF, laid out by the browser.

The printed pages themselves take the sandbox a second of a processor each time, which is too much for every pause
of everybody who writes; this takes as long as a page of the site. Sections, words, figures, fonts, measures and
the rules for breaking pages are those of print; only where a page ends may differ by a line.
"""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static

from accounts.models import AgencySettings
from reports.qbr.builder.preview import look_of, write_page
from reports.qbr.delivery.web_page import Additions
from reports.qbr.document import QBRDocument
from reports.qbr.models import QBR
from reports.qbr.printing.html import FONTS, PAPERS, brand_css, paper_css, static_file
from reports.qbr.printing.typefaces import served_css


def write_sheets(request: HttpRequest, *, qbr: QBR, document: QBRDocument, settings: AgencySettings) -> str:
    """The whole page for the frame."""
    head = render_to_string("reports/builder_sheets_head.html", {"qbr": qbr}, request)
    additions = Additions(head=head, top="", foot="")
    return write_page(qbr=qbr, document=document, settings=settings, additions=additions)


def sheets_css(*, qbr: QBR, settings: AgencySettings) -> str:
    """The style of print with what a screen needs to show it; of an approved review in the colours of then."""
    look = look_of(qbr=qbr, settings=settings)
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
