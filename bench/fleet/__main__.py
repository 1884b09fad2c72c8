"""`make bench-fleet`: throwaway servers, many invented agencies, and how long their night takes."""

import sys

from bench.servers import run_on_throwaway_servers

if __name__ == "__main__":
    sys.exit(run_on_throwaway_servers("bench.fleet.run", sys.argv[1:]))
