"""Any brand colour gives a document that can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.qbr.printing.colours import contrast, darkened, mixed, text_on

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS)
def test_text_on_any_colour_has_the_contrast_of_wcag(colour):
    assert contrast(text_on(colour), colour) >= 4.5


@given(COLOURS)
def test_any_colour_darkened_reads_on_white(colour):
    assert contrast(darkened(colour), "#ffffff") >= 4.5


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#0f4c81", "#0f4c81", 1)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio


def test_a_colour_that_reads_already_stays():
    assert darkened("#0f4c81") == "#0f4c81"


def test_mixing_takes_a_share_of_each():
    assert mixed("#ffffff", "#000000", 0.5) == "#808080"
