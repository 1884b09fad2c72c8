"""Each kind of chart against its stored drawing.

After a wanted change of the look, write the drawings anew, look at every one in a browser, and commit them:

    UPDATE_GOLDEN=1 make test ARGS=tests/agencyam/charts/test_golden.py
"""

import os
from pathlib import Path

import pytest

from tests.agencyam.charts.samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(("draw", "data"), SAMPLES, ids=lambda value: getattr(value, "__name__", ""))
def test_drawing_is_the_stored_one(draw, data):
    # One mark a line, so that a difference can be read.
    svg = draw(data).svg.replace("><", ">\n<") + "\n"
    path = GOLDEN / f"{draw.__name__}.svg"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(svg, encoding="utf-8")

    assert svg == path.read_text(encoding="utf-8")
