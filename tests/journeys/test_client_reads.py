"""A client opens the link of a mail, answers, and signs off; scanners that do the same with a browser sign nothing."""

import re
from datetime import timedelta
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agencyam.periods import quarter_of
from clients.book.models import Client, Contact
from reports.models import QBRAgreement, QBRComment, QBRLink, QBROptOut, QBRSignOff
from reports.qbr import selectors, services
from reports.qbr.delivery import answers, links, opt_outs
from reports.qbr.delivery.links import make_link
from reports.qbr.permissions import list_approvers
from reports.qbr.stages import services as stages
from tests.catalogue import report
from tests.journeys.test_pages_hold_up import AXE, RUN_AXE


@pytest.fixture
def reader(in_agency):
    """The addresses of one reader of a printed review: (review, unsubscribe)."""

    def prepare():
        now = timezone.now()
        readable = Client.objects.filter(contacts__left_on=None, contacts__email__gt="")
        client = readable.exclude(qbrs__sent_at__isnull=False).order_by("pk").last()
        contact = client.contacts.filter(left_on=None).with_email().order_by("pk").first()
        period = quarter_of(now.date() - timedelta(days=100), 1)
        qbr = selectors.find_latest_version(client=client, period=period)
        if qbr is None:
            qbr = stages.create_draft(client=client, period=period, by=None, today=now.date())
            stages.submit_for_review(qbr=qbr, by=None, now=now)
            stages.approve(qbr=qbr, by=list_approvers()[0], now=now)
            services.render_qbr(qbr_id=qbr.pk, now=now)
        tokens = [
            make_link(qbr=qbr, contact=contact, purpose=purpose, now=now) for purpose in QBRLink.Purpose
        ]
        return f"/r/{tokens[0]}/", f"/u/{tokens[1]}/"

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


@pytest.fixture
def answered(in_agency, reader):
    """The addresses of a reader who has commented, signed off and unsubscribed."""

    def answer():
        now, token = timezone.now(), reader[0].split("/")[2]
        qbr = links.find_link(token=token, purpose="review", now=now, today=now.date()).qbr
        contact = Contact.objects.create(client=qbr.client, name="Łukasz Answered", email="l@client.example")
        own = QBRLink(qbr=qbr, contact=contact)
        answers.comment(link=own, text="Fair.", now=now)
        answers.sign_off(link=own, now=now)
        opt_outs.opt_out(contact=contact, now=now)
        tokens = [
            make_link(qbr=qbr, contact=contact, purpose=purpose, now=now) for purpose in QBRLink.Purpose
        ]
        return f"/r/{tokens[0]}/", f"/u/{tokens[1]}/"

    return in_agency(answer)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_w8_pages_of_a_client_who_has_answered_have_no_accessibility_finding(visit, site, answered, scheme):
    page, findings = visit(width=1280, scheme=scheme), {}

    for name, path in {"signed off": answered[0], "unsubscribed": answered[1]}.items():
        page.goto(site.url(path))
        page.evaluate(AXE)
        findings[name] = page.evaluate(RUN_AXE)
    page.goto(site.url(answered[0]))
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate(AXE)
    findings["in error"] = page.evaluate(RUN_AXE)

    report("W8", ok=not any(findings.values()), scheme=scheme, pages="answered", findings=findings)


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
    said = in_agency(lambda: QBRComment.objects.get(text="Thank you, that is fair.").contact_id)
    assert in_agency(lambda: QBRSignOff.objects.filter(contact_id=said).count()) == 1
