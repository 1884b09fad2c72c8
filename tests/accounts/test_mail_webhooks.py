"""What providers report arrives once, at the right agency, and only with their signature."""

import hashlib
import hmac
import json

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, MailEvent
from agencyam.jobs import outbox
from agencyam.tenancy.context import nobody_bound, tenant_context
from tests.catalogue import report
from tests.web.visitors import new_browser

KEY = "signing-key-of-the-tests"
ADDRESS = "/webhooks/mail/mailgun/"


@pytest.fixture
def mail(agency, settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    return outbox.post(key="a", to="ana@client.example", subject="Hello", text="Text.", is_client_mail=True)


def body(message_id, event="delivered", *, token="t1", key=KEY, **more):
    """A report as Mailgun posts it."""
    timestamp = str(int(timezone.now().timestamp()))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "timestamp": float(timestamp),
            "recipient": "ana@client.example",
            "message": {"headers": {"message-id": message_id.strip("<>")}},
            "delivery-status": {"message": "550 No such user\r\nhere", "code": 550},
            **more,
        },
    }


def tell(content, address=ADDRESS, host="localhost", **headers):
    browser = new_browser(host, enforce_csrf_checks=True, raise_request_exception=False)
    with nobody_bound():
        return browser.post(address, json.dumps(content), content_type="application/json", headers=headers)


def test_a_report_finds_its_mail(mail):
    answer = tell(body(mail.message_id))

    event = MailEvent.objects.get()
    assert answer.status_code == 200
    assert (event.mail, event.kind, event.provider) == (mail, "delivered", "mailgun")


def test_a_bounce_keeps_the_words_of_the_server_and_a_line_of_the_trail(mail):
    tell(body(mail.message_id, "failed", severity="permanent"))

    event = MailEvent.objects.get()
    assert (event.kind, event.note) == ("bounced", "550 No such user here")
    assert AuditEvent.objects.filter(action="mail.bounced").count() == 1


@pytest.mark.parametrize(("event", "more"), [("opened", {}), ("failed", {"severity": "temporary"})])
def test_what_is_no_evidence_is_not_kept(mail, event, more):
    assert tell(body(mail.message_id, event, **more)).status_code == 200
    assert MailEvent.objects.count() == 0


def test_reports_are_signed_kept_once_and_about_our_mails_only(mail, other_agency):
    same = body(mail.message_id)
    answers = {
        "wrong key": tell(body(mail.message_id, key="another", token="t2")),
        "no signature": tell({"event-data": same["event-data"]}),
        "no json": tell("x"),
        "real": tell(same),
        "again": tell(same),
        "unknown mail": tell(body("<" + "0" * 32 + ".northwind@localhost>", token="t3")),
        "unknown agency": tell(body("<" + "0" * 32 + ".nobody@localhost>", token="t4")),
        "not ours": tell(body("<x@elsewhere.example>", token="t5")),
        "provider not set up": tell(same, "/webhooks/mail/postmark/"),
        "no such provider": tell(same, "/webhooks/mail/nobody/"),
        "at an agency's address": tell(same, host="northwind.localhost"),
    }
    statuses = {name: answer.status_code for name, answer in answers.items()}
    with tenant_context(other_agency):
        abroad = MailEvent.objects.count()

    wanted = [400, 400, 400, 200, 200, 200, 200, 200, 404, 404, 404]
    kept = MailEvent.objects.count()
    report(
        "J17", ok=list(statuses.values()) == wanted and (kept, abroad) == (1, 0), kept=kept, answers=statuses
    )


def test_a_provider_that_names_mails_by_its_own_ids_repeats_ours(mail, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "name:password"}
    content = {
        "RecordType": "Bounce",
        "ID": 42,
        "Type": "HardBounce",
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Email": "ana@client.example",
        "BouncedAt": "2026-11-22T10:00:00Z",
        "Details": "No such user",
        "Metadata": {"agency": "northwind", "mail": str(mail.pk)},
    }

    refused = tell(content, "/webhooks/mail/postmark/")
    taken = tell(content, "/webhooks/mail/postmark/", Authorization="Basic bmFtZTpwYXNzd29yZA==")

    assert (refused.status_code, taken.status_code) == (400, 200)
    assert MailEvent.objects.get().kind == "bounced"


def test_a_provider_may_look_whether_the_address_is_there(mail):
    browser = new_browser("localhost")

    answers = [browser.head(ADDRESS).status_code, browser.get(ADDRESS).status_code]

    assert answers == [200, 405]
