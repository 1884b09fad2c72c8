"""One run on one database: the raw rows' limit, the product's two steps, DuckDB's answer, pages and a write.

Progress goes to stderr; the last line on stdout is one JSON object.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import django
import duckdb
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AgencySettings, User
from accounts.selectors import get_settings
from agencyam.periods import local_day
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.services import create_agency
from bench.kpis import comparing, duckdb_route, product, raw
from bench.kpis.generate import generate
from bench.kpis.memory import database_peak_mb, forget_peak, peak_mb
from bench.kpis.pages import measure_refresh, store_all
from bench.kpis.sizes import Sizes, parse_sizes
from bench.kpis.web_worker import SLUG
from bench.servers import ROOT, command_for
from kpis.facts import builder

READS = 5
# At most: fact build / raw read; facts and KPIs / DuckDB; queries and milliseconds of the scorecard; seconds.
TARGETS = {
    "fact_build_to_raw_read": 3,
    "facts_and_kpis_to_duckdb": 2,
    "scorecard_queries": 12,
    "scorecard_ms_p50": 40,
    "refresh_s": 2,
}

Answer = TypeVar("Answer")
Figures = dict[str, Any]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Seconds, and what the work answered."""
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def main() -> None:
    sizes = parse_sizes(sys.argv[1:])
    agency = create_agency(slug=SLUG, name="Bench")
    with tenant_context(agency):
        say("Generating the agency …")
        figures: Figures = {}
        figures["generate_s"], rows = timed(lambda: generate(sizes))
        settings = get_settings()
        figures |= read_limit()
        figures |= measure_routes(sizes, settings)
        figures["fact_build_to_raw_read"] = figures["fact_build_s"] / figures["raw_read_s"]
        figures |= measure_pages(local_day(timezone.now(), settings.time_zone))
    print(json.dumps({"bench": "kpis"} | rounded(figures) | judged(figures) | about(sizes, rows)), flush=True)


def read_limit() -> Figures:
    """The same rows through COPY, consumed here: nothing that reads them all can be faster."""
    say("Reading the raw rows …")
    raw.read_whole_rows()
    whole = [timed(raw.read_whole_rows) for _ in range(READS)]
    needed = [timed(raw.read_needed_columns)[0] for _ in range(READS)]
    return {
        "raw_read_s": median(seconds for seconds, _ in whole),
        "raw_read_needed_columns_s": median(needed),
        "raw_mb": whole[0][1] / 1e6,
    }


def measure_routes(sizes: Sizes, settings: AgencySettings) -> Figures:
    """Facts and KPIs by the product, then the same by DuckDB. Raises comparing.NotEqual."""
    say("Building the facts …")
    forget_peak()
    figures: Figures = {}
    figures["fact_build_s"], _ = timed(lambda: builder.build_all(settings=settings, now=timezone.now()))
    say("Working out the KPIs from the facts …")
    figures["kpis_s"], answers = timed(lambda: product.fact_figures(sizes, settings))
    figures |= {"peak_mb": peak_mb(), "peak_database_mb": database_peak_mb()}
    figures["fact_rebuild_s"], _ = timed(lambda: builder.build_all(settings=settings, now=timezone.now()))
    say("Working out the same by DuckDB …")
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as duck:
        figures["duckdb_export_s"], _ = timed(lambda: export_at_once(Path(folder)))
        figures["duckdb_load_s"], _ = timed(lambda: raw.load(Path(folder), duck))
        years = sizes.opens_on.year - 3, sizes.as_of.year + 1
        figures["duckdb_windows_s"], _ = timed(lambda: raw.add_opening_windows(duck, *years))
        figures["duckdb_s"], _ = timed(lambda: duckdb_route.compute(duck, sizes, settings))
        figures["duckdb_fetch_s"], theirs = timed(lambda: comparing.duckdb_figures(duck))
    say("Comparing …")
    figures["compared"] = comparing.check_equal(comparing.plain_figures(answers.items()), theirs)
    ours = figures["fact_build_s"] + figures["kpis_s"]
    whole = sum(figures[f"duckdb_{step}"] for step in ("export_s", "load_s", "windows_s", "s", "fetch_s"))
    return figures | {
        "duckdb_whole_s": whole,
        "facts_and_kpis_to_duckdb": ours / figures["duckdb_s"],
        "facts_and_kpis_to_duckdb_whole": ours / whole,
    }


@transaction.atomic
def export_at_once(folder: Path) -> None:
    """All tables as of one moment."""
    raw.export(folder)


def measure_pages(today: date) -> Figures:
    """What the night stores, the warm pages through Django's own client, then one write. Raises WrongPage."""
    say("Storing what the pages show …")
    figures: Figures = {}
    figures["nightly_s"], _ = timed(lambda: store_all(today))
    say("Asking for the pages …")
    figures |= ask_web_worker()
    say("Writing once …")
    return figures | measure_refresh(User.objects.get(book_id="leader"), today)


def ask_web_worker() -> Figures:
    """The pages, asked for in a process that holds nothing else."""
    command = command_for("bench.kpis.web_worker")
    asked = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    answer: Figures = json.loads(asked.stdout)
    return answer


def judged(figures: Figures) -> Figures:
    """Of each target whether it is met."""
    targets = {
        name: {"at_most": limit, "measured": round(figures[name], 2), "is_met": figures[name] <= limit}
        for name, limit in TARGETS.items()
    }
    return {"targets": targets}


def about(sizes: Sizes, rows: dict[str, int]) -> Figures:
    """What was measured, and where."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    load = None
    with suppress(OSError):
        load = round(os.getloadavg()[0], 2)
    return {
        "sizes": {name: str(value) if name == "as_of" else value for name, value in asdict(sizes).items()},
        "rows": rows,
        "versions": {
            "python": platform.python_version(),
            "django": django.__version__,
            "postgresql": postgres,
            "duckdb": duckdb.__version__,
        },
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "load": load},
        "clocks": {
            "raw_read_s": f"COPY table TO STDOUT of every table that KPIs read, all columns, median of {READS}",
            "fact_build_s": "the first build of all facts, committed",
            "kpis_s": "all KPIs, months and slices from the facts, as Python objects",
            "duckdb_s": "the same from raw tables and opening windows in DuckDB's memory, into a table there",
            "duckdb_load_s": "the CSV files of duckdb_export_s into DuckDB's memory; duckdb_whole_s adds all steps",
            "refresh_s": "log_touchpoint and the refresh of facts and stored numbers, without the queue",
        },
    }


def rounded(figures: Figures) -> Figures:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


if __name__ == "__main__":
    main()
