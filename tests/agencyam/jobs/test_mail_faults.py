"""Catalogue rows J17 and W20: a server that stalls, puts off, refuses and cuts; fields that would forge headers."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.mail_state import state_of
from accounts.models import OutboxEmail
from agencyam.jobs import outbox, runner
from agencyam.jobs.models import Job
from agencyam.tenancy.context import nobody_bound
from tests.catalogue import report
from tests.smtp import smtp_server

# What the server does first: the state after that, the state once it behaves, how many messages it has then.
FAULTS = {
    "later": ("queued", "sent", 1),
    "slow_rcpt": ("queued", "sent", 1),
    "cut_before_data": ("queued", "sent", 1),
    "later_data": ("queued", "sent", 1),
    "refuse": ("bounced", "bounced", 0),
    "refuse_data": ("bounced", "bounced", 0),
    "cut_after_data": ("unknown", "unknown", 1),
    "slow_data": ("unknown", "unknown", 1),
}


@pytest.fixture
def mail_server(settings):
    with smtp_server() as (recorder, port):
        settings.EMAIL_BACKEND = "agencyam.jobs.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.5
        yield recorder


def post(key, **changes):
    fields = {"to": "ana@client.example", "subject": "Hello", "text": "Text.", "is_client_mail": True}
    return outbox.post(key=key, **{**fields, **changes})


def run_jobs(mail, later):
    for job in Job.objects.filter(payload__outbox_id=mail.pk):
        with nobody_bound():
            runner.run(job_id=job.pk, now=timezone.now() + later)
    mail.refresh_from_db()
    return state_of(mail, mail.events.all()).key


def test_j17_only_what_surely_did_not_arrive_is_tried_again(agency, mail_server):
    found = {}

    for mode in FAULTS:
        mail = post(mode)
        mail_server.messages.clear()
        mail_server.mode = mode
        first = run_jobs(mail, timedelta(seconds=1))
        mail_server.mode = "accept"
        second = run_jobs(mail, timedelta(minutes=10))
        found[mode] = (first, second, len(mail_server.messages))

    wrong = {mode: seen for mode, seen in found.items() if seen != FAULTS[mode]}
    duplicates = sum(max(0, messages - 1) for _, _, messages in found.values())
    lost = [mode for mode, seen in found.items() if seen[1] == "sent" and seen[2] == 0]
    report("J17", ok=not wrong, modes=len(FAULTS), duplicates=duplicates, lost=lost, wrong=wrong)


def test_a_refused_address_goes_neither_again_nor_once_more(agency, mail_server):
    refused, unknown = post("refused"), post("unknown")
    mail_server.mode = "refuse"
    run_jobs(refused, timedelta(seconds=1))
    mail_server.mode = "cut_after_data"
    run_jobs(unknown, timedelta(seconds=1))

    again = [outbox.send_again(mail=mail) for mail in (refused, unknown)]

    assert again == [False, True]
    assert not outbox.try_again(mail=refused)
    assert (refused.smtp_code, refused.error) == (550, "550 No such mailbox")


def test_secrets_leave_with_the_mail_and_lie_nowhere_in_the_clear(agency, mail_server):
    mail = post(
        "secret",
        text="Read: [[link]]",
        html="<a href='[[link]]'>Read</a>",
        headers={"List-Unsubscribe": "<[[out]]>"},
        secrets={"link": "https://x.example/r/plain-token/", "out": "https://x.example/u/plain-token/"},
    )
    at_rest = str(OutboxEmail.objects.filter(pk=mail.pk).values().get())
    again_at_rest = mail.sealed

    run_jobs(mail, timedelta(seconds=1))

    message = mail_server.messages[0]
    bodies = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    assert "plain-token" not in at_rest
    assert again_at_rest
    assert mail.sealed == ""
    assert all(b"plain-token" in body for body in bodies)
    assert message["List-Unsubscribe"] == "<https://x.example/u/plain-token/>"


NASTY = (
    "\r\nBcc: all@evil.example",
    "\nBcc: all@evil.example",
    "\rX-Evil: 1",
    "\x00",
    "\x0b",
    "\x85X-Evil: 1",
    "\u2028X-Evil: 1",
    "a@evil.example, b@evil.example",
    "<b@evil.example>",
    "x" * 5000,
    "Überprüfung für Łukasz 日本 🎉",
    "=?utf-8?q?=0D=0ABcc:_all@evil.example?=",
)
FIELDS = ("to", "subject", "header value", "header name", "attachment", "from", "reply-to")
USUAL = {
    "to", "from", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
    "list-unsubscribe", "reply-to",
}  # fmt: skip


def nasty_mail(key, field, text):
    """The keyword arguments of a mail with the text in one of its fields."""
    changes = {
        "to": {"to": f"ana@client.example{text}"},
        "subject": {"subject": f"Review{text}"},
        "header value": {"headers": {"List-Unsubscribe": f"<https://x.example/{text}>"}},
        "header name": {"headers": {f"X{text}": "1"}},
        "attachment": {"attachments": [(f"review{text}.pdf", b"%PDF", "application/pdf")]},
        "from": {"headers": {"From": f"Harbour{text} <a@agency.example>"}},
        "reply-to": {"headers": {"Reply-To": f"ana{text}@agency.example"}},
    }
    return {"key": key, **changes[field]}


def test_w20_no_field_adds_a_header_or_a_recipient(agency, mail_server):
    refused, sent, extra, strangers, stuck = 0, 0, [], [], []

    for number, (field, text) in enumerate((field, text) for field in FIELDS for text in NASTY):
        mail_server.messages.clear()
        mail_server.recipients.clear()
        try:
            mail = post(**nasty_mail(f"w20:{number}", field, text))
        except ValueError:
            refused += 1
            continue
        run_jobs(mail, timedelta(seconds=1))
        sent += len(mail_server.messages)
        stuck += [] if mail_server.messages else [(field, text[:20], mail.state, mail.error[:80])]
        for message in mail_server.messages:
            extra += [(field, text[:20], name) for name in message if name.lower() not in USUAL]
            strangers += [] if message.get_all("To") == ["ana@client.example"] else [(field, text[:20])]
        strangers += [(field, row) for row in mail_server.recipients if row != ["ana@client.example"]]

    fields = len(FIELDS) * len(NASTY)
    report(
        "W20",
        ok=not extra and not strangers and not stuck and refused > 0 and sent > 0,
        tried=fields,
        refused=refused,
        sent=sent,
        stuck=stuck,
        extra_headers=extra,
        other_recipients=strangers,
    )


def test_an_international_domain_is_encoded(agency, mail_server):
    mail = post("idn", to="ana@bücher.example")

    run_jobs(mail, timedelta(seconds=1))

    assert mail_server.recipients == [["ana@xn--bcher-kva.example"]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_w20_any_text_as_a_subject_is_one_line_or_refused(agency, text):
    try:
        mail = post(f"any:{text!r}"[:300], subject=text)
    except ValueError:
        return
    assert len(mail.subject.splitlines()) <= 1
