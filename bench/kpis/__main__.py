"""`make bench-kpis`: throwaway servers, an invented agency, and how fast its KPIs are."""

import sys

from bench.servers import run_on_throwaway_servers

if __name__ == "__main__":
    sys.exit(run_on_throwaway_servers("bench.kpis.run", sys.argv[1:]))
