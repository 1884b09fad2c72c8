"""A member's day from the first step to "All clear": done by key, taken back, done again, with and without script."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from clients.book.models import Client
from clients.plans.models import ActionItem
from tests.journeys.conftest import PASSWORD

CALL, PLAN, LATER = "Call about the brief", "Send the media plan", "Hold the workshop"


@pytest.fixture
def planner(site, in_agency):
    """`planner@journey.example`, who has two steps for today and one for the day after tomorrow."""
    options = {"name": "Journey Planner", "role": "account_manager", "password": PASSWORD, "verbosity": 0}

    def prepare():
        if not User.objects.filter(email="planner@journey.example").exists():
            call_command("create_member", "journey", "planner@journey.example", **options)
        member, today = User.objects.get(email="planner@journey.example"), timezone.localdate()
        client = Client.objects.order_by("pk").first()
        ActionItem.objects.filter(owner=member).delete()
        for title, days in ((CALL, 0), (PLAN, 0), (LATER, 2)):
            ActionItem.objects.create(
                client=client, title=title, owner=member, due_on=today + timedelta(days=days)
            )

    in_agency(prepare)
    return "planner"


def test_a_day_is_worked_through_by_keys(enter, planner):
    page = enter(role=planner)
    expect(page.get_by_role("heading", name="My day")).to_be_visible()
    expect(page.get_by_text("0 of 2 done")).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_text("1 of 2 done")).to_be_visible()
    expect(page.get_by_role("link", name=PLAN, exact=True)).to_be_focused()
    page.keyboard.press("e")

    expect(page.get_by_text("All clear.")).to_be_visible()
    expect(page.get_by_text(f"Next: {LATER} for")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text(f"“{PLAN}” is open again.")).to_be_visible()
    expect(page.get_by_text("1 of 2 done")).to_be_visible()


def test_a_step_gets_a_new_day_in_place(enter, planner):
    page = enter(role=planner)
    page.keyboard.press("j")
    page.keyboard.press("s")

    page.get_by_role("dialog").get_by_role("button", name="Move it").click()

    expect(page.get_by_text("0 of 1 done")).to_be_visible()
    expect(page.locator("details.folded summary").filter(has_text="Upcoming")).to_contain_text("2")


def test_a_day_is_worked_through_without_script(enter, planner):
    page = enter(role=planner, has_script=False)

    page.locator(".row", has_text=CALL).get_by_role("button", name="Done").click()
    expect(page.get_by_text(f"“{CALL}” is done.")).to_be_visible()
    page.locator(".row", has_text=PLAN).get_by_role("link", name="New day").click()
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text("All clear.")).to_be_visible()
    page.locator("summary", has_text="Done today").click()
    page.get_by_role("button", name="Open again").click()

    expect(page.get_by_text("0 of 1 done")).to_be_visible()
