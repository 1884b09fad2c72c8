"""Measures the printing of a review; ends with one line of JSON.

Runs anywhere with the development environment: no database, no queue. Chromium prints the very same HTML with the
same fonts; without a Chromium on the machine its figure is null.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import weasyprint

from bench.pdf.workers import set_up, time_batch, time_cold

BATCH, RUNS = 50, 9
# What the figures are measured against.
TARGETS = {"warm_s": 1.5, "peak_mb": 150.0, "kb": 1536.0}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
)
Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the printing of a review.")
    parser.add_argument("--batch", type=int, default=BATCH, help="reviews on two workers")
    arguments = parser.parse_args()
    set_up()
    say("One from a cold start …")
    figures: Figures = {"cold_s": time_cold()}
    say(f"{RUNS} in a warm renderer, in turns with Chromium …")
    figures |= measure_warm()
    say(f"{arguments.batch} on two workers …")
    figures["batch_s"], figures["growth_mb"] = time_batch(arguments.batch)
    say("")
    print(json.dumps({"bench": "pdf", **rounded(figures), **judged(figures), **about(arguments.batch)}))


def say(words: str) -> None:
    print(words, file=sys.stderr)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.monotonic()
    answer = call()
    return time.monotonic() - begin, answer


def measure_warm() -> Figures:
    """HTML, fork, layout and PDF of one review while the renderer runs already.

    `laid_out_twice_s` is a review whose last page would have stayed nearly empty.
    """
    from bench.pdf.sample import MORE_STEPS, make_document  # noqa: PLC0415 - needs the settings
    from reports.qbr.printing.figures import draw_figures  # noqa: PLC0415
    from reports.qbr.printing.html import render_document  # noqa: PLC0415

    document = make_document()
    render_document(document, logo=None, identifier="first")
    runs, browser_runs = in_turns(lambda: render_document(document, logo=None, identifier="again"))
    rendered = [answer for _, answer in runs]
    longer = make_document(steps=MORE_STEPS)
    twice = [timed(lambda: render_document(longer, logo=None, identifier="longer"))[0] for _ in range(RUNS)]
    return {
        "warm_s": statistics.median(seconds for seconds, _ in runs),
        "warm_best_s": min(seconds for seconds, _ in runs),
        "chromium_s": statistics.median(browser_runs) if browser_runs else None,
        "chromium_best_s": min(browser_runs, default=None),
        "laid_out_twice_s": statistics.median(twice),
        "peak_mb": max(each.peak_mb for each in rendered),
        "kb": len(rendered[0].content) / 1024,
        "pages": rendered[0].pages,
        "charts": len(draw_figures(document)),
    }


def in_turns(render: Callable[[], Any]) -> tuple[list[tuple[float, Any]], list[float]]:
    """The seconds and answers of our runs, and the seconds of Chromium's, each from its start to the written PDF.

    In turns, so that whatever else the machine does slows both alike.
    """
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        page = write_page(Path(folder))
        for _ in range(RUNS):
            ours.append(timed(render))
            if browser is not None:
                theirs.append(timed(lambda: print_page(browser, page))[0])
    return ours, theirs


def write_page(folder: Path) -> Path:
    """The review's HTML and everything that it refers to, as files."""
    from bench.pdf.sample import make_document  # noqa: PLC0415 - needs the settings
    from reports.qbr.printing.html import assets_of, to_html  # noqa: PLC0415

    document = make_document()
    for name, content in {**assets_of(document, None), "spare.css": b""}.items():
        (folder / name).write_bytes(content.replace(b"asset:", b""))
    page = folder / "review.html"
    page.write_text(to_html(document, has_logo=False).replace("asset:", ""))
    return page


def print_page(browser: str, page: Path) -> None:
    target = page.with_suffix(".pdf")
    target.unlink(missing_ok=True)
    # A profile of its own, as each of our reviews has a process of its own.
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    if not target.exists():
        raise SystemExit("Chromium printed nothing.")


def judged(figures: Figures) -> Figures:
    """Of each target whether it is met."""
    targets = {name: {"at_most": limit, "is_met": figures[name] <= limit} for name, limit in TARGETS.items()}
    if figures["chromium_s"] is not None:
        targets["warm_s_to_chromium"] = {"at_most": 1.0, "is_met": figures["warm_s"] <= figures["chromium_s"]}
    return {"targets": targets}


def about(batch: int) -> Figures:
    """What was measured, and where."""
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    return {
        "batch": batch,
        "versions": {"python": platform.python_version(), "weasyprint": weasyprint.__version__},
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "load": load},
    }


def rounded(figures: Figures) -> Figures:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in figures.items()}


if __name__ == "__main__":
    main()
