"""The sandbox: what a document may load and use, and that a bad one costs nothing but itself."""

import http.server
import io
import re
import socketserver
import threading
import zlib
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from reports.pdf import CannotRenderPDF, render_pdf
from reports.pdf.sandbox import MB, Limits
from tests.catalogue import report

HERE = Path(__file__).parent
FONTS = Path(__file__).resolve().parents[3] / "static/vendor/inter-ui"
HEAD = '<!doctype html><html lang="en"><head><title>Test</title></head>'
QUICK = Limits(cpu_seconds=3, wall_seconds=8)


def _render(body, assets=None, **options):
    return render_pdf(HEAD + body, assets=assets or {}, identifier="test", **options)


def _inflated(content: bytes) -> bytes:
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    parts = [content]
    for stream in streams:
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            parts.append(stream)
    return b"".join(parts)


def _drawn(content: bytes, scale: float) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    bitmap = page.render(scale=scale)
    picture = bitmap.to_pil().copy()
    bitmap.close()
    page.close()
    document.close()
    return picture


def test_what_stands_in_the_margins_is_pagination_and_not_read_aloud():
    style = "<style>@page { @top-left { content: 'Running head' } @bottom-left { content: counter(page) } }</style>"

    text = _inflated(_render(f"{style}<h1>Hello</h1>").content)

    # A head and a foot are two; the heading is the only text with a place in the tree.
    assert text.count(b"/Artifact\n<</Type /Pagination>>\nBDC") == 2
    assert text.count(b"/Span\n<</MCID ") == 1


def test_a_page_becomes_a_tagged_pdf():
    pdf = _render("<h1>Hello</h1>")

    text = _inflated(pdf.content)
    assert pdf.pages == 1
    assert b"<pdfuaid:part>1</pdfuaid:part>" in text.replace(
        b'pdfuaid:part="1"', b"<pdfuaid:part>1</pdfuaid:part>"
    )
    assert b"/MarkInfo" in text


def test_the_same_input_gives_the_same_bytes():
    fonts = {"Inter.woff2": (FONTS / "Inter-Regular.woff2").read_bytes()}
    body = "<style>@font-face{font-family:I;src:url(asset:Inter.woff2)}body{font-family:I}</style><p>Żółć</p>"

    assert _render(body, fonts).content == _render(body, fonts).content


def test_table_heads_carry_their_scope():
    pdf = _render(
        '<table><thead><tr><th>Name</th></tr></thead><tbody><tr><th scope="row">A</th></tr></tbody></table>'
    )

    text = _inflated(pdf.content)
    assert (text.count(b"/Scope /Column"), text.count(b"/Scope /Row")) == (1, 1)


def test_accented_letters_look_as_stored():
    """Two faces of one family and weight drew wrong glyphs once; extracted text did not show it."""
    fonts = {"Inter.woff2": (FONTS / "Inter-Regular.woff2").read_bytes()}
    body = (
        "<style>@font-face{font-family:I;src:url(asset:Inter.woff2)}@page{size:90mm 30mm;margin:5mm}"
        "body{font:28px I;margin:0}</style><p>Zażółć Łódź ✓</p>"
    )
    with Image.open(HERE / "accents.png") as picture:
        stored = picture.convert("L")

    drawn = _drawn(_render(body, fonts).content, scale=2).convert("L")

    difference = ImageChops.difference(drawn, stored)
    assert drawn.size == stored.size
    assert sum(difference.histogram()[97:]) < 20


class _Sink(http.server.BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self):
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"marker-from-the-sink")

    def log_message(self, *args):
        pass


@pytest.fixture
def sink():
    _Sink.hits = []
    with socketserver.TCPServer(("127.0.0.1", 0), _Sink) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


REFERENCES = [
    '<img src="{url}">', '<img srcset="{url} 2x" src="{url}">', '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">', '<a rel="attachment" href="{url}">x</a>', '<style>@import url({url});</style>',
    "<style>@import '{url}';</style>", "<style>@font-face{{font-family:x;src:url({url})}} p{{font-family:x}}</style><p>x</p>",
    '<p style="background:url({url})">x</p>', '<p style="background-image:url({url})">x</p>',
    '<p style="list-style-image:url({url});display:list-item">x</p>', '<p style="content:url({url})">x</p>',
    "<style>p::before{{content:url({url})}}</style><p>x</p>", '<p style="border-image-source:url({url})">x</p>',
    '<object data="{url}"></object>', '<embed src="{url}">', '<input type="image" src="{url}">',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{url}" width="9" height="9"/></svg>',
    '<svg><image href="{url}" width="9" height="9"/></svg>', '<svg><use href="{url}#a"/></svg>',
    '<svg><style>@import url({url});</style><rect width="9" height="9"/></svg>',
    "<style>@page{{background:url({url})}}</style>", "<style>@page{{@top-left{{content:url({url})}}}}</style><p>x</p>",
    '<img src="{url}" loading="eager" alt="x">', "<style>@namespace '{url}';@import url('{url}') print;</style>",
    '<link rel="stylesheet" media="print" href="{url}">', "<style>p{{cursor:url({url}),auto}}</style><p>x</p>",
    '<base href="{url}"><img src="x.png">', '<base href="{url}/"><link rel="stylesheet" href="x.css">',
    "<style>@color-profile --x {{src: url({url})}}</style><p>x</p>",
]  # fmt: skip


def test_f7_nothing_outside_is_ever_asked_for(sink, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("marker-from-the-file")
    nested = f"data:text/css,@import%20url({sink}/nested)"
    targets = [sink + "/x", secret.as_uri(), "ftp://127.0.0.1:1/x", "//127.0.0.1/x", nested]
    leaks, tried = [], 0

    for shape in REFERENCES:
        for url in targets:
            tried += 1
            try:
                content = _render(shape.format(url=url), limits=QUICK).content
            except CannotRenderPDF:
                continue
            if b"marker-from-the" in _inflated(content):
                leaks.append((shape, url))

    report("F7", ok=not _Sink.hits and not leaks, hits=len(_Sink.hits), leaks=leaks, references=tried)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("nested flex", '<div style="display:flex">' * 18 + "x"),
        ("colspan", "<table><tr><td colspan=100000000>x</table>"),
        ("deep tables", "<table><tr><td>" * 60),
        ("use bomb", "<svg><defs>" + "".join(
            f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" if n else '<g id="l0"><rect width="1" height="1"/></g>'
            for n in range(6)) + '</defs><use href="#l5"/></svg>'),
    ],
)  # fmt: skip
def test_f8_f9_a_bomb_fails_with_a_reason_and_the_next_document_goes_through(name, body):
    with pytest.raises(CannotRenderPDF) as caught:
        _render(body, limits=QUICK)

    after = _render("<p>after</p>")
    report("F8", ok=after.pages == 1, bomb=name, reason=str(caught.value))


def test_a_document_that_waits_is_killed_by_the_clock():
    with pytest.raises(CannotRenderPDF, match="longer than"):
        _render('<div style="display:flex">' * 18 + "x", limits=Limits(wall_seconds=1.5))


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,AAAA", "data:text/html,x", "asset:none", "about:x", "x.png"]
)
def test_even_harmless_looking_references_fail_the_document(url):
    with pytest.raises(CannotRenderPDF):
        _render(f'<img src="{url}" alt="x">')


def test_a_broken_font_fails_the_document_instead_of_another_one_being_used():
    body = "<style>@font-face{font-family:I;src:url(asset:I.woff2)}p{font-family:I}</style><p>x</p>"

    with pytest.raises(CannotRenderPDF, match="could not be drawn: Font-face"):
        _render(body, {"I.woff2": b"no font"})


def test_files_are_capped_and_the_next_document_goes_through():
    fonts = {"I.woff2": (FONTS / "Inter-Regular.woff2").read_bytes()}
    body = "<style>@font-face{font-family:I;src:url(asset:I.woff2)}p{font-family:I}</style><p>x</p>"

    with pytest.raises(CannotRenderPDF, match="File too large"):
        _render(body, fonts, limits=Limits(file_size=1000))

    assert _render(body, fonts).pages == 1


def test_memory_is_capped_and_reported():
    with pytest.raises(CannotRenderPDF, match="memory"):
        _render("<table><tr><td colspan=100000000>x</table>", limits=Limits(memory=400 * MB))


def test_a_broken_picture_fails_the_document_instead_of_leaving_a_hole():
    with pytest.raises(CannotRenderPDF, match="could not be drawn"):
        _render('<img src="asset:logo.png" alt="Logo">', {"logo.png": b"no picture"})


def test_an_asset_is_drawn():
    picture = io.BytesIO()
    Image.new("RGB", (20, 20), "#c00").save(picture, "PNG")

    pdf = _render('<img src="asset:logo.png" alt="Logo" width="200">', {"logo.png": picture.getvalue()})

    colours = _drawn(pdf.content, scale=0.5).getcolors(1 << 16)
    assert (204, 0, 0) in {colour[:3] for _, colour in colours}


def test_more_than_sixty_pages_are_refused():
    with pytest.raises(CannotRenderPDF, match="60 are the most"):
        _render('<p style="break-after:page">x</p>' * 70)


# A last page with little on it


def lines(number, *, spare=True):
    """A document of so many lines, and whether it has a spare style."""
    page = (
        '<!DOCTYPE html><html lang="en"><head><title>x</title><style>@page { size: 100mm 100mm; margin: 10mm }'
        " p { margin: 0; line-height: 8mm }</style>"
        '<link rel="stylesheet" href="asset:spare.css"/></head><body>'
        f"{'<p>line</p>' * number}</body></html>"
    )
    return render_pdf(page, assets={}, identifier="x", spares=["p { line-height: 7mm }"] if spare else [])


def test_a_nearly_empty_last_page_is_taken_up_by_the_spare_style():
    assert (lines(81, spare=False).pages, lines(81).pages) == (9, 8)


def test_a_well_filled_last_page_stays():
    assert (lines(86, spare=False).pages, lines(86).pages) == (9, 9)


def test_a_page_that_is_no_xml_is_read_as_html():
    assert render_pdf("<html lang=en><title>x</title><p>one<br>two", assets={}, identifier="x").pages == 1
