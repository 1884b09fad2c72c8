"""A link that knows the way back: a page names itself and the spot on it, the page that is opened offers both.

Address and words are signed together, so that nobody else's words or site can stand in the offer.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.core import signing
from django.http import HttpRequest
from django.utils.http import urlencode

PARAMETER = "back"
_SALT = "agencyam.way_back"


@dataclass(frozen=True)
class WayBack:
    """Where somebody came from: `words` after "Back to", and the address with its spot (#row-3)."""

    words: str
    url: str


def with_way_back(url: str, way_back: WayBack) -> str:
    """The address with the offer to come back, its own spot kept."""
    signed = signing.dumps([way_back.words, way_back.url], salt=_SALT, compress=True)
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode({PARAMETER: signed})) if part)
    return urlunsplit(parts._replace(query=query))


def find_way_back(request: HttpRequest) -> WayBack | None:
    """The offer in the address of this page; None if there is none, or one that is not ours."""
    try:
        words, url = signing.loads(request.GET.get(PARAMETER, ""), salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return WayBack(words, url)
