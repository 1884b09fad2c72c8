"""Says which models differ from their migrations, and whether a new database takes their history."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from agencyam.embedded.throwaway import throwaway_servers  # noqa: E402 the path must be known first


def main() -> None:
    with throwaway_servers() as servers:
        environment = {**os.environ, "DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
