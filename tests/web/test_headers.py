"""Catalogue row W8 without a browser: every answer has every header, and no cookie leaves its host."""

import re

import pytest
from django.core.cache import cache
from django.urls import Resolver404

from accounts.roles import Role
from agencyam.periods import add_months, month_of
from agencyam.tenancy.models import Agency
from tests.catalogue import report
from tests.kpis.storing import compute_and_store
from tests.web.crawler import crawl
from tests.web.endpoints import TABLE
from tests.web.visitors import ANONYMOUS, new_browser

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
# The builder shows the pages of a review in a frame of ours, in which nothing runs, sends or opens.
WITH_FRAME = f"{POLICY}; frame-src 'self'"
IN_FRAME = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin"
)
FRAMED = {
    "reports:builder-detail": {"Content-Security-Policy": WITH_FRAME},
    "reports:builder-sheets": {"Content-Security-Policy": IN_FRAME, "X-Frame-Options": "SAMEORIGIN"},
}
METHODS = ("get", "head", "post", "put", "delete", "options")
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def directives(policy: str) -> dict[str, set[str]]:
    return {name: set(values) for name, *values in (part.split() for part in policy.split(";"))}


def view_name(response) -> str:
    """The name of the page that answered; empty for what no page of an agency answers."""
    try:
        return response.resolver_match.view_name
    except Resolver404:
        return ""


def faults(response) -> list[str]:
    """What is wrong with an answer's headers and cookies."""
    framed = FRAMED.get(view_name(response), {}) if response.status_code == 200 else {}
    expected = EXACT | {name: value for name, value in framed.items() if name in EXACT}
    found = [name for name, value in expected.items() if response.headers.get(name) != value]
    policy = framed.get("Content-Security-Policy", POLICY)
    if directives(response.headers.get("Content-Security-Policy", "none")) != directives(policy):
        found.append("Content-Security-Policy")
    if "no-store" not in response.headers.get("Cache-Control", ""):
        found.append("Cache-Control")
    if not re.fullmatch(r"[0-9a-f]{16}", response.headers.get("X-Request-Id", "")):
        found.append("X-Request-Id")
    return found + [f"cookie {name}" for name, cookie in response.cookies.items() if not is_kept_home(cookie)]


def is_kept_home(cookie) -> bool:
    """Whether the cookie goes back to its own host alone, not to scripts, and not along from other sites."""
    return (cookie["domain"], cookie["path"], cookie["samesite"]) == ("", "/", "Lax") and bool(
        cookie["httponly"]
    )


def markup_faults(response) -> list[str]:
    """What the policy would block in a page, or what should not be there at all."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return []
    page = response.content.decode()
    patterns = {
        "inline script": r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
        "inline style": r"<style\b|<[^>]+\sstyle\s*=",
        "inline handler": r"<[^>]+\son[a-z]+\s*=",
        "other site": r"<(?:script|link|img|iframe|form)[^>]+(?:src|href|action)=\"(?:https?:)?//",
    }
    return [name for name, pattern in patterns.items() if re.search(pattern, page)]


def test_a_fault_is_noticed(visitors):
    response = visitors.browser(ANONYMOUS).get("/account/login/")
    good = faults(response), markup_faults(response)
    response.headers["Content-Security-Policy"] = POLICY.replace("'none'", "*", 1)
    del response.headers["X-Frame-Options"]
    response.cookies["csrf"]["domain"] = ".localhost"
    response.content += b'<p style="color:red" onclick="x()"><script>1</script><img src="//evil.example">'

    assert good == ([], [])
    assert faults(response) == ["X-Frame-Options", "Content-Security-Policy", "cookie csrf"]
    assert markup_faults(response) == ["inline script", "inline style", "inline handler", "other site"]


def test_w8_every_page_of_the_site_has_every_header(visitors):
    now = visitors.house.touchpoint.created_at
    period = month_of(add_months(now.date(), -1))
    compute_and_store(period=period, as_of=now.date(), by="agency", now=now)
    wrong, pages, cookies = {}, 0, 0

    for visitor, most in ((ANONYMOUS, 50), (Role.OWNER, 150), (Role.ACCOUNT_MANAGER, 50)):
        for path, response in crawl(visitors.browser(visitor), most=most):
            pages, cookies = pages + 1, cookies + len(response.cookies)
            found = faults(response) + markup_faults(response)
            if found or response.status_code >= 400:
                wrong[path] = [response.status_code, *found]

    report("W8", ok=not wrong and pages > 100, pages=pages, cookies=cookies, wrong=wrong)


def test_w8_every_method_of_every_address_has_every_header(visitors):
    browser, wrong = visitors.browser(Role.VIEWER, raise_request_exception=False), {}

    for endpoint in TABLE:
        for method in METHODS:
            response = getattr(browser, method)(endpoint.url(visitors.house))
            if found := faults(response):
                wrong[f"{method} {endpoint.name}"] = [response.status_code, *found]

    report("W8", ok=not wrong, methods=len(METHODS), addresses=len(TABLE), wrong=wrong)


ODD = {
    "unknown host": ("get", "/", {"host": "nobody.localhost"}, 404),
    "bad host": ("get", "/", {"host": "evil.example"}, 404),
    "public host": ("get", "/", {"host": "localhost"}, 200),
    "public host, nothing there": ("get", "/clients/", {"host": "localhost"}, 404),
    "health": ("get", "/healthz", {"host": "10.0.0.7"}, 200),
    "nothing there": ("get", "/nothing/", {}, 404),
    "slash is missing": ("get", "/clients", {}, 301),
    "fragment of a stranger": ("get", "/clients/", {"HX-Request": "true"}, 401),
    "error": ("get", "/gallery/?answer=error", {}, 500),
}


@pytest.mark.parametrize("case", ODD)
def test_w8_odd_answers_have_every_header_too(agency, case):
    method, path, headers, status = ODD[case]

    response = getattr(new_browser(raise_request_exception=False), method)(path, headers=headers)

    assert (response.status_code, faults(response)) == (status, [])


@pytest.mark.parametrize(("status", "answer"), [("suspended", 503), ("creating", 404), ("deleting", 404)])
def test_w8_an_agency_that_is_not_served_has_every_header(agency, browser, status, answer):
    Agency.objects.filter(pk=agency.pk).update(status=status)

    response = browser.get("/account/login/")

    assert (response.status_code, faults(response)) == (answer, [])


def test_w8_a_body_that_is_too_large_has_every_header(browser):
    form = "application/x-www-form-urlencoded"

    response = browser.post("/account/login/", f"login={'x' * 6_000_000}", content_type=form)

    assert (response.status_code, faults(response)) == (400, [])


def test_w8_too_many_tries_have_a_page_with_every_header(browser):
    cache.clear()
    wrong = {"login": "nobody@agency.example", "password": "wrong"}

    responses = [browser.post("/account/login/", wrong) for _ in range(31)]

    cache.clear()
    assert [response.status_code for response in responses] == [200] * 30 + [429]
    assert faults(responses[-1]) == []
    assert "Too many tries" in responses[-1].content.decode()
