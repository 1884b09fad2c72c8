"""Follows every link of a site, as one visitor sees it."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client as Browser

_LINK = re.compile(r'(?:href|hx-get)="([^"#]*)')


def crawl(browser: Browser, start: str = "/", most: int = 400) -> Iterator[tuple[str, HttpResponse]]:
    """(path, answer) of each page that links lead to, static files left out, `most` pages at most."""
    waiting, seen = [start], {start}
    while waiting and len(seen) - len(waiting) < most:
        path = waiting.pop(0)
        response = browser.get(path)
        yield path, response
        for link in _links(path, response):
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def _links(path: str, response: HttpResponse) -> Iterator[str]:
    if 300 <= response.status_code < 400:
        found = [response["Location"]]
    elif response.get("Content-Type", "").startswith("text/html"):
        found = [unescape(link) for link in _LINK.findall(response.content.decode())]
    else:
        return
    for link in found:
        parts = urlsplit(urljoin(f"http://site{path}", link))
        if parts.netloc == "site" and parts.scheme == "http" and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")
