"""Texts of drawings: begun at the left where the width of the text is known, and the picture stays the same."""

import pytest

from reports.pdf.drawings import Widths, with_begun_texts

FONTS = {"400": Widths({"a": 0.5, "&": 0.75}), "600": Widths({"a": 0.625})}


def begun(drawing):
    return with_begun_texts({"chart-0.svg": drawing.encode()}, FONTS)["chart-0.svg"].decode()


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ('<text x="50" y="9" text-anchor="end">aa</text>', '<text x="38.00" y="9" >aa</text>'),
        ('<text x="50" y="9" text-anchor="middle">aa</text>', '<text x="44.00" y="9" >aa</text>'),
        (
            '<text x="50" text-anchor="end" font-size="8">a&amp;</text>',
            '<text x="40.00"  font-size="8">a&amp;</text>',
        ),
        (
            '<text x="50" text-anchor="end" font-weight="600">a</text>',
            '<text x="42.50"  font-weight="600">a</text>',
        ),
    ],
    ids=["end", "middle", "an escaped letter in a size of its own", "bold"],
)
def test_a_text_is_begun_where_its_letters_begin(drawing, expected):
    assert begun(drawing) == expected


@pytest.mark.parametrize(
    "drawing",
    [
        '<text x="50" y="9">aa</text>',
        '<text x="50" y="9" text-anchor="end">aż</text>',
        '<text x="50" y="9" text-anchor="end" font-weight="700">aa</text>',
    ],
    ids=["begun already", "a letter that the font has not", "a weight that is not ours"],
)
def test_a_text_of_unknown_width_stays_as_it_is(drawing):
    assert begun(drawing) == drawing


def test_only_drawings_are_read():
    assets = {"logo.png": b"\x89PNG\xff", "qbr.css": b'<text x="5" text-anchor="end">a</text>'}

    assert with_begun_texts(assets, FONTS) == assets
