"""A client opens the link of a mail, answers, and signs off; scanners that do the same with a browser sign nothing."""

import re
from datetime import timedelta
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agencyam.periods import quarter_of
from clients.book.models import Client
from reports.models import QBR, QBRAgreement, QBRComment, QBRLink, QBROptOut, QBRSignOff
from reports.qbr import selectors, services, stages
from reports.qbr.delivery.links import make_link
from tests.catalogue import report
from tests.journeys.test_pages_hold_up import AXE, RUN_AXE


@pytest.fixture
def reader(in_agency):
    """The addresses of one reader of a printed review: (review, unsubscribe)."""

    def prepare():
        now = timezone.now()
        client = Client.objects.filter(contacts__left_on=None, contacts__email__gt="").order_by("pk").last()
        contact = client.contacts.filter(left_on=None).with_email().order_by("pk").first()
        period = quarter_of(now.date() - timedelta(days=100), 1)
        qbr = selectors.find_latest_version(client=client, period=period)
        if qbr is None:
            qbr = stages.create_draft(client=client, period=period, by=None, today=now.date())
            stages.submit_for_review(qbr=qbr, by=None, now=now)
            stages.approve(qbr=qbr, by=None, now=now)
            services.render_qbr(qbr_id=qbr.pk, now=now)
        links = [make_link(qbr=qbr, contact=contact, purpose=purpose, now=now) for purpose in QBRLink.Purpose]
        return f"/r/{links[0]}/", f"/u/{links[1]}/"

    return in_agency(prepare)


def fetch(site, path):
    address = Request(
        f"http://127.0.0.1:{site.port}{path}", headers={"Host": f"journey.localhost:{site.port}"}
    )
    with urlopen(address, timeout=20) as answer:
        answer.read()


def votes():
    return sum(model.objects.count() for model in (QBRSignOff, QBRAgreement, QBRComment, QBROptOut))


def test_w3_a_scanner_with_a_browser_signs_nothing(visit, site, in_agency, reader):
    before = in_agency(votes)

    for width, has_script in ((1280, True), (390, False)):
        page = visit(width=width, has_script=has_script)
        for path in reader:
            page.goto(site.url(path))
            addresses = [link.get_attribute("href") for link in page.locator("a[href^='/']").all()]
            for address in addresses:
                fetch(site, address)
            page.wait_for_timeout(500)

    report("W3", ok=in_agency(votes) == before, browser="Chromium, with and without scripts", votes=0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_w8_the_clients_pages_have_no_accessibility_finding(visit, site, reader, scheme):
    page, findings = visit(width=390, scheme=scheme), {}

    for name, path in {"review": reader[0], "unsubscribe": reader[1], "closed": "/r/nothing/"}.items():
        page.goto(site.url(path))
        page.evaluate(AXE)
        found = page.evaluate(RUN_AXE)
        if found:
            findings[name] = found

    report("W8", ok=not findings, scheme=scheme, pages="of a client", findings=findings)


@pytest.mark.parametrize("width", [320, 390, 1024])
def test_the_clients_pages_do_not_scroll_sideways(visit, site, reader, width):
    page = visit(width=width)

    wide = {}
    for path in reader:
        page.goto(site.url(path))
        reach = page.evaluate("document.documentElement.scrollWidth")
        wide |= {path[:3]: reach} if reach > width else {}

    assert wide == {}


def test_a_client_comments_and_signs_off_without_script(visit, site, in_agency, reader):
    page = visit(width=390, has_script=False)
    page.goto(site.url(reader[0]))

    page.get_by_label(re.compile("^Write to")).fill("Thank you, that is fair.")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_text("Your comment has arrived")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Sign off as")).click()

    expect(page.get_by_text("The review is signed off.")).to_be_visible()
    assert in_agency(lambda: QBRComment.objects.get().text) == "Thank you, that is fair."
    assert in_agency(lambda: QBRSignOff.objects.get().qbr_id) == in_agency(
        lambda: QBR.objects.get(sign_offs__isnull=False).pk
    )
