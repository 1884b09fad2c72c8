"""From a draft to the client's sign-off: made, approved, printed, mailed, read and signed."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import OutboxEmail
from clients.book.models import Client, Contact
from reports.models import QBR, QBRLink
from reports.qbr import stages
from reports.qbr.delivery.links import make_link


def test_from_a_draft_to_the_clients_sign_off(enter, visit, site, in_agency):
    def recipient():
        contact = Contact.objects.with_email().filter(left_on=None).order_by("pk").first()
        return Client.objects.get(pk=contact.client_id).pk

    client_id = in_agency(recipient)
    page = enter()
    page.goto(site.url(f"/clients/{client_id}/"))
    page.get_by_role("link", name="Prepare review").click()
    page.get_by_role("button", name=re.compile("Prepare|Create")).click()
    page.wait_for_url(re.compile(r"/reviews/\d+/"))

    # A colleague asks for the approval, so that the owner may give it.
    in_agency(
        lambda: stages.submit_for_review(
            qbr=QBR.objects.get(client_id=client_id, stage="draft"), by=None, now=timezone.now()
        )
    )
    qbr_id = in_agency(lambda: QBR.objects.get(client_id=client_id).pk)
    page.goto(site.url(f"/reviews/{qbr_id}/"))
    page.get_by_role("button", name="Approve").click()

    download = page.get_by_role("link", name=re.compile("Download"))
    expect(download).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        download.click()
    with open(waiting.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"
    page.get_by_role("link", name="Send to the client").click()
    expect(page.get_by_text("The client sees no health score")).to_be_visible()
    page.get_by_role("button", name="Look at the mail").click()
    expect(page.get_by_text("(a link of their own)").first).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(re.compile("on its way")).first).to_be_visible()
    mails = in_agency(lambda: list(OutboxEmail.objects.filter(key__contains="qbr:")))
    assert {mail.attachments[0]["type"] for mail in mails} == {"application/pdf"}

    def token():
        qbr = QBR.objects.get(pk=qbr_id)
        contact = qbr.deliveries.order_by("pk").first().contact
        return make_link(qbr=qbr, contact=contact, purpose=QBRLink.Purpose.REVIEW, now=timezone.now())

    reader = visit(width=390)
    reader.goto(site.url(f"/r/{in_agency(token)}/"))
    reader.get_by_role("button", name=re.compile("^Sign off as")).click()
    expect(reader.get_by_text("The review is signed off.")).to_be_visible()
    page.goto(site.url(f"/reviews/{qbr_id}/"))
    expect(page.get_by_text("Signed off")).to_be_visible()
