"""Words without end, such as pasted addresses or keys: given places to break, and cut where nobody reads on.

To hyphenate a word of hundreds of letters takes the renderer minutes, and to break it letter by letter seconds.
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

# No word of a language that we print is longer.
LONGEST_WORD = 90
PIECE = 30
# As long as the longest title that the book takes.
LONGEST_KEPT = 300
BREAK = "\u200b"
_ENDLESS = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def with_ends(value: Any) -> Any:
    """The same document, row or text, with every endless word in pieces that a line can take."""
    if isinstance(value, str):
        return _ENDLESS.sub(_in_pieces, value) if len(value) > LONGEST_WORD else value
    if isinstance(value, tuple):
        return tuple(with_ends(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        known = {each.name: getattr(value, each.name) for each in fields(value)}
        changed = {name: with_ends(item) for name, item in known.items()}
        different = {name: item for name, item in changed.items() if item is not known[name]}
        return replace(value, **different) if different else value
    return value


def _in_pieces(match: re.Match[str]) -> str:
    word = match[0] if len(match[0]) <= LONGEST_KEPT else f"{match[0][: LONGEST_KEPT - 1]}…"
    return BREAK.join(word[start : start + PIECE] for start in range(0, len(word), PIECE))
