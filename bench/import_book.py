"""How long a large book takes to import, and how much memory: `python bench/import_book.py [ROWS]`.

Makes throwaway servers and a book of about 50,000 rows, imports it as an operator would, once new and once again, exports it, and
prints one JSON line with the figures.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from agencyam.embedded.throwaway import throwaway_servers  # noqa: E402
from clients.demo.book import generate_book  # noqa: E402

MEASURED = """
import atexit, re, runpy, sys
atexit.register(lambda: sys.stderr.write(re.search(r"VmHWM:.*", open("/proc/self/status").read())[0]))
sys.argv[0] = "manage.py"
sys.path.insert(0, "")
runpy.run_path("manage.py", run_name="__main__")
"""


def measured(environment: dict[str, str], *arguments: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a `manage.py` command."""
    began = time.monotonic()
    command = [sys.executable, "-c", MEASURED, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    seconds = time.monotonic() - began
    peak = re.findall(r"VmHWM:\s+(\d+)", done.stderr)
    return round(seconds, 1), round(int(peak[-1]) / 1024, 1)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder, throwaway_servers() as servers:
        names = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url, "TESTING": "1"}
        environment = {**os.environ, **names}
        book = Path(folder) / "book"
        rows = 0
        for clients in range(wanted // 640, wanted, 10):
            size = {"clients": clients, "members": max(clients // 8, 1), "months": 36}
            rows = sum(
                generate_book(book, profile="northwind", seed=1, until=date(2026, 11, 22), **size).values()
            )
            if rows >= wanted:
                break
        measured(environment, "migrate")
        figures = {"rows": rows, "megabytes": round(sum(f.stat().st_size for f in book.iterdir()) / 1e6, 1)}
        for step, arguments in {
            "dry_run_with_create": ("import_book", "bench", str(book), "--create", "--dry-run"),
            "import_with_create": ("import_book", "bench", str(book), "--create"),
            "import_again": ("import_book", "bench", str(book)),
            "export": ("export_book", "bench", str(Path(folder) / "out")),
            "export_xlsx": ("export_book", "bench", str(Path(folder) / "out.xlsx")),
            "import_xlsx": ("import_book", "bench", str(Path(folder) / "out.xlsx")),
        }.items():
            seconds, peak = measured(environment, *arguments)
            figures |= {f"{step}_seconds": seconds, f"{step}_peak_mb": peak}
    print(json.dumps({"bench": "import_book", "figures": figures}))


if __name__ == "__main__":
    main()
