"""charts.js in Chromium under the strict Content-Security-Policy: pointer, keys, focus."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from agencyam import charts
from tests.agencyam.charts import samples

pytestmark = pytest.mark.journey
STATIC = Path(__file__).resolve().parents[3] / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"
TYPES = {".css": "text/css", ".js": "text/javascript"}


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium not found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def show(chromium):
    """Open a page with these charts; whatever breaks the policy or throws fails the test."""
    page, complaints = chromium.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_page(*drawings):
        page.route("**/*", lambda route: serve(route, "".join(drawings)))
        page.goto("http://agency.localhost/")
        return page

    yield open_page
    page.close()
    assert complaints == []


def serve(route, drawings):
    path = route.request.url.removeprefix("http://agency.localhost/")
    if path in ("css/charts.css", "js/charts.js"):
        route.fulfill(body=(STATIC / path).read_bytes(), content_type=TYPES[Path(path).suffix])
        return
    links = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/css/charts.css">'
    script = '<script src="/js/charts.js" defer></script>'
    body = f"<!doctype html><html lang=en><head>{links}{script}</head><body>{drawings}</body></html>"
    headers = {"Content-Security-Policy": f"{POLICY}; img-src data:"}
    route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)


def test_pointer_over_a_mark_shows_its_words(show):
    page = show(charts.stacked_bars(samples.STACKED_BARS).svg)

    page.locator(".chart-mark").nth(2).hover()

    expect(page.locator(".chart-tip")).to_have_text("F. Silva, At risk: 5")
    expect(page.locator(".chart-tip")).to_be_visible()
    # The sentence moves from <title>, which the browser would show as a second tooltip, to the label.
    expect(page.locator("svg")).to_have_attribute("aria-label", "F. Silva is 9 clients over capacity.")


def test_arrow_keys_walk_the_marks_and_speak_them(show):
    page = show(charts.trend(samples.TREND).svg)

    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")

    expect(page.locator(".chart-spoken")).to_have_text("Feb: +29")
    expect(page.locator(".chart-tip")).to_have_text("Feb: +29")


def test_escape_closes_the_tooltip(show):
    page = show(charts.trend(samples.TREND).svg)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".chart-tip")).to_have_text("Jun: +45")

    page.keyboard.press("Escape")

    expect(page.locator(".chart-tip")).to_be_hidden()


def test_linked_marks_are_one_stop_for_tab_and_follow_the_arrows(show):
    linked = replace(samples.HISTOGRAM, href_for=lambda bin: f"/rows/?above={bin.low}")
    page = show(charts.histogram(linked).svg, '<a href="/after/">After</a>')

    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".chart-mark:focus")).to_have_attribute("data-tip", "0.5 to 1\u00a0h: 0 requests")
    page.keyboard.press("ArrowRight")
    expect(page.locator("a:focus")).to_have_attribute("href", "/rows/?above=1.0")
    expect(page.locator(".chart-tip")).to_have_text("1 to 1.5\u00a0h: 2 requests")
    page.keyboard.press("Tab")

    expect(page.locator("a:focus")).to_have_text("After")
