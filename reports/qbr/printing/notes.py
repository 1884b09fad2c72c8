"""A person's rich text as markup of the document: the closed list of tags, each one made anew.

Cleaned once more on its way to paper; then every tag and every text is made by `element`, which escapes. Headings
are those below a section's own, and links lead out only: an address of our own site says nothing to the client.
"""

from html.parser import HTMLParser

from agencyam.charts.elements import Markup, element
from reports.qbr.printing.endless import with_ends
from reports.rich_text import TAGS, clean_rich_text

NOTHING = Markup()
_HEADINGS = {"h2", "h3"}
_OUTWARD = ("https://", "mailto:")


def as_markup(text: str) -> Markup:
    """The text, ready for a template. Raises CannotUseText for one that is too long or nested too deeply."""
    builder = _Builder()
    builder.feed(clean_rich_text(text))
    builder.close()
    return builder.finished()


class _Builder(HTMLParser):
    """Collects children until their tag ends; nh3 has closed every tag before."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str, list[str]]] = [("", "", [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._open[-1][2].append(element("br"))
        elif tag in TAGS:
            self._open.append((tag, dict(attrs).get("href") or "", []))

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) == 1 or self._open[-1][0] != tag:
            return
        _, href, children = self._open.pop()
        self._open[-1][2].append(_made(tag, href, children))

    def handle_data(self, data: str) -> None:
        self._open[-1][2].append(with_ends(data))

    def finished(self) -> Markup:
        while len(self._open) > 1:
            self.handle_endtag(self._open[-1][0])
        # A text without any tag of its own still is a paragraph.
        blocks: list[Markup] = []
        loose: list[str] = []
        for child in self._open[0][2]:
            is_block = type(child) is Markup and child.startswith(_BLOCKS)
            if is_block or not (loose or child.strip()):
                blocks += [element("p", *loose)] if loose else []
                loose = []
                blocks += [child] if is_block and isinstance(child, Markup) else []
            else:
                loose.append(child)
        blocks += [element("p", *loose)] if any(part.strip() for part in loose) else []
        return element("div", *blocks, **{"class": "note"}) if blocks else NOTHING


_BLOCKS = ("<p", "<ul", "<ol", "<h3", "<blockquote")


def _made(tag: str, href: str, children: list[str]) -> Markup:
    if not any(child.strip() for child in children):
        return NOTHING
    if tag in _HEADINGS:
        return element("h3", *children, **{"class": "note-heading"})
    if tag != "a":
        return element(tag, *children)
    return element("a", *children, href=href) if href.startswith(_OUTWARD) else element("span", *children)
