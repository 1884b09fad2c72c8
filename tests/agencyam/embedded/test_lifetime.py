"""Servers live as long as the last command that holds them."""

import subprocess
import sys
from pathlib import Path

from agencyam.embedded.servers import find_servers

CHECKOUT = Path(__file__).resolve().parents[3]
CODE = """
import sys
from pathlib import Path
from agencyam.embedded.lifetime import hold_servers
print(hold_servers(Path(sys.argv[1])).postgres_pid, flush=True)
input()
"""


def hold(var):
    """A command that holds the servers until it is told to end."""
    command = subprocess.Popen(
        [sys.executable, "-c", CODE, str(var)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert int(command.stdout.readline()) > 0
    return command


def test_the_last_command_stops_the_servers(var):
    command = hold(var)

    command.communicate("\n", timeout=30)

    assert command.returncode == 0
    assert find_servers(var) is None


def test_a_command_that_ends_leaves_the_servers_to_the_others(var):
    first, second = hold(var), hold(var)

    first.communicate("\n", timeout=30)

    assert find_servers(var) is not None
    second.communicate("\n", timeout=30)
    assert find_servers(var) is None


def test_servers_of_a_killed_command_serve_the_next_one_and_end_with_it(var):
    killed = hold(var)
    before = find_servers(var)
    killed.kill()
    killed.communicate()

    following = hold(var)

    assert find_servers(var) == before
    following.communicate("\n", timeout=30)
    assert find_servers(var) is None
