"""From the scorecard through a bar of the waterfall to one contract line, and back to the very same spot."""

import re

import pytest
from playwright.sync_api import Page

from clients.models import Assignment

ACTIVE = "document.activeElement.id"
MOST_TABS = 120


@pytest.fixture
def manager(in_agency):
    """The book id of the account manager with most clients: the slice that must not get lost."""

    def busiest():
        counts: dict[str, int] = {}
        for assignment in Assignment.objects.filter(role="primary").select_related("member"):
            counts[assignment.member.book_id] = counts.get(assignment.member.book_id, 0) + 1
        return max(counts, key=lambda key: counts[key])

    return in_agency(busiest)


def in_view(page: Page, selector: str) -> bool:
    return page.locator(selector).evaluate(
        "(one) => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"
    )


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


@pytest.mark.parametrize("has_script", [True, False])
def test_from_a_bar_to_its_contract_line_and_back(enter, site, manager, has_script):
    page = enter(has_script=has_script)
    page.goto(site.url(f"/kpis/?period=ttm&by=am&key={manager}"))

    page.get_by_role("link", name="Waterfall", exact=True).click()
    page.wait_for_url(site.url(f"/kpis/waterfall/?period=ttm&by=am&key={manager}"))
    bar = page.locator("svg#waterfall a[href*='/kpis/waterfall/opening/']")
    page.locator("#step-opening").scroll_into_view_if_needed()
    bar.click()
    page.wait_for_url(re.compile(r"/kpis/waterfall/opening/\?period=ttm&by=am"))
    page.get_by_role("link", name="A month").click()
    page.wait_for_url(re.compile(r"sort=amount"))
    address = page.url
    row = page.locator("tbody tr").last
    spot = row.locator("a.row-link").get_attribute("id")
    row.locator("td a").first.click()

    page.wait_for_url(re.compile(r"/clients/\d+/\?back=.*#line-\d+"))
    line = page.url.rpartition("#")[2]
    assert in_view(page, f"#{line}")
    page.get_by_role("link", name=re.compile("^Back to the waterfall of")).click()

    page.wait_for_url(f"{address}#{spot}")
    assert in_view(page, f"#{spot}")
    assert page.evaluate(ACTIVE) == spot
    page.get_by_role("link", name=re.compile("^Waterfall of")).click()
    page.wait_for_url(site.url(f"/kpis/waterfall/?period=ttm&by=am&key={manager}#step-opening"))
    assert page.evaluate(ACTIVE) == "step-opening"


def test_the_same_way_by_keyboard(enter, site, manager):
    page = enter()
    page.goto(site.url(f"/kpis/?period=ttm&by=am&key={manager}"))

    tab_to(page, "nav.segments a[href^='/kpis/waterfall/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/kpis/waterfall/\?period=ttm&by=am"))
    tab_to(page, "svg#waterfall a[href*='/kpis/waterfall/opening/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/kpis/waterfall/opening/\?period=ttm&by=am"))
    tab_to(page, "tbody tr:nth-child(2) .row-link")
    spot = page.evaluate(ACTIVE)
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/clients/\d+/\?back=.*#line-\d+"))
    assert page.evaluate(ACTIVE) == page.url.rpartition("#")[2]
    page.keyboard.press("b")

    page.wait_for_url(re.compile(rf"/kpis/waterfall/opening/\?period=ttm&by=am&key={manager}#{spot}$"))
    assert page.evaluate(ACTIVE) == spot
    page.keyboard.press("b")
    page.wait_for_url(re.compile(rf"/kpis/waterfall/\?period=ttm&by=am&key={manager}#step-opening$"))
    assert page.evaluate(ACTIVE) == "step-opening"


def test_the_browser_s_own_way_back_works_too(enter, site):
    page = enter()
    page.goto(site.url("/kpis/waterfall/opening/?period=ttm"))
    page.locator("tbody tr").last.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    page.locator("tbody tr").last.locator("a.row-link").click()
    page.wait_for_url(re.compile(r"/clients/\d+/"))

    page.go_back()

    page.wait_for_url(site.url("/kpis/waterfall/opening/?period=ttm"))
    page.wait_for_function("(place) => Math.abs(scrollY - place) < 80", arg=place)
