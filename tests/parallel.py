"""How `pytest -n 2` shares out the tests: file by file, and at the end those that a busy machine could disturb."""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# They wait for browsers, servers and processes of their own, or measure how long something takes.
ALONE = (
    "tests/agencyam/charts/test_script.py",
    "tests/agencyam/embedded/test_autostart.py",
    "tests/agencyam/embedded/test_demo.py",
    "tests/agencyam/embedded/test_lifetime.py",
    "tests/agencyam/embedded/test_servers.py",
    "tests/agencyam/embedded/test_supervisor.py",
    "tests/agencyam/embedded/test_throwaway.py",
    "tests/agencyam/jobs/test_broker_gone.py",
    "tests/agencyam/jobs/test_mail_faults.py",
    "tests/agencyam/jobs/test_worker.py",
    "tests/bench/",
    "tests/journeys/",
    "tests/reports/qbr/delivery/test_public.py",
    "tests/reports/pdf/",
    "tests/web/test_without_broker.py",
)
AT_THE_END = "alone, at the end"


class ByFileThenAlone(LoadScopeScheduling):
    """Gives each process one file after the other. The last process that is left then runs ALONE."""

    def _split_scope(self, nodeid: str) -> str:
        return AT_THE_END if nodeid.startswith(ALONE) else nodeid.split("::", 1)[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        if AT_THE_END in self.workqueue:
            self.workqueue.move_to_end(AT_THE_END)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        others_work = any(not other.shutting_down for other in self.nodes if other is not node)
        if not (others_work and list(self.workqueue) == [AT_THE_END]):
            super()._reschedule(node)
        elif self._pending_of(self.assigned_work[node]) <= 2 and not node.shutting_down:
            node.shutdown()
