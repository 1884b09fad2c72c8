"""What a rendering child may use, set after the fork and before the document is looked at."""

import ctypes
import os
import resource
import signal
from dataclasses import dataclass

MB = 1024 * 1024
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_NOBODY = 65534


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

    The network namespace and the change of user need root. Without it the fetcher, which knows bytes only,
    is the wall, and the user is the one that the worker runs as.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() == 0:
        libc.unshare(_CLONE_NEWNET)
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
