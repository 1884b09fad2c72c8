"""How long a night takes: the nightly job of many agencies, on a few worker processes, one database.

Progress goes to stderr; the last line on stdout is one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime

from agencyam.jobs import services
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import create_agency
from bench.kpis.generate import generate
from bench.kpis.sizes import Sizes
from bench.servers import command_for

WHOLE_FLEET = 500
SECONDS_ALLOWED = 30 * 60  # for the whole fleet
NIGHTLY = "kpis.compute_nightly"


class CannotMeasure(Exception):
    """A worker's job failed."""


class Worker:
    """A process with Django loaded that waits for jobs."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            command_for("bench.fleet.worker"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.wait_for("up")

    def start(self, jobs: Sequence[int]) -> None:
        """Hand over these jobs; the process goes to work at once."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(str(job) for job in jobs) + "\n")
        self._process.stdin.flush()

    def wait_for(self, word: str) -> None:
        """Until the process says the word. Raises CannotMeasure if it says something else, or ends."""
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != word:
            raise CannotMeasure("A worker failed; it says above why.")

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-fleet ARGS=…", description="Measures a night.")
    parser.add_argument("--agencies", type=int, default=20, help="default 20; 500 is the whole fleet")
    parser.add_argument("--clients", type=int, default=50, help="of each agency; default 50")
    parser.add_argument("--workers", type=int, default=2, help="processes; default 2")
    options = parser.parse_args()
    today = datetime.now(UTC).date()
    agencies = [make_agency(number, options.clients, today) for number in range(options.agencies)]
    workers = [Worker() for _ in range(options.workers)]
    # The first night of an agency has nothing to replace; the nights after it are the usual ones.
    first = run_night(agencies, workers, today, "first")
    usual = run_night(agencies, workers, today, "usual")
    for worker in workers:
        worker.close()
    print(json.dumps(figures(options, first, usual)), flush=True)


def make_agency(number: int, clients: int, today: date) -> Agency:
    """An agency with the rows that so many clients have in the KPI benchmark."""
    print(f"Making agency {number + 1} …", file=sys.stderr, flush=True)
    agency = create_agency(slug=f"fleet-{number}", name=f"Fleet {number}")
    sizes = Sizes(
        clients=clients, members=max(clients // 8, 5), touchpoints=72 * clients, requests=48 * clients,
        messages=120 * clients, survey_answers=12 * clients, seed=number, as_of=today,
    )  # fmt: skip
    with tenant_context(agency):
        generate(sizes)
    return agency


def run_night(agencies: list[Agency], workers: list[Worker], today: date, night: str) -> float:
    """Seconds until every agency's job is done. Raises CannotMeasure."""
    print(f"The {night} night …", file=sys.stderr, flush=True)
    jobs = []
    for agency in agencies:
        with tenant_context(agency):
            payload = {"day": today.isoformat()}
            jobs.append(services.enqueue(kind=NIGHTLY, period_key=f"bench {night}", payload=payload).pk)
    began = time.perf_counter()
    for number, worker in enumerate(workers):
        worker.start(jobs[number :: len(workers)])
    for worker in workers:
        worker.wait_for("done")
    return time.perf_counter() - began


def figures(options: argparse.Namespace, first: float, usual: float) -> dict[str, object]:
    """What was measured; for the whole fleet only what was measured or, said so, a multiplication."""
    each = usual / options.agencies
    is_whole = options.agencies == WHOLE_FLEET
    for_500 = usual if is_whole else each * WHOLE_FLEET
    load = None
    with suppress(OSError):
        load = round(os.getloadavg()[0], 2)
    return {
        "bench": "fleet",
        "agencies": options.agencies,
        "clients": options.clients,
        "workers": options.workers,
        "cores": os.cpu_count(),
        # More than the workers: somebody else was at work too, and the seconds are too many.
        "load": load,
        "first_night_s": round(first, 2),
        "first_night_s_per_agency": round(first / options.agencies, 3),
        "measured_s": round(usual, 2),
        "s_per_agency": round(each, 3),
        "for_500_s": round(for_500, 1),
        "for_500_is": "measured" if is_whole else f"s_per_agency x {WHOLE_FLEET}, not measured",
        "target": {"at_most": SECONDS_ALLOWED, "is_met": for_500 <= SECONDS_ALLOWED},
    }


if __name__ == "__main__":
    main()
