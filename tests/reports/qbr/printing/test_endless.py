"""Words without end get places to break; every other text stays as it is."""

import pytest

from reports.qbr.printing.endless import BREAK, LONGEST_KEPT, LONGEST_WORD, with_ends
from tests.reports.qbr.samples import EMPTY, LONG


@pytest.mark.parametrize("text", ["", "Short words " * 400, "a" * LONGEST_WORD, LONG])
def test_a_text_of_words_stays(text):
    assert with_ends(text) == text


def test_an_endless_word_can_be_broken_and_says_the_same():
    address = "https://shop.example/" + "a" * 200

    broken = with_ends(f"See {address} now")

    assert broken.replace(BREAK, "") == f"See {address} now"
    assert max(len(part) for part in broken.replace(BREAK, " ").split()) <= 30


def test_what_nobody_reads_on_is_cut():
    broken = with_ends("Donau" * 1000).replace(BREAK, "")

    assert (len(broken), broken[-2:]) == (LONGEST_KEPT, "a…")


def test_a_document_without_endless_words_is_equal():
    assert with_ends(EMPTY) == EMPTY
