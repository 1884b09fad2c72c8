"""One document through WeasyPrint, strictly: what cannot be loaded fails the rendering."""

import hashlib
import logging
import mimetypes
from collections.abc import Mapping
from copy import copy
from typing import Any

from cssselect2 import ElementWrapper
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from weasyprint import CSS, HTML, UA_STYLESHEET, Document
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reports.pdf.finishing import finish
from reports.pdf.fullness import fullness, shortfall
from reports.pdf.job import Job

SCHEME = "asset:"
NO_BASE = "about:blank"
MOST_PAGES = 60
SPARE = "spare.css"
# A longer document is laid out once: it takes seconds, and its reader does not mind a gap.
MOST_PAGES_TRIED = 24
# Parts that WeasyPrint styles for every element, a twentieth of the whole time: notes, of which we have none, and
# markers, which only items of lists have.
NOTES = frozenset({"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"})
MARKER, LISTED = "marker", "li"


class Refused(ValueError):
    """The document asks for something that it may not have, or is too long."""


class AssetFetcher(URLFetcher):
    """Knows only ``asset:`` and the bytes that came with the job; everything else is fatal."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in self._assets:
            raise Refused(f"The document refers to {url[:80]!r}, which it may not load.")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, self._assets[name], {"Content-Type": kind})


def _without_unused_parts(sheet: CSS) -> CSS:
    """WeasyPrint's own style sheet with no notes, and with markers in lists only. What is drawn is the same."""
    lean = copy(sheet)
    lean.matcher = copy(sheet.matcher)
    # A rule's fourth field is the part of the element that it styles.
    everywhere = lean.matcher.other_selectors
    lean.matcher.other_selectors = [rule for rule in everywhere if rule[3] not in {MARKER, *NOTES}]
    by_name = lean.matcher.lower_local_name_selectors
    markers = [rule for rule in everywhere if rule[3] == MARKER]
    lean.matcher.lower_local_name_selectors = by_name | {LISTED: [*by_name.get(LISTED, ()), *markers]}
    return lean


BASE_STYLE = _without_unused_parts(UA_STYLESHEET)


class _WellFormed(HTML):
    """A page that is XML as well, read by the parser in C: WeasyPrint's own takes a tenth of the whole time."""

    def __init__(self, page: str, fetcher: AssetFetcher) -> None:
        self.base_url = NO_BASE
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(fromstring(page), content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [BASE_STYLE]


def _read(page: str, fetcher: AssetFetcher) -> HTML:
    """The page, whichever parser takes it: a control character in somebody's name is no XML."""
    try:
        return _WellFormed(page, fetcher)
    except (ParseError, DefusedXmlException):
        return HTML(string=page, base_url=NO_BASE, url_fetcher=fetcher)


class _Complaints(logging.Handler):
    """Collects WeasyPrint's errors: it draws on without a picture or font that is broken, and we do not send that."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or str(record.msg).startswith("Font-face"):
            self.lines.append(record.getMessage()[:200])


def render(job: Job) -> tuple[bytes, int]:
    """The PDF (variant ``pdf/ua-1``, tagged, same bytes for the same job) and its number of pages.

    Raises Refused, and whatever WeasyPrint raises.
    """
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(complaints)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        document = _laid_out(job)
        if len(document.pages) > MOST_PAGES:
            raise Refused(f"The document has {len(document.pages)} pages; {MOST_PAGES} are the most.")
        content = document.write_pdf(
            finisher=finish,
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(job.identifier.encode()).digest()[:16],
        )
    finally:
        logger.removeHandler(complaints)
    if complaints.lines:
        raise Refused(f"A part of the document could not be drawn: {complaints.lines[0]}")
    return content, len(document.pages)


def _laid_out(job: Job) -> Document:
    """The pages; where one is left half empty, in the first spare style that mends it, or in the one that helps most."""
    assets = dict(job.assets)
    html = _read(job.html, AssetFetcher(assets))

    def in_style(spare: str) -> Document:
        assets[SPARE] = spare.encode()
        return html.render(presentational_hints=False)

    document = in_style("")
    tried = {"": _shortfall(document)}
    for spare in job.spares if len(document.pages) <= MOST_PAGES_TRIED else ():
        if not min(tried.values()):
            break
        # Two at once would double the memory.
        del document
        document = in_style(spare)
        tried[spare] = _shortfall(document)
    best = min(tried, key=tried.__getitem__)
    if best != next(reversed(tried)):
        del document
        document = in_style(best)
    return document


def _shortfall(document: Document) -> float:
    return shortfall([fullness(page) for page in document.pages])
