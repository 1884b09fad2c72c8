"""What `make bench-pdf` measures is what it says: twelve pages, eight charts."""

from bench.pdf.run import judged
from bench.pdf.sample import make_document
from reports.qbr.figures import draw_figures
from reports.qbr.html import render_document


def test_the_sample_has_twelve_pages_and_eight_charts():
    document = make_document()

    assert render_document(document, logo=None, identifier="x").pages == 12
    assert len(draw_figures(document)) == 8


def test_a_machine_without_a_browser_is_judged_by_the_rest():
    judgement = judged({"warm_s": 1.0, "peak_mb": 151.0, "kb": 100.0, "chromium_s": None})

    assert {name: target["is_met"] for name, target in judgement["targets"].items()} == {
        "warm_s": True,
        "peak_mb": False,
        "kb": True,
    }
