"""An account manager's morning: find a client, read, log a touchpoint without leaving the page."""

import re

import pytest
from playwright.sync_api import expect

from clients.book.models import Client
from clients.touchpoints.models import Touchpoint


@pytest.fixture
def client_name(in_agency):
    return in_agency(lambda: Client.objects.order_by("pk").values_list("name", flat=True)[1])


def test_find_a_client_and_log_a_touchpoint(enter, site, client_name, in_agency):
    page = enter()
    page.goto(site.url("/clients/"))
    page.keyboard.press("/")
    page.keyboard.type(client_name)
    expect(page.get_by_role("status").filter(has_text="1 client")).to_be_visible()
    page.get_by_role("link", name=client_name).click()

    page.get_by_label("What was said").fill("Agreed on the new landing page.")
    page.get_by_role("button", name="Log touchpoint").click()

    expect(page.get_by_text("Touchpoint logged.")).to_be_visible()
    expect(page.locator(".timeline .event").first).to_contain_text("Agreed on the new landing page.")
    expect(page.get_by_label("What was said")).to_have_value("")
    assert re.search(r"/clients/\d+/$", page.url)
    assert (
        in_agency(lambda: Touchpoint.objects.filter(summary="Agreed on the new landing page.").count()) == 1
    )


def test_a_wrong_entry_is_kept_and_explained_in_place(enter, site, client_name):
    page = enter()
    page.goto(site.url("/clients/"))
    page.get_by_role("link", name=client_name).click()

    page.get_by_label("What was said").fill("Tomorrow's call")
    page.get_by_label("When").fill("2090-01-01T10:00")
    page.get_by_role("button", name="Log touchpoint").click()

    expect(page.get_by_text("its time lies ahead")).to_be_visible()
    expect(page.get_by_label("What was said")).to_have_value("Tomorrow's call")
    expect(page.get_by_label("When")).to_be_focused()


def test_sorting_keeps_its_place_in_the_address_and_back_returns(enter, site):
    page = enter()
    page.goto(site.url("/clients/"))

    page.get_by_role("link", name="MRR").click()
    page.wait_for_url(re.compile(r"sort="))
    page.locator("a.row-link").first.click()
    page.wait_for_url(re.compile(r"/clients/\d+/"))
    page.go_back()

    expect(page).to_have_url(re.compile(r"sort="))
    expect(page.get_by_role("heading", name="Clients", level=1)).to_be_visible()


def test_everything_works_without_script(enter, site, client_name):
    page = enter(has_script=False)
    page.goto(site.url("/clients/"))
    page.get_by_label("Search clients").fill(client_name)
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name=client_name).click()

    page.get_by_label("What was said").fill("Without script.")
    page.get_by_role("button", name="Log touchpoint").click()

    expect(page.locator(".timeline .event").first).to_contain_text("Without script.")


def test_a_phone_has_a_menu(enter, site):
    page = enter(width=390)

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation").get_by_role("link", name="KPIs").click()

    expect(page.get_by_role("heading", name="KPIs", level=1)).to_be_visible()


def test_a_viewer_reads_and_finds_no_form(enter, site, client_name):
    page = enter(role="viewer")
    page.goto(site.url("/clients/"))

    page.get_by_role("link", name=client_name).click()

    expect(page.get_by_role("heading", name=client_name, level=1)).to_be_visible()
    expect(page.get_by_label("What was said")).to_have_count(0)


def test_a_client_is_one_key_away_from_everywhere(enter, site, client_name):
    page = enter()
    page.goto(site.url("/settings/"))

    page.keyboard.press("Control+k")
    page.keyboard.type(client_name)
    expect(page.get_by_role("option", name=client_name)).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=client_name, level=1)).to_be_visible()
