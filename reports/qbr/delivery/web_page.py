"""The printed review as a page for a browser: the very HTML of the PDF, in other clothes.

Nothing is written twice: what the web shows is what was approved and printed. This only swaps style sheets,
carries pictures along, tells each cell the name of its column for narrow screens, and adds what a reader
can do.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

ASSET = "asset:"
_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True)
class Additions:
    """Markup made by our templates: for the end of the head, the top of the body, and the end of the main part."""

    head: str
    top: str
    foot: str


def as_web_page(printed: str, *, assets: Mapping[str, bytes], additions: Additions) -> str:
    """The page. `assets`: the pictures that the printed HTML names."""
    writer = _Writer(assets, additions)
    writer.feed(printed)
    writer.close()
    return "".join(writer.parts)


class _Writer(HTMLParser):
    """Copies the HTML as it is written, but for the few places named above."""

    def __init__(self, assets: Mapping[str, bytes], additions: Additions) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._assets, self._additions = assets, additions
        self._columns: list[str] = []
        self._column = 0
        self._is_in_head_row = self._is_in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if _is_printers(tag, own):
            return
        if tag == "table":
            self._columns = []
        if tag == "thead":
            self._is_in_head_row = True
        if tag == "tr":
            self._column = 0
        self.parts.append(self._start(tag, own))
        if tag in ("td", "th"):
            self._open_cell()
        if tag == "body":
            self.parts.append(self._additions.top)

    def _start(self, tag: str, own: dict[str, str | None]) -> str:
        raw = self.get_starttag_text() or ""
        source = own.get("src") or ""
        if tag == "img" and source.startswith(ASSET):
            return raw.replace(f'"{source}"', f'"{self._picture(source.removeprefix(ASSET))}"')
        if tag == "main":
            return raw.replace("<main", '<main id="review" tabindex="-1"', 1)
        is_labelled = tag in ("td", "th") and not self._is_in_head_row and self._column
        if is_labelled and self._column < len(self._columns):
            return f'{raw.removesuffix(">")} data-label="{escape(self._columns[self._column])}">'
        return raw

    def _open_cell(self) -> None:
        self._is_in_cell = True
        if self._is_in_head_row:
            self._columns.append("")

    def _picture(self, name: str) -> str:
        """The picture itself, so that the page asks nobody for it."""
        content = self._assets.get(name, b"")
        kind = next((kind for start, kind in _TYPES.items() if content.startswith(start)), "image/png")
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _is_printers(tag, dict(attrs)):
            self.parts.append(self._start(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self.parts.append(self._additions.head)
        if tag == "main":
            self.parts.append(self._additions.foot)
        if tag == "thead":
            self._is_in_head_row = False
        if tag in ("td", "th"):
            self._is_in_cell = False
            self._column += 1
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._is_in_head_row and self._is_in_cell:
            self._columns[-1] += data
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")


def _is_printers(tag: str, own: Mapping[str, str | None]) -> bool:
    """Whether it is a style sheet for paper."""
    return tag == "link" and (own.get("href") or "").startswith(ASSET)
