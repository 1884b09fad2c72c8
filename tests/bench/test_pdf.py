"""What `make bench-pdf` measures is what it says: twelve pages, eight charts."""

from bench.pdf.run import judged
from bench.pdf.sample import MORE_STEPS, make_document
from reports.pdf import render_pdf
from reports.qbr.printing.figures import draw_figures
from reports.qbr.printing.html import assets_of, render_document, to_html


def test_the_sample_has_twelve_pages_and_eight_charts():
    document = make_document()

    assert render_document(document, logo=None, identifier="x").pages == 12
    assert len(draw_figures(document)) == 8


def test_the_longer_sample_is_laid_out_twice_to_save_a_page():
    document = make_document(steps=MORE_STEPS)

    closer = render_document(document, logo=None, identifier="x")
    as_it_comes = render_pdf(
        to_html(document, has_logo=False), assets=assets_of(document, None), identifier="x"
    )

    assert (closer.pages, as_it_comes.pages) == (11, 13)


def test_a_machine_without_a_browser_is_judged_by_the_rest():
    judgement = judged({"warm_s": 1.0, "peak_mb": 151.0, "kb": 100.0, "chromium_s": None})

    assert {name: target["is_met"] for name, target in judgement["targets"].items()} == {
        "warm_s": True,
        "peak_mb": False,
        "kb": True,
    }
