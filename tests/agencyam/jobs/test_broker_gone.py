"""A broker that is gone or hangs: one message finds out, whoever comes after does not wait, nothing is lost."""

import os
import signal
import time

import pytest
import redis
from celery import Celery

from agencyam.embedded import valkey
from agencyam.embedded.account import server_account
from agencyam.jobs import dispatcher, services
from agencyam.jobs.models import Job
from tests.agencyam.jobs import kinds

assert kinds


@pytest.fixture
def broker(tmp_path, monkeypatch):
    """A Valkey of this test alone, with the dispatcher sending to it."""
    (tmp_path / "log").mkdir()
    server = valkey.start(tmp_path, server_account(), durable=False)
    app = Celery("agencyam", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = server.url(0)
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_timeout": 0.5}
    monkeypatch.setattr(dispatcher, "current_app", app)
    monkeypatch.setattr(dispatcher, "breaker", dispatcher.Breaker())
    yield server
    if valkey.find_running(tmp_path):
        os.kill(server.pid, signal.SIGCONT)
        valkey.halt(tmp_path)


def nudge() -> tuple[int, float]:
    """How many messages left, and after how many seconds."""
    begin = time.monotonic()
    return dispatcher.nudge("interactive"), time.monotonic() - begin


def enqueue(number: int) -> Job:
    return services.enqueue(kind="test.count", period_key=f"gone:{number}")


def test_a_broker_that_hangs_is_waited_for_once(agency, broker):
    jobs = [enqueue(number) for number in range(2)]
    os.kill(broker.pid, signal.SIGSTOP)

    first, *others = [nudge() for _ in range(20)]

    assert [sent for sent, _ in (first, *others)] == [0] * 20
    assert first[1] >= 0.4
    assert max(seconds for _, seconds in others) < 0.1
    assert list(Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("hinted_at")) == [(None,)] * 2


def test_nobody_sleeps_before_a_broker_that_is_gone(agency, broker, tmp_path):
    enqueue(0)
    valkey.halt(tmp_path)

    sent, seconds = nudge()

    assert (sent, seconds < 0.3) == (0, True)


def test_what_waited_is_hinted_after_the_pause(agency, broker, monkeypatch):
    os.kill(broker.pid, signal.SIGSTOP)
    enqueue(0)
    nudge()
    os.kill(broker.pid, signal.SIGCONT)
    enqueue(1)
    early = nudge()[0]
    monkeypatch.setattr(dispatcher, "PAUSE_SECONDS", 0.0)

    late = nudge()[0]

    assert (early, late) == (0, 2)
    assert redis.from_url(broker.url(0)).llen("interactive") == 2


def test_a_tick_does_not_wait_for_the_pause(agency, broker):
    """Its own message came through the broker: so the broker is back."""
    os.kill(broker.pid, signal.SIGSTOP)
    enqueue(0)
    nudge()
    os.kill(broker.pid, signal.SIGCONT)

    assert dispatcher.dispatch(queues=["interactive"]) == 1
