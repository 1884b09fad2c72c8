"""Texts of drawings begun at their left end.

WeasyPrint draws a text that is centred, or ends at a place, as a group of its own: a third of a review's file and
one part in thirty of its time. We have the fonts, so we can say where such a text begins; it sets letter by
letter, so the widths of the letters are all there is to know.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from fontTools.ttLib import TTFont

_TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_SHARES = {"middle": 0.5, "end": 1.0}
# What our drawings say of all their texts at the top.
_USUAL = {"font-size": "12", "font-weight": "400"}


@dataclass(frozen=True)
class Widths:
    """How wide each letter of a font is, as a share of its size."""

    letters: Mapping[str, float]

    def of(self, text: str) -> float | None:
        """None where a letter is missing: another font will stand in for it."""
        widths = [self.letters.get(letter) for letter in text]
        known = [width for width in widths if width is not None]
        return sum(known) if len(known) == len(widths) else None


def read_widths(font: bytes) -> Widths:
    """From a font file that is not packed."""
    with TTFont(io.BytesIO(font), lazy=True) as face:
        metrics, units = face["hmtx"].metrics, face["head"].unitsPerEm
        return Widths({chr(code): metrics[glyph][0] / units for code, glyph in face.getBestCmap().items()})


def with_begun_texts(assets: Mapping[str, bytes], fonts: Mapping[str, Widths]) -> dict[str, bytes]:
    """The same pictures. `fonts` by their weight; a text in another one stays as it is."""
    return {
        name: _begun(content.decode(), fonts).encode() if name.endswith(".svg") else content
        for name, content in assets.items()
    }


def _begun(drawing: str, fonts: Mapping[str, Widths]) -> str:

    def begun(match: re.Match[str]) -> str:
        own = dict(_ATTRIBUTE.findall(match[1]))
        share, known = _SHARES.get(own.get("text-anchor", "")), _USUAL | own
        width = fonts[known["font-weight"]].of(unescape(match[2])) if known["font-weight"] in fonts else None
        if share is None or width is None:
            return match[0]
        x = float(own["x"]) - share * width * float(known["font-size"])
        attributes = match[1].replace(f'text-anchor="{own["text-anchor"]}"', "")
        attributes = attributes.replace(f'x="{own["x"]}"', f'x="{x:.2f}"', 1)
        return f"<text {attributes}>{match[2]}</text>"

    return _TEXT.sub(begun, drawing)
