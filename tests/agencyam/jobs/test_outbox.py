"""The outbox against a real SMTP server: sent, refused, put off, cut."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import OutboxEmail
from agencyam.jobs import outbox, runner
from agencyam.jobs.models import Job
from agencyam.tenancy.context import nobody_bound
from tests.constraints import refused_by
from tests.smtp import smtp_server


@pytest.fixture
def mail_server(settings):
    with smtp_server() as (recorder, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield recorder


@pytest.fixture
def posted(agency):
    def post(**changes):
        fields = {
            "key": "a",
            "to": "ana@client.example",
            "subject": "Hello",
            "text": "Text.",
            "is_client_mail": True,
        }
        return outbox.post(**{**fields, **changes})

    return post


def _send(mail, seconds=1):
    job = Job.objects.filter(payload__outbox_id=mail.pk).latest("pk")
    with nobody_bound():
        runner.run(job_id=job.pk, now=timezone.now() + timedelta(seconds=seconds))
    mail.refresh_from_db()
    return mail


def test_a_mail_arrives_whole(posted, mail_server):
    attachment = ("Überblick.pdf", b"%PDF \x00\xfe", "application/pdf")
    mail = posted(
        html="<p>Text.</p>", attachments=[attachment], headers={"List-Unsubscribe": "<https://x.example>"}
    )

    _send(mail)

    message = mail_server.messages[0]
    parts = {
        part.get_content_type(): part.get_payload(decode=True)
        for part in message.walk()
        if not part.is_multipart()
    }
    assert mail.state == "sent"
    assert message["Message-ID"] == mail.message_id
    assert message["List-Unsubscribe"] == "<https://x.example>"
    assert parts["application/pdf"] == b"%PDF \x00\xfe"
    assert parts["text/html"] == b"<p>Text.</p>"


def test_the_same_key_writes_one_mail(posted):
    assert posted() == posted(subject="Other")
    assert Job.objects.count() == 1


def test_a_refused_mail_is_failed_and_not_repeated(posted, mail_server):
    mail_server.mode = "refuse"

    mail = _send(posted())

    assert (mail.state, mail.error) == ("failed", "550 No such mailbox")
    assert Job.objects.get().status == "done"


def test_a_mail_put_off_is_tried_again_three_times(posted, mail_server):
    mail, states = posted(), []
    mail_server.mode = "later"

    for seconds in (1, 100, 300):
        states.append(_send(mail, seconds).state)

    assert states == ["queued", "queued", "failed"]
    assert mail_server.messages == []


def test_an_unreachable_server_keeps_the_mail_waiting(posted, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    mail = _send(posted())

    assert mail.state == "queued"
    assert Job.objects.get().status == "queued"


def test_a_half_sent_client_mail_becomes_unknown_and_a_person_may_send_a_second_copy(posted, mail_server):
    mail = posted()
    OutboxEmail.objects.update(state="sending", attempts=1)

    _send(mail)

    assert (mail.state, mail_server.messages) == ("unknown", [])
    assert [outbox.try_again(mail=mail), outbox.send_again(mail=mail)] == [False, True]
    assert _send(mail).state == "sent"
    assert len(mail_server.messages) == 1


def test_a_mail_that_never_left_is_tried_again_as_the_first_copy(posted, mail_server):
    mail = posted()
    OutboxEmail.objects.update(state="failed", attempts=3)

    assert [outbox.send_again(mail=mail), outbox.try_again(mail=mail)] == [False, True]
    assert _send(mail).state == "sent"
    assert len(mail_server.messages) == 1


@pytest.mark.parametrize(("put_back", "before"), [("send_again", "unknown"), ("try_again", "failed")])
def test_a_second_copy_that_never_leaves_says_nothing_of_the_first(posted, mail_server, put_back, before):
    mail = posted()
    OutboxEmail.objects.update(state=before, attempts=3)
    mail_server.mode = "later"

    getattr(outbox, put_back)(mail=mail)
    states = [_send(mail, seconds).state for seconds in (1, 100, 300)]

    assert states == ["queued", "queued", before]
    assert mail_server.messages == []


def test_a_half_sent_security_mail_goes_out_again(posted, mail_server):
    mail = posted(is_client_mail=False, may_repeat=True)
    OutboxEmail.objects.update(state="sending", attempts=1)

    assert _send(mail).state == "sent"
    assert len(mail_server.messages) == 1


def test_half_sent_news_for_a_member_stays_unknown(posted, mail_server):
    mail = posted(is_client_mail=False)
    OutboxEmail.objects.update(state="sending", attempts=1)

    assert (_send(mail).state, mail_server.messages) == ("unknown", [])


def test_the_database_refuses_a_clients_mail_that_repeats(posted):
    assert refused_by(lambda: posted(may_repeat=True)) == "outboxemail_client_mail_once"


def test_a_sent_mail_is_not_resent(posted, mail_server):
    mail = _send(posted())

    assert [outbox.send_again(mail=mail), outbox.try_again(mail=mail)] == [False, False]


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_forges_no_header(posted, field):
    with pytest.raises(ValueError, match="one line"):
        posted(**{field: "x@y.example\r\nBcc: all@example.com"})
    assert OutboxEmail.objects.count() == 0
