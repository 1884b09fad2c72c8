"""How full the pages of a document are, and so how much it looks like a mistake."""

from collections.abc import Sequence

from weasyprint import Page
from weasyprint.formatting_structure.boxes import MarginBox, ReplacedBox, TextBox

# Parts of a page's height: a page before the last that is emptier than this looks broken off, and so does a last one
# with less on it than that.
FULL_ENOUGH = 0.75
LAST_FULL_ENOUGH = 1 / 3


def fullness(page: Page) -> float:
    """The part of the room between the margins down to the last text or picture; heads and feet do not count."""
    # The only way to the boxes: what a page tells in public are its links and anchors.
    box = page._page_box
    top = box.content_box_y()
    drawn = (each for child in box.children if not isinstance(child, MarginBox) for each in child.descendants())
    ends = (each.position_y + each.height for each in drawn if isinstance(each, TextBox | ReplacedBox))
    return (max(ends, default=top) - top) / box.height


def shortfall(pages: Sequence[float]) -> float:
    """What is missing on all pages of such fullness together, in pages; 0 where none looks like a mistake."""
    if len(pages) < 2:
        return 0.0
    *others, last = pages
    return sum(max(FULL_ENOUGH - each, 0) for each in others) + max(LAST_FULL_ENOUGH - last, 0)
