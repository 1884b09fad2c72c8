"""From "prepare" to a mail with the PDF in the client's mailbox."""

import re

from playwright.sync_api import expect

from accounts.models import OutboxEmail
from clients.book.models import Client, Contact


def test_prepare_look_and_send(enter, site, in_agency):
    def recipient():
        contact = Contact.objects.with_email().filter(left_on=None).order_by("pk").first()
        return Client.objects.get(pk=contact.client_id).pk

    page = enter()
    page.goto(site.url(f"/clients/{in_agency(recipient)}/"))
    page.get_by_role("link", name="Prepare review").click()
    page.get_by_role("button", name=re.compile("Prepare|Create")).click()

    download = page.get_by_role("link", name=re.compile("Download"))
    expect(download).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        download.click()
    with open(waiting.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"
    page.get_by_role("link", name=re.compile("^Send")).click()
    page.get_by_role("button", name=re.compile("^Send")).click()

    expect(page.get_by_text(re.compile("sent|on its way", re.IGNORECASE)).first).to_be_visible()
    mails = in_agency(lambda: list(OutboxEmail.objects.filter(is_client_mail=True)))
    assert mails
    assert {mail.attachments[0]["type"] for mail in mails} == {"application/pdf"}
