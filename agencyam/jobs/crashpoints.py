"""Named places at which a test may kill the process, to prove that what is on disk tells the truth."""

import os
import signal

from django.conf import settings


def reach(name: str) -> None:
    """Die here by SIGKILL when a test asked for it through CRASH_AT; otherwise nothing."""
    if settings.TESTING and os.environ.get("CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
