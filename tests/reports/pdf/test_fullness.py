"""Which pages look like a mistake, by how full they are."""

import pytest
from weasyprint import HTML

from reports.pdf.fullness import fullness, shortfall

SHEET = (
    "<style>@page { size: 100mm 100mm; margin: 10mm; @bottom-right { content: counter(page) } }"
    "body, p { margin: 0; line-height: 8mm } .box { position: relative; height: 80mm; break-after: page }"
    ".foot { position: absolute; bottom: 8mm; line-height: 8mm }</style>"
)


def full(body):
    return [round(fullness(page), 2) for page in HTML(string=SHEET + body).render().pages]


def test_a_page_is_full_down_to_its_last_line():
    assert full("<p>line</p>" * 13) == [1.0, 0.3]


def test_room_after_the_last_line_and_an_empty_page_are_empty():
    assert full('<p style="margin-bottom: 30mm">line</p>') == [0.1]
    assert full("") == [0.0]


def test_what_stands_at_a_place_of_its_own_counts():
    assert full('<div class="box"><p class="foot">foot</p></div><p>line</p>') == [0.9, 0.1]


@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        ([], 0),
        ([0.1], 0),
        ([0.75, 0.34], 0),
        ([0.65, 0.9], 0.1),
        ([0.9, 0.23], 0.1),
        ([0.65, 0.65, 0.33], 0.2),
    ],
    ids=str,
)
def test_what_pages_lack(pages, missing):
    assert shortfall(pages) == pytest.approx(missing, abs=0.005)
