"""Catalogue row J9: without broker and cache people work on, and what waits is done once they are back."""

import threading
import time
from statistics import quantiles

import pytest

from agencyam.jobs.models import Job
from agencyam.jobs.tasks import tick
from agencyam.tenancy.context import tenant_context
from clients.changes.announcing import REFRESH
from clients.models import Change, Touchpoint
from tests.catalogue import report
from tests.factories.accounts import PASSWORD
from tests.site import running_site
from tests.web.house import furnish
from tests.web.wire import WireBrowser
from tests.workers import worker

NOBODY_LISTENS = {"REDIS_URL": "redis://127.0.0.1:1/0", "CACHE_URL": "redis://127.0.0.1:1/1"}
SECONDS, VISITORS, EACH_PER_SECOND = 8, 4, 5
PAGES = ("/clients/", "/clients/{client}/", "/kpis/", "/kpis/mrr/", "/reviews/", "/settings/")


class Work(threading.Thread):
    """One member who clicks five times a second: mostly reads, and sometimes logs."""

    def __init__(self, browser: WireBrowser, client: int, number: int) -> None:
        super().__init__()
        self.browser, self.client, self.number = browser, client, number
        self.reads: list = []
        self.writes: list = []

    def run(self) -> None:
        begin = time.monotonic()
        for click in range(SECONDS * EACH_PER_SECOND):
            time.sleep(max(0.0, begin + click / EACH_PER_SECOND - time.monotonic()))
            if click % 4 == 3:
                self.writes.append(self._log(f"{self.number}-{click}"))
            else:
                self.reads.append(self.browser.get(PAGES[click % len(PAGES)].format(client=self.client)))

    def _log(self, summary: str):
        form = {"summary": summary, "channel": "call", "direction": "upstream"}
        form["occurred_at"] = "2025-06-01T09:30"
        path = f"/clients/{self.client}/touchpoints/log/"
        return self.browser.post(path, **{f"touchpoint-{name}": value for name, value in form.items()})


@pytest.fixture
def furnished(scratch_agency):
    with tenant_context(scratch_agency):
        house = furnish()
    Job.objects.filter(agency=scratch_agency).delete()
    return house


def p95_ms(answers) -> int:
    return round(quantiles([answer.seconds for answer in answers], n=20)[18] * 1000)


def wait_until(condition, seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def test_j9_people_work_on_without_a_broker(furnished, scratch_agency, tmp_path):
    jobs = Job.objects.filter(agency=scratch_agency, kind=REFRESH)
    with running_site(tmp_path / "site.log", workers=2, **NOBODY_LISTENS) as port:
        people = []
        for number in range(1, VISITORS + 1):
            browser = WireBrowser("scratch.localhost", port)
            browser.sign_in("leader@agency.example", PASSWORD)
            people.append(Work(browser, furnished.client.pk, number))
        for person in people:
            person.start()
        for person in people:
            person.join()
    reads = [answer for person in people for answer in person.reads]
    writes = [answer for person in people for answer in person.writes]
    waiting = list(jobs.values_list("status", flat=True))

    with worker():
        tick()
        is_done = wait_until(lambda: not jobs.exclude(status="done").exists())

    errors = [answer.status for answer in (*reads, *writes) if answer.status not in {200, 302}]
    with tenant_context(scratch_agency):
        logged = Touchpoint.objects.exclude(pk=furnished.touchpoint.pk).count()
        untold = Change.objects.pending().count()
    report(
        "J9",
        ok=not errors and is_done and (logged, untold, set(waiting)) == (40, 0, {"queued"}),
        requests=len(reads) + len(writes),
        per_second=VISITORS * EACH_PER_SECOND,
        errors=len(errors),
        read_p95_ms=p95_ms(reads),
        write_p95_ms=p95_ms(writes),
        touchpoints=logged,
        jobs_waiting=len(waiting),
        jobs_done_later=jobs.filter(status="done").count(),
    )
