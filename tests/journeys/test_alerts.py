"""A member asks to hear of late replies; one comes, in the app and by mail; it is put off and then resolved."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import OutboxEmail
from clients.book.models import Client
from kpis.alerts.models import Alert
from kpis.alerts.rules import Rule
from kpis.alerts.tasks import look
from tests.factories.clients import MessageFactory, RequestFactory

SUBJECT = "Where is the report for the board?"


@pytest.fixture
def known(in_agency):
    """What the book had open is told already, so that only what is to come is news."""
    in_agency(lambda: look(now=timezone.now()))


@pytest.fixture
def wait(in_agency):
    """`wait()`: a client's message turns out to be ten days old and without a reply. Returns the alert."""

    def happen() -> Alert:
        now = timezone.now()
        asked = now - timedelta(days=10)
        request = RequestFactory(
            client=Client.objects.order_by("pk").first(), opened_at=asked, subject=SUBJECT
        )
        MessageFactory(request=request, sent_at=asked)
        look(now=now, rules={Rule.LATE_REPLY})
        return Alert.objects.get(cause_key__startswith=f"wait:{request.pk}:")

    return lambda: in_agency(happen)


def badge(page) -> str:
    """What stands beside the link of the menu."""
    return page.locator("nav.side a[href='/alerts/']").inner_text().removeprefix("Alerts").strip()


def mails_about(alert: Alert):
    """To the owner; who looks after the client has one too."""
    return OutboxEmail.objects.filter(key__startswith=f"alert:{alert.pk}:", to_email="owner@journey.example")


def test_alert_from_subscription_to_resolution(enter, site, known, wait, in_agency):
    page = enter()

    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="What you hear of").click()
    page.select_option("[name=late_reply_delivery]", label="Also by mail, at once")
    page.select_option("[name=late_reply_scope]", label="Whole agency")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.goto(site.url("/alerts/"))
    page.get_by_role("button", name="new as seen").click()
    assert badge(page) == ""
    alert = wait()

    page.goto(site.url("/alerts/?kind=late_reply"))
    row = page.locator(f"#alert-{alert.pk}")
    assert badge(page) == "1"
    assert row.locator("a.title").inner_text() == alert.title
    assert SUBJECT in row.inner_text()
    assert row.get_by_role("link", name="Reply to the request").get_attribute("href") == alert.action_url
    (mail,) = in_agency(lambda: list(mails_about(alert)))
    assert mail.subject == alert.title
    for words in (alert.row_url, alert.action_url, "Next: Reply to the request"):
        assert words in mail.text

    row.get_by_role("link", name="Snooze").click()
    page.get_by_role("dialog").get_by_role("button", name="Snooze").click()
    row.wait_for(state="detached")
    page.goto(site.url("/alerts/?state=snoozed"))
    assert "back on" in row.inner_text()
    row.get_by_role("button", name="Open again").click()

    page.goto(site.url("/alerts/?kind=late_reply"))
    row.get_by_role("button", name="More").click()
    row.get_by_role("button", name="Done for everybody").click()
    row.wait_for(state="detached")
    page.goto(site.url("/alerts/?state=done"))
    assert "resolved by Journey Owner" in row.inner_text()

    in_agency(lambda: look(now=timezone.now(), rules={Rule.LATE_REPLY}))
    assert in_agency(lambda: mails_about(alert).count()) == 1
    page.goto(site.url("/alerts/?kind=late_reply"))
    assert row.count() == 0
