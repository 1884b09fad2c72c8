"""What a rendering child may use, set after the fork and before the document is looked at."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass

MB = 1024 * 1024
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
NOBODY = 65534
# macOS knows no limit of the address space.
_NOT_EVERYWHERE = () if sys.platform == "linux" else (ValueError, OSError)


@dataclass(frozen=True)
class Limits:
    """Hard limits of one rendering."""

    memory: int = 768 * MB
    cpu_seconds: int = 20
    wall_seconds: float = 45.0
    file_size: int = 32 * MB
    open_files: int = 64


def confine(limits: Limits) -> None:
    """Confine this process: memory, CPU, files, no network, no privileges. There is no way back.

    Where the system does not let us, it is weaker by that much: the fetcher, which knows bytes only, and the
    server's clock hold everywhere.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # Root may leave the network at once, others in a namespace of their own where the system has them.
        libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWNET | _CLONE_NEWUSER)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(*_NOT_EVERYWHERE):
            resource.setrlimit(kind, (most, most))
