"""How full the pages of a document are, and so how much it looks like a mistake."""

from collections.abc import Sequence

from weasyprint import Page
from weasyprint.formatting_structure.boxes import LineBox, MarginBox

# Parts of the room on a page: one before the last that is emptier than this looks broken off, and so does a last one
# with less on it than that.
FULL_ENOUGH = 0.75
LAST_FULL_ENOUGH = 1 / 3


def fullness(page: Page) -> float:
    """The part of the room between the margins down to the last line or picture; heads and feet do not count."""
    # The only way to the boxes: what a page tells in public are its links and anchors.
    box = page._page_box
    lowest = top = box.content_box_y()
    left = [child for child in box.children if not isinstance(child, MarginBox)]
    while left:
        each = left.pop()
        if each.children and not isinstance(each, LineBox):
            left.extend(each.children)
        else:
            lowest = max(lowest, each.position_y + each.height)
    return (lowest - top) / box.height


def shortfall(pages: Sequence[float]) -> float:
    """What pages of such fullness lack together, in pages; 0 where none looks like a mistake."""
    if len(pages) < 2:
        return 0.0
    *others, last = pages
    return sum(max(FULL_ENOUGH - each, 0) for each in others) + max(LAST_FULL_ENOUGH - last, 0)
