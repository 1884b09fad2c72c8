from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.parallel import ALONE, ByFileThenAlone

CHECKOUT = Path(__file__).resolve().parents[1]
BUSY = ["tests/a.py::one", "tests/a.py::two", "tests/a.py::three", "tests/b.py::one", "tests/c.py::one"]
QUIET = ["tests/journeys/test_x.py::one", "tests/bench/test_y.py::one"]


class Process:
    """What the scheduler sees of a worker: it is given tests by number, and is told to end."""

    def __init__(self):
        self.waiting, self.shutting_down = [], False
        self.gateway = SimpleNamespace(id="one")

    def send_runtest_some(self, numbers):
        self.waiting += numbers

    def shutdown(self):
        self.shutting_down = True


def start(tests, processes):
    option = SimpleNamespace(loadscopereorder=True)
    config = SimpleNamespace(option=option, getvalue=lambda name: ["popen"] * len(processes))
    scheduler = ByFileThenAlone(config)
    for process in processes:
        scheduler.add_node(process)
        scheduler.add_node_collection(process, tests)
    scheduler.schedule()
    return scheduler


def run_all(tests, processes):
    """Run turn by turn as workers do. Returns each test with the number of processes that had work left then."""
    scheduler = start(tests, processes)
    done = []
    while any(process.waiting for process in processes):
        for process in processes:
            # A worker keeps its last test until it knows what follows.
            if len(process.waiting) > 1 or (process.waiting and process.shutting_down):
                number = process.waiting.pop(0)
                done.append(
                    (tests[number], sum(len(each.waiting) > 1 for each in processes if each is not process))
                )
                scheduler.mark_test_complete(process, number)
    return done


@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_must_be_alone_comes_last_and_alone(count):
    done = run_all([*QUIET, *BUSY], [Process() for _ in range(count)])

    assert sorted(name for name, _ in done) == sorted([*QUIET, *BUSY])
    assert [name for name, _ in done][-2:] == QUIET
    assert [others for _, others in done[-2:]] == [0, 0]


def test_a_file_stays_in_one_process():
    processes = [Process(), Process()]

    start([*BUSY, *QUIET], processes)

    assert sorted(process.waiting for process in processes) == [[0, 1, 2], [3, 4]]


@pytest.mark.parametrize("path", ALONE)
def test_what_must_be_alone_exists(path):
    assert (CHECKOUT / path).exists()
