"""How fast the pages of the KPIs answer, and how soon they are right after a write."""

import time
from collections.abc import Callable
from datetime import date
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from agencyam.periods import Period, month_of
from agencyam.tenancy.models import Agency
from clients.book.models import Client
from clients.touchpoints.services import log_touchpoint
from kpis import freshness, services
from kpis.models import KPIValue

WARM_UP, REPEATS, FRAMES = 3, 40, 4


class WrongPage(AssertionError):
    """A page did not answer as it should."""


class Pages:
    """The agency's leader at a browser of this process."""

    def __init__(self, agency: Agency) -> None:
        host = f"{agency.slug}.localhost"
        self._browser = Browser(headers={"host": host}, SERVER_NAME=host)
        self.leader = User.objects.get(book_id="leader")
        self._browser.force_login(self.leader)

    def measure(self, address: str, repeats: int = REPEATS) -> dict[str, float]:
        """Milliseconds of a warm page, and its queries. Raises WrongPage."""
        for _ in range(WARM_UP):
            self._get(address)
        with CaptureQueriesContext(connection) as queries:
            self._get(address)
        # Before the next request empties the log.
        count = sum(not row["sql"].startswith("SET ") for row in queries)
        times = [_below(FRAMES * turn, lambda: self._get(address)) for turn in range(repeats)]
        return {
            "ms_p50": round(1000 * median(times), 1),
            "ms_p95": round(1000 * quantiles(times, n=20)[-1], 1),
            "queries": count,
        }

    def _get(self, address: str) -> float:
        began = time.perf_counter()
        answer = self._browser.get(address)
        seconds = time.perf_counter() - began
        if answer.status_code != 200:
            raise WrongPage(f"{address} answered {answer.status_code}.")
        return seconds


def _below(frames: int, ask: Callable[[], float]) -> float:
    """Ask from so many calls further down.

    Python keeps the frames of calls in blocks of 16 KB and takes a new block from the system whenever a call runs
    over the end of one. Where the end falls into a page's inner loop, the page takes half as long again. How deep
    a web server calls is not known here, so every request is asked from another depth.
    """
    return _below(frames - 1, ask) if frames else ask()


def store_all(today: date) -> None:
    """What the night does for the pages."""
    services.compute_nightly(today=today, now=timezone.now())


def measure_refresh(leader: User, today: date) -> dict[str, Any]:
    """Seconds from a touchpoint being logged until all stored numbers hold it, the queue left out.

    Raises WrongPage.
    """
    now, month = timezone.now(), month_of(today)
    client = Client.objects.filter(lines__ends_on__isnull=True, lines__is_void=False).order_by("pk")[0]
    before = _talks(month)
    began = time.perf_counter()
    log_touchpoint(
        by=leader, client=client, contact=None, occurred_at=now, channel="call", direction="upstream",
        summary="", now=now,
    )  # fmt: skip
    done = freshness.refresh(today=today, now=timezone.now())
    seconds = time.perf_counter() - began
    if _talks(month) != before + 1:
        raise WrongPage("A touchpoint was logged, and the stored number of touchpoints is not one more.")
    return {"refresh_s": round(seconds, 3), "refresh_values": done.values}


def _talks(month: Period) -> int:
    """The agency's touchpoints of the month, as they are stored."""
    stored = KPIValue.objects.of_slice("agency").of_period(month.start, month.end)
    return int(stored.get(kpi="touchpoints_per_client_month").numerator or 0)
