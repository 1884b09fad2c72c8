"""A document as HTML with everything it refers to, and as a PDF."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from agencyam.exceptions import Refused
from reports.pdf import RenderedPDF, render_pdf
from reports.qbr.document import QBRDocument, SectionLayout
from reports.qbr.layout import needs_contents, shown_sections
from reports.qbr.printing.colours import INK, VISIBLE, WHITE, contrast, darkened, mixed, text_on
from reports.qbr.printing.endless import with_ends
from reports.qbr.printing.figures import draw_figures
from reports.qbr.printing.look import AgencyLook
from reports.qbr.printing.notes import as_markup
from reports.qbr.printing.number_tables import in_groups, number_rows
from reports.qbr.printing.spare_styles import SPARE_STYLES
from reports.qbr.printing.typefaces import printed_css, typeface_of

FONTS = ("Inter-Regular.woff2", "Inter-SemiBold.woff2", "Inter-Bold.woff2")
LONG_NAME = 48
ASSET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")
DRAWING = re.compile(r"<svg [^>]*><title>([^<]*)</title>.*?</svg>", re.DOTALL)
# The size of the sheet in CSS and of the cover, which fills it.
PAPERS = {"a4": ("A4", "210mm", "297mm"), "letter": ("letter", "215.9mm", "279.4mm")}


class Look(AgencyLook, Protocol):
    """What the style of a printed review depends on."""

    @property
    def paper(self) -> str: ...


class CannotFindAsset(Refused):
    """A font, style sheet or picture of the review is missing."""


def render_document(
    document: QBRDocument, *, logo: bytes | None, identifier: str, images: Mapping[str, bytes] | None = None
) -> RenderedPDF:
    """The PDF. The same document, logo, pictures and identifier give the same bytes.

    `images` are the pictures that the layout names, re-encoded by us. Raises CannotRenderPDF, CannotFindAsset.
    """
    html, drawings = _with_drawings_apart(to_html(document, has_logo=logo is not None))
    assets = assets_of(document, logo, images) | drawings
    return render_pdf(html, assets=assets, identifier=identifier, spares=SPARE_STYLES)


def _with_drawings_apart(html: str) -> tuple[str, dict[str, bytes]]:
    """Each chart as a picture of its own with its finding as alternative text: in print no rule styles its insides.

    What people wrote is escaped, so only our charts begin with this tag.
    """
    drawings: dict[str, bytes] = {}

    def named(match: re.Match[str]) -> str:
        name = f"chart-{len(drawings)}.svg"
        drawings[name] = match[0].encode()
        return f'<img src="asset:{name}" alt="{match[1]}"/>'

    return DRAWING.sub(named, html), drawings


def to_html(document: QBRDocument, *, has_logo: bool, has_narrow: bool = False) -> str:
    """The whole page in the document's own language; it refers to `asset:` names only.

    `has_narrow` adds drawings for a phone, which only a browser knows to choose from.
    """
    with override(document.cover.language[:2]):
        sections, has_contents = shown_sections(document), needs_contents(document)
        layout, document = document.layout, with_ends(replace(document, layout=()))
        figures = draw_figures(replace(document, layout=layout), has_narrow=has_narrow)
        is_first = not sections or sections[0].key != "summary"
        listed = [_section(section) for section in (sections if is_first else sections[1:])]
        middle = (len(listed) + 1) // 2
        context = {
            "document": document,
            "cover": document.cover,
            "has_logo": has_logo,
            "initial": document.cover.agency[:1].upper(),
            "is_long_name": len(document.cover.client) > LONG_NAME,
            "sections": [_section(section) for section in sections],
            "contents": [part for part in (listed[:middle], listed[middle:]) if part and has_contents],
            "has_contents_first": is_first,
            "figures": figures,
            "numbers": number_rows([figure.chart for figure in figures.values()]),
            "measures": in_groups(document.measures, 2),
        }
        return render_to_string("reports/qbr.html", context)


def _section(section: SectionLayout) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "template": f"reports/qbr_pdf_{section.key}.html",
        "notes": as_markup(section.notes_html),
        "images": in_groups(section.images, 2),
    }


def assets_of(
    document: QBRDocument, logo: bytes | None, images: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Fonts, style sheets, the logo and pictures by the names that the HTML uses. Raises CannotFindAsset."""
    assets = {name: static_file(f"vendor/inter-ui/{name}") for name in FONTS}
    assets["qbr.css"] = static_file("css/qbr.css")
    assets["brand.css"] = (paper_css(document.cover) + brand_css(document.cover)).encode()
    if face := typeface_of(document.cover.heading_font):
        assets[face.file] = static_file(f"vendor/{face.path}")
        assets["brand.css"] += printed_css(document.cover.heading_font).encode()
    if logo is not None:
        assets["logo.png"] = logo
    pictures = {}
    for name in (name for section in shown_sections(document) for name in section.image_names):
        if not ASSET_NAME.fullmatch(name) or name in assets or name not in (images or {}):
            raise CannotFindAsset(f"The picture {name[:80]} of the review is missing.")
        pictures[name] = (images or {})[name]
    return assets | pictures


def paper_css(cover: Look) -> str:
    """The sheet, and the cover that fills it. Another size than we know is A4."""
    size, width, height = PAPERS.get(cover.paper, PAPERS["a4"])
    return f"@page {{ size: {size} }}\n.cover {{ width: {width}; height: {height} }}\n"


def brand_css(cover: Look) -> str:
    """The agency's colours as rules, each one readable where it is used."""
    brand, on_brand = cover.brand_color, text_on(cover.brand_color)
    heading = darkened(brand)
    quiet = mixed(on_brand, brand, 0.14)
    accent = cover.accent_color if contrast(cover.accent_color, brand) >= VISIBLE else on_brand
    accent_text = darkened(cover.accent_color)
    edge = cover.accent_color if contrast(cover.accent_color, WHITE) >= VISIBLE else accent_text
    return (
        f"@page cover {{ background: {brand} }}\n"
        f".cover, .masthead {{ color: {on_brand} }}\n"
        f".masthead {{ background: {brand} }}\n"
        f".cover .disc {{ border-color: {quiet} }}\n"
        f".initial {{ background: {on_brand}; color: {brand if on_brand == WHITE else WHITE} }}\n"
        f".bar {{ background: {accent} }}\n"
        f"h2, h2 a, .brand {{ color: {heading} }}\n"
        f".decisions {{ border-color: {edge}; background: {mixed(edge, WHITE, 0.08)} }}\n"
        f".decisions h3 {{ color: {darkened(accent_text, background=mixed(edge, WHITE, 0.08))} }}\n"
        f".tile {{ border-top-color: {heading} }}\n"
        f"blockquote {{ border-color: {heading} }}\n"
        f"body {{ color: {INK} }}\n"
    )


def static_file(name: str) -> bytes:
    """A file of ours as it is served. Raises CannotFindAsset."""
    path = finders.find(name)
    if path is None:
        raise CannotFindAsset(f"The file {name} of the review is missing from this installation.")
    return Path(path).read_bytes()
