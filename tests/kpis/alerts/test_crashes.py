"""Catalogue row J16 for alerts: whoever tells one is killed at each named point; each cause is told once by mail."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from accounts.models import OutboxEmail
from agencyam.tenancy.context import tenant_context
from kpis.alerts.models import Alert, AlertNotice
from kpis.alerts.rules import Rule
from tests.catalogue import report
from tests.kpis.alerts.news import listener, settings, subscribe
from tests.smtp import smtp_server
from tests.workers import database_url

POINTS = [
    "alerts.told", "outbox.before_insert", "outbox.inserted", "alerts.mailed", "test.committed", "job.claimed",
    "outbox.before_claim", "outbox.claimed", "outbox.connected", "outbox.delivered", "outbox.settled", "job.worked",
    "job.finished",
]  # fmt: skip
# Here nobody can know whether the mail has left: it is not sent again, and the alert waits in the app.
UNSURE = {"outbox.claimed", "outbox.connected", "outbox.delivered"}


def _crash_everywhere(port: int) -> dict[str, list[int]]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "EMAIL_BACKEND": "agencyam.jobs.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "LOG_LEVEL": "CRITICAL",
    }
    command = [sys.executable, "-m", "tests.kpis.alerts.crash_process", *POINTS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("delivery", ["at_once", "digest"])
def test_j16_each_cause_is_told_once_wherever_the_process_dies(scratch_agency, delivery):
    with tenant_context(scratch_agency):
        settings()
        subscribe(listener(), Rule.LATE_REPLY, delivery=delivery)

    with smtp_server() as (recorder, port):
        ends = _crash_everywhere(port)

    with tenant_context(scratch_agency):
        told = Alert.objects.count(), AlertNotice.objects.exclude(mailed_key="").count()
        mails = list(OutboxEmail.objects.order_by("pk").values_list("message_id", "state"))
    sent = Counter(message["Message-ID"] for message in recorder.messages)
    lost = [
        key for key, state in mails if state not in {"sent", "unknown"} or (state == "sent" and not sent[key])
    ]
    unknown = [point for point, (_, state) in zip(POINTS, mails, strict=True) if state == "unknown"]
    report(
        "J16",
        ok=set(map(tuple, ends.values())) == {(-9, 0)}
        and told == (len(POINTS), len(POINTS))
        and max(sent.values()) == 1
        and set(unknown) == UNSURE
        and not lost,
        kind=f"alert, {delivery}",
        points=len(POINTS),
        duplicates=[key for key, number in sent.items() if number > 1],
        lost=lost,
        unknown=unknown,
        ends=ends,
    )
