"""A worker process of the fleet benchmark: says when it is up, waits for the word, then runs its jobs."""

import sys

from django.utils import timezone

from agencyam.jobs import runner


def main() -> None:
    print("up", flush=True)
    for line in sys.stdin:
        for job in line.split():
            status = runner.run(job_id=int(job), now=timezone.now())
            if status != "done":
                sys.exit(f"Job {job} ended as {status}.")
        print("done", flush=True)


if __name__ == "__main__":
    main()
