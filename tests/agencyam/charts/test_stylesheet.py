"""charts.css knows every mark, and its words can be read on their grounds in light, dark and print."""

import re
from itertools import chain
from pathlib import Path

import pytest

from agencyam.charts import PRINT
from tests.agencyam.charts.samples import SAMPLES

STYLES = (Path(__file__).resolve().parents[3] / "static" / "css" / "charts.css").read_text(encoding="utf-8")
PAIRS = re.findall(r"--chart-([a-z0-9-]+): (?:var\(--\w+, )?light-dark\((#\w{6}), (#\w{6})\)", STYLES)
LIGHT = {name: light for name, light, _ in PAIRS}
DARK = {name: dark for name, _, dark in PAIRS}
PRINTED = {name: PRINT.fill(name)["fill"] for name in LIGHT if name != "surface"} | {"surface": "#ffffff"}
TONES = ("series", "total", "good", "warn", "bad", "neutral")
WORDS = [
    ("ink", "surface"),
    ("muted", "surface"),
    ("bad", "surface"),
    *(("on-mark", tone) for tone in TONES),
    *((f"on-heat-{step}", f"heat-{step}") for step in range(1, 6)),
]


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK, PRINTED], ids=["light", "dark", "print"])
@pytest.mark.parametrize(("words", "ground"), WORDS)
def test_words_can_be_read(colours, words, ground):
    assert contrast(colours[words], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK, PRINTED], ids=["light", "dark", "print"])
@pytest.mark.parametrize("tone", TONES)
def test_marks_stand_out_from_the_page(colours, tone):
    assert contrast(colours[tone], colours["surface"]) >= 3


def test_every_colour_class_has_its_rule():
    drawn = "".join(draw(data).svg for draw, data in SAMPLES)

    classes = set(chain.from_iterable(names.split() for names in re.findall(r'class="([^"]+)"', drawn)))
    coloured = {name for name in classes if name.startswith(("fill-", "stroke-"))}
    assert coloured - set(re.findall(r"\.((?:fill|stroke)-[a-z0-9-]+) \{", STYLES)) == set()
    assert {"fill-good", "fill-bad", "stroke-grid", "stroke-ink"} <= coloured
