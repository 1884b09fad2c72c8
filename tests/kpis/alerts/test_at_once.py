"""Two evaluations at the same moment, and mails over a real connection: what a worker's life brings."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import OutboxEmail
from agencyam.jobs import runner
from agencyam.jobs.models import Job
from agencyam.tenancy.context import tenant_context
from kpis.alerts import digests, services
from kpis.alerts.models import Alert, AlertNotice
from kpis.alerts.rules import Rule
from tests.kpis.alerts.news import NOW, SITE, TODAY, ask, listener, make_client, settings, subscribe
from tests.smtp import smtp_server


def test_two_evaluations_at_once_tell_once(scratch_agency):
    with tenant_context(scratch_agency):
        settings()
        grace = listener()
        subscribe(grace, Rule.LATE_REPLY, delivery="at_once")
        ask(make_client(), NOW - timedelta(hours=9))
    barrier, done = threading.Barrier(2), []

    def evaluate():
        with tenant_context(scratch_agency):
            barrier.wait()
            done.append(services.evaluate(today=TODAY, now=NOW, site=SITE))
        connection.close()

    threads = [threading.Thread(target=evaluate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant_context(scratch_agency):
        counts = Alert.objects.count(), AlertNotice.objects.count(), OutboxEmail.objects.count()
    assert sorted(each.raised for each in done) == [0, 1]
    assert counts == (1, 1, 1)


@pytest.fixture
def mail_server(settings):
    with smtp_server() as (recorder, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield recorder


def test_each_mail_leaves_once_over_smtp(scratch_agency, mail_server):
    with tenant_context(scratch_agency):
        settings()
        grace, ada = listener(email="grace@agency.example"), listener(email="ada@agency.example")
        subscribe(grace, Rule.LATE_REPLY, delivery="at_once")
        subscribe(ada, Rule.LATE_REPLY, delivery="digest")
        ask(make_client(), NOW - timedelta(hours=9))
    morning = NOW + timedelta(hours=20)
    for _ in range(2):
        with tenant_context(scratch_agency):
            services.evaluate(today=TODAY, now=NOW, site=SITE)
            digests.send_due(today=morning.date(), now=morning, site=SITE)
        for job in Job.objects.filter(kind="mail.send", agency=scratch_agency):
            runner.run(job_id=job.pk, now=timezone.now() + timedelta(seconds=1))

    found = [(mail["To"], mail["Subject"]) for mail in mail_server.messages]
    assert sorted(found) == [
        ("ada@agency.example", "Bluefin has waited too long for a reply"),
        ("grace@agency.example", "Bluefin has waited too long for a reply"),
    ]
    text, html = (part.get_payload(decode=True).decode() for part in mail_server.messages[0].get_payload())
    assert "Reply to the request" in text
    assert "Reply to the request" in html
    assert f"{SITE}/clients/" in text
    assert f'href="{SITE}/clients/' in html
