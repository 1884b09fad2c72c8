"""Which system account the servers run as.

PostgreSQL refuses to run as root. An ordinary user runs the servers as themselves. Root runs them as
`nobody`, which may not enter a checkout below a closed folder such as /root. So on Linux the servers keep one
capability, CAP_DAC_OVERRIDE, and reach `var/` wherever it lies without any folder being opened to other
users. Their only socket lies in a folder that root alone can enter.
"""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """How to run a server: a command in front of its own, options for Popen, and the owner of its files."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None
    keeps_reach: bool = True

    def popen_options(self) -> dict[str, Any]:
        """Options for Popen when nothing in front of the command changes the user."""
        if self.uid is None or self.prefix:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Give a new folder to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)


def server_account() -> Account:
    """The account for this process's servers: itself, or `nobody` when it is root."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    prefix = _reaching_prefix(nobody.pw_uid, nobody.pw_gid)
    return Account(prefix=prefix, uid=nobody.pw_uid, gid=nobody.pw_gid, keeps_reach=bool(prefix))


def _reaching_prefix(uid: int, gid: int) -> tuple[str, ...]:
    """The setpriv command that becomes `uid` and still enters closed folders; empty where not allowed."""
    setpriv = shutil.which("setpriv")
    if sys.platform != "linux" or setpriv is None:
        return ()
    prefix = (
        setpriv,
        f"--reuid={uid}",
        f"--regid={gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        # PostgreSQL asks access(2) about its files; without this bit the kernel forgets the capability there.
        "--securebits=+no_setuid_fixup",
        "--",
    )
    probe = subprocess.run([*prefix, "true"], check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return prefix if probe.returncode == 0 else ()
