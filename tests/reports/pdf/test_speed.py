"""What makes a rendering quick: the file is the same, and the system is not asked for the same memory over and over."""

import resource

from weasyprint import HTML

from reports.pdf.document import NO_BASE, AssetFetcher, _WellFormed
from reports.pdf.server import with_room

PAGE = """<!DOCTYPE html><html lang="en"><head><title>x</title><style>li::marker { color: red }</style></head><body>
<h1>Head</h1><p>Some <q>words</q> and a <a href="#end">link</a></p><ul><li>one<ol><li>two</li></ol></li></ul>
<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table><p id="end">End</p></body></html>"""


def _pdf(page: HTML) -> bytes:
    return page.render().write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"x" * 16)


def _climb(depth: int) -> None:
    """Call a thousand times from every depth."""
    if depth:
        _climb(depth - 1)
    for _ in range(1000):
        (lambda: None)()


def test_a_page_without_unused_styles_is_the_same_file():
    whole = HTML(string=PAGE, base_url=NO_BASE, url_fetcher=AssetFetcher({}))

    assert _pdf(_WellFormed(PAGE, AssetFetcher({}))) == _pdf(whole)


def test_calls_at_any_depth_need_no_new_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    with_room(_climb, 600)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 500
