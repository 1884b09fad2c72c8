"""What a person writes into a document: a closed list of tags, nothing that loads, styles or runs."""

import re
from html import unescape

import nh3

from agencyam.exceptions import Refused

TAGS = frozenset({"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h2", "h3", "blockquote", "a"})
SCHEMES = frozenset({"https", "mailto"})
MOST_CHARACTERS = 20_000
MOST_DEPTH = 6
_VOID = frozenset({"br"})


class CannotUseText(Refused):
    """The text is too long or nested too deeply."""


def clean_rich_text(text: str) -> str:
    """The text with the allowed tags only, safe to put into a page, a PDF or a mail. Cleaning twice changes nothing.

    Raises CannotUseText beyond 20,000 characters or six levels of nesting.
    """
    if len(text) > MOST_CHARACTERS:
        raise CannotUseText(f"A text may have {MOST_CHARACTERS:,} characters; this one has {len(text):,}.")
    cleaned = nh3.clean(
        text,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes=set(SCHEMES),
        link_rel=None,
        strip_comments=True,
        clean_content_tags={"script", "style"},
    )
    if _depth(cleaned) > MOST_DEPTH:
        raise CannotUseText(f"A text may be nested {MOST_DEPTH} levels deep.")
    return cleaned


def plain_words(cleaned: str) -> str:
    """The words of a cleaned text, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", cleaned)).split())


def _depth(cleaned: str) -> int:
    """How deep the tags of a cleaned text nest; nh3 has closed every tag."""
    deepest = depth = 0
    for part in cleaned.split("<")[1:]:
        name = part.split(">")[0].split(" ")[0].strip("/")
        if name in _VOID:
            continue
        depth += -1 if part.startswith("/") else 1
        deepest = max(deepest, depth)
    return deepest
