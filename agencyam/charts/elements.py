"""The one place where chart markup becomes a safe string.

Everything a chart draws passes through `element`. It escapes every attribute and every text, also text that
arrives as Django's SafeString, because a client's name may have been marked safe for another purpose. Only
`Markup`, which nothing else makes, goes in as it is. So no label can add an element or an attribute.
"""

import re
from html import escape

from django.utils.safestring import SafeString

# XML 1.0 cannot hold these, not even escaped: one of them in a client's name would break the document.
_NOT_XML = "\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
NOT_XML = re.compile(f"[{_NOT_XML}]")
# Without one of these a text is its own escaped form, as nearly all are.
ESCAPED = re.compile(f"[{_NOT_XML}&<>\"']")
LOCAL_LINK = re.compile(r"/(?![/\\])|[?#]")


class Markup(SafeString):
    """Markup made by `element` out of escaped parts."""


def element(tag: str, *children: str, **attributes: str | float | None) -> Markup:
    """One SVG element. `stroke_width=2` is written `stroke-width="2"`; None leaves the attribute out."""
    written = [tag]
    for name, value in attributes.items():
        if name == "style" or name.startswith("on"):
            raise ValueError(f"the Content-Security-Policy forbids the attribute {name}")
        if value is not None:
            plain = _escaped(value) if isinstance(value, str) else number(value)
            written.append(f'{name.replace("_", "-")}="{plain}"')
    inside = "".join(child if type(child) is Markup else _escaped(child) for child in children)
    return Markup(f"<{' '.join(written)}>{inside}</{tag}>" if inside else f"<{' '.join(written)}/>")


def link(href: str, *children: str, **attributes: str | float | None) -> Markup:
    """A link to a page of this site. Raises ValueError for another site or a `javascript:` address."""
    if not LOCAL_LINK.match(href):
        raise ValueError("a mark of a chart links only to this site")
    return element("a", *children, href=href, **attributes)


def number(value: float) -> str:
    """A length or position with at most two decimals, which is finer than any screen or printer shows."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _escaped(value: str) -> str:
    plain = str(value)
    return escape(NOT_XML.sub("\ufffd", plain)) if ESCAPED.search(plain) else plain
