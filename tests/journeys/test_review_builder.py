"""Writing a review: saved while one types, two people at once, and without script."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from agencyam.periods import quarter_of
from clients.book.models import Client
from reports.models import QBR, QBRText
from reports.qbr.stages import services as stages
from reports.qbr.writing.drafting import draft_of
from tests.factories.clients import GoalFactory
from tests.journeys.conftest import PASSWORD

EDITOR = "editor@journey.example"


@pytest.fixture
def draft(in_agency):
    """A draft of a client of its own, and a second person who may write."""

    def make():
        if not User.objects.filter(email=EDITOR).exists():
            options = {"name": "Journey Editor", "role": "leader", "password": PASSWORD}
            call_command("create_member", "journey", EDITOR, verbosity=0, **options)
        today = timezone.localdate()
        client = Client.objects.filter(qbrs__isnull=True).order_by("-pk").first()
        return stages.create_draft(
            client=client, period=quarter_of(today, 1).previous(), by=None, today=today
        )

    return in_agency(make)


def goals(qbr):
    return draft_of(QBR.objects.select_related("client").get(pk=qbr.pk)).section("goals")


def test_two_people_write_at_once_and_nobodys_text_is_lost(enter, site, in_agency, draft):
    address = site.url(f"/reviews/{draft.pk}/builder/")
    first, second = enter(), enter(role="editor", width=390)
    for page in (first, second):
        page.goto(address)

    first.locator("#section-goals .rich-text").click()
    first.keyboard.type("Checkout came late")
    expect(first.locator("#state-goals")).to_contain_text("Journey Owner saved this section just now")
    expect(first.locator("#written-count")).to_contain_text("1 of")
    second.locator("#section-goals .rich-text").click()
    second.keyboard.type("The shop was closed")
    conflict = second.locator("#state-goals .conflict")
    expect(conflict).to_contain_text("Checkout came late")
    expect(conflict).to_contain_text("The shop was closed")
    conflict.get_by_role("button", name="Keep mine").click()
    expect(second.locator("#state-goals")).to_contain_text("Journey Editor saved this section")

    first.keyboard.type(", twice")
    expect(first.locator("#state-goals .conflict")).to_contain_text("The shop was closed")
    first.get_by_role("button", name="Take theirs").click()
    expect(first.locator("#section-goals .rich-text")).to_have_text("The shop was closed")
    section, kept = in_agency(lambda: (goals(draft), list(QBRText.objects.order_by("pk"))))
    assert (section.text, section.writer) == ("<p>The shop was closed</p>", "Journey Editor")
    assert [text.text for text in kept] == ["<p>Checkout came late</p>", "<p>Checkout came late, twice</p>"]


def test_what_is_typed_is_formatted_arranged_and_seen_as_the_client_will(enter, site, in_agency, draft):
    page = enter()
    page.goto(site.url(f"/reviews/{draft.pk}/builder/"))
    editor = page.locator("#section-voice .rich-text")

    editor.click()
    page.keyboard.type("We heard ")
    page.locator("#section-voice").get_by_role("button", name="Bold").click()
    page.keyboard.type("you")
    expect(page.locator("#state-voice")).to_contain_text("saved this section")
    page.get_by_role("button", name=re.compile("^Move “What you told us” up")).click()
    expect(page.locator(".builder-section").nth(6)).to_have_attribute("id", "section-voice")
    page.goto(site.url(f"/reviews/{draft.pk}/builder/preview/"))

    expect(page.locator("main")).to_contain_text("We heard you")
    text = in_agency(lambda: draft_of(QBR.objects.get(pk=draft.pk)).section("voice").text)
    assert text == "<p>We heard <b>you</b></p>"


def test_without_script_the_same_texts_are_written_and_saved(enter, site, in_agency, draft):
    page = enter(has_script=False)
    page.goto(site.url(f"/reviews/{draft.pk}/builder/"))

    page.locator("#text-goals").fill("One line\n\nand <another>")
    page.get_by_role("button", name="Save “Your goals”").click()

    expect(page.locator("#state-goals")).to_contain_text("Journey Owner saved this section")
    assert in_agency(lambda: goals(draft)).text == "<p>One line</p><p>and &lt;another&gt;</p>"


def test_the_pages_beside_the_text_follow_it_and_leave_the_focus_alone(enter, site, draft):
    page = enter()
    page.goto(site.url(f"/reviews/{draft.pk}/builder/"))
    pages = page.frame_locator(".pages-view iframe:not(.is-coming)")
    editor = page.locator("#section-voice .rich-text")
    expect(pages.locator("#voice h2")).to_have_text("What you told us")

    editor.click()
    page.keyboard.type("We heard you")
    expect(pages.locator("#voice")).to_contain_text("We heard you")
    expect(editor).to_be_focused()
    page.keyboard.type(", twice")

    expect(pages.locator("#voice")).to_contain_text("We heard you, twice")
    expect(editor).to_be_focused()
    expect(pages.locator("#voice h2")).to_be_in_viewport()


def test_keys_carry_one_through_the_review(enter, site, in_agency, draft):
    page = enter()
    page.goto(site.url(f"/reviews/{draft.pk}/builder/"))
    upwards = page.get_by_role("button", name="Move “What you told us” up")

    upwards.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".builder-section").nth(6)).to_have_attribute("id", "section-voice")
    expect(upwards).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".builder-section").nth(5)).to_have_attribute("id", "section-voice")
    expect(upwards).to_be_focused()
    page.locator("#section-voice .rich-text").focus()
    page.keyboard.type("Said and done")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#section-value .rich-text")).to_be_focused()
    expect(page.locator("#state-voice")).to_contain_text("saved this section")
    section = in_agency(lambda: draft_of(QBR.objects.get(pk=draft.pk)).section("voice"))
    assert section.text == "<p>Said and done</p>"


def test_what_was_typed_is_saved_before_the_page_comes_anew(enter, site, in_agency, draft):
    page = enter()
    page.on("dialog", lambda dialog: pytest.fail(f"The browser asked: {dialog.type}"))
    page.goto(site.url(f"/reviews/{draft.pk}/builder/"))

    page.locator("#section-goals .rich-text").click()
    page.keyboard.type("Not forgotten")
    page.get_by_role("button", name="Move “What you told us” up").click()

    expect(page.locator(".builder-section").nth(6)).to_have_attribute("id", "section-voice")
    expect(page.locator("#section-goals .rich-text")).to_have_text("Not forgotten")
    assert in_agency(lambda: goals(draft)).text == "<p>Not forgotten</p>"


def test_a_link_is_asked_for_until_it_is_one_and_the_bar_is_walked_with_arrows(enter, site, in_agency, draft):
    page, answers, asked = enter(), ["no address", "example.com/plan"], []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept(answers.pop(0))))
    page.goto(site.url(f"/reviews/{draft.pk}/builder/"))
    section = page.locator("#section-goals")

    section.locator(".rich-text").click()
    page.keyboard.type("Our plan")
    page.keyboard.press("Control+A")
    section.get_by_role("button", name="Link").click()
    section.get_by_role("button", name="Bold").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(section.get_by_role("button", name="Italic")).to_have_attribute("aria-pressed", "true")
    expect(section.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#state-goals")).to_contain_text("saved this section")
    page.reload()
    assert in_agency(lambda: goals(draft)).text == (
        '<p><a href="https://example.com/plan"><i>Our plan</i></a></p>'
    )
    assert len(asked) == 2


def test_how_a_goal_stands_is_said_beside_it_and_printed(enter, site, in_agency, draft):
    goal = in_agency(lambda: GoalFactory(client=draft.client, title="Open the second shop"))
    page = enter(width=390)
    page.goto(site.url(f"/reviews/{draft.pk}/builder/"))

    page.get_by_role("link", name="Say how it stands “Open the second shop”").click()
    page.get_by_role("radio", name="At risk").check()
    page.get_by_label("Why it stands so").fill("The landlord left.")
    page.get_by_role("button", name="Write it into the plan").click()
    expect(page.locator("#section-goals")).to_contain_text("The landlord left.")
    page.goto(site.url(f"/reviews/{draft.pk}/builder/sheets/"))

    expect(page.locator("section#goals")).to_contain_text("The landlord left.")
    in_agency(goal.refresh_from_db)
    assert goal.standing == "at_risk"
