"""A leader's question: how are we doing, why, and which rows say so."""

import re

from playwright.sync_api import expect


def test_from_the_scorecard_to_the_rows_and_back(enter, site):
    page = enter()
    page.goto(site.url("/kpis/?period=ttm"))
    value = page.locator("tr", has_text="Client retention").first.locator("b").inner_text()

    page.locator("tr", has_text="Client retention").first.locator("a.row-link").click()
    page.wait_for_url(re.compile(r"/kpis/client_retention_rate/"))

    expect(page.locator(".tile .figure").first).to_have_text(value)
    expect(page.get_by_role("heading", name=re.compile("The rows behind it"))).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"period=ttm"))


def test_another_period_is_chosen_without_leaving(enter, site):
    page = enter()
    page.goto(site.url("/kpis/"))

    page.locator("#period-choice").select_option("ttm")

    page.wait_for_url(re.compile(r"period=ttm"))
    expect(page.get_by_role("heading", name="KPIs", level=1)).to_be_visible()


def test_a_period_nobody_computed_is_worked_out_at_once(enter, site):
    page = enter()

    page.goto(site.url("/kpis/?period=2026-01-05..2026-02-15"))

    expect(page.get_by_text(re.compile(r"targets met|No target applies"))).to_be_visible()
