"""What waits for a leader: reviews that were submitted, the oldest first."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from reports.qbr import permissions, selectors
from reports.qbr.models import QBR
from reports.qbr.planning.plans import plans_of


@dataclass(frozen=True)
class QueueRow:
    """A review that waits; `problem` says why this member may not approve it."""

    qbr: QBR
    problem: str

    @property
    def undone(self) -> int:
        return sum(not row["is_done"] for row in self.qbr.checklist)


def list_queue(*, user: User, today: date) -> list[QueueRow]:
    """Reviews in review of clients that the member may see. A fixed number of queries."""
    reviews = selectors.list_qbrs(user=user, today=today).filter(stage=QBR.Stage.IN_REVIEW)
    reviews = reviews.select_related("client", "owner", "approver", "submitted_by")
    rows = list(reviews.order_by("submitted_at", "pk"))
    plans = plans_of([qbr.client for qbr in rows])
    is_alone = permissions.is_only_approver(user)
    return [
        QueueRow(
            qbr=qbr,
            problem=permissions.find_own_problem(
                qbr=qbr,
                user=user,
                is_own_allowed=is_alone or plans[qbr.client_id].template.is_own_approval_allowed,
            ),
        )
        for qbr in rows
    ]
