"""The page of one review: where it stands, what is next, its versions, and who did what."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import AuditEvent, User
from accounts.permissions import can
from accounts.roles import Permission
from reports.qbr import permissions
from reports.qbr.models import QBR
from reports.qbr.stages.overview import Overview, get_overview

Stage = QBR.Stage
_MOST_EVENTS = 30
_DONE = {
    "qbr.request": "asked for the review",
    "qbr.create": "made the draft",
    "qbr.update": "brought the numbers up to date",
    "qbr.people": "changed who answers for it",
    "qbr.write": "wrote a text",
    "qbr.set_aside": "set a text aside",
    "qbr.move": "moved a section",
    "qbr.show": "showed a section",
    "qbr.hide": "hid a section",
    "qbr.add_image": "added a picture",
    "qbr.remove_image": "removed a picture",
    "qbr.preview": "printed the draft",
    "qbr.submit": "asked for approval",
    "qbr.withdraw": "took it back to work on it",
    "qbr.approve": "approved it and froze its numbers",
    "qbr.send_back": "sent it back",
    "qbr.print": "asked for the PDF again",
    "qbr.render": "The PDF was made",
    "qbr.send": "sent it",
    "qbr.send_again": "sent a second copy of a mail",
    "qbr.try_again": "let a mail that never left try again",
    "qbr.link_revoke": "closed a reader's link",
    "qbr.agree": "agreed to next steps",
    "qbr.comment": "wrote a comment",
    "qbr.sign_off": "signed it off",
    "qbr.meeting": "planned the meeting",
    "qbr.tick": "ticked the checklist",
    "qbr.checklist": "changed the checklist",
    "qbr.hold": "noted that the meeting was held",
    "qbr.close": "closed it",
    "qbr.correct": "began this version",
}
# Who did what no member did: the rest is done at the command line.
_NOBODY = {"qbr.render": "", "qbr.create": "The system", "qbr.request": "The system"}
_ANSWERS = ("qbr.agree", "qbr.comment", "qbr.sign_off")
_SPOKEN = {"qbr.send_back": "reason", "qbr.correct": "what"}


@dataclass(frozen=True)
class Step:
    """A stage in the row of all stages; `state` is done, now or later."""

    word: str
    state: str


@dataclass(frozen=True)
class Event:
    """A line of the trail in words; `said` is what its author wrote."""

    at: datetime
    who: str
    what: str
    said: str


@dataclass(frozen=True)
class ReviewPage:
    """One review for one member. `waits_for` says who has to act where the reader cannot."""

    qbr: QBR
    overview: Overview
    steps: list[Step]
    versions: list[QBR]
    trail: list[Event]
    may_work: bool
    may_take_back: bool
    approval_problem: str
    is_outdated: bool

    @property
    def is_latest(self) -> bool:
        return self.versions[0].pk == self.qbr.pk

    @property
    def may_approve(self) -> bool:
        return self.qbr.stage == Stage.IN_REVIEW and not self.approval_problem

    @property
    def waits_for(self) -> str:
        if self.qbr.stage != Stage.IN_REVIEW or self.may_approve:
            return ""
        return self.qbr.approver.name if self.qbr.approver else "a leader or an owner"

    @property
    def wants_meeting(self) -> bool:
        """Whether to plan the meeting is what comes next."""
        return self.qbr.stage == Stage.SENT and self.qbr.meeting_at is None

    @property
    def undone(self) -> int:
        """Things on the checklist that nobody has ticked."""
        return sum(not row["is_done"] for row in self.qbr.checklist)

    @property
    def client_attendees(self) -> list[str]:
        return [row["name"] for row in self.qbr.attendees if row["side"] == "client"]

    @property
    def agency_attendees(self) -> list[str]:
        return [row["name"] for row in self.qbr.attendees if row["side"] == "agency"]


def get_page(*, qbr: QBR, user: User, today: date) -> ReviewPage:
    """A fixed number of queries."""
    return ReviewPage(
        qbr=qbr,
        overview=get_overview(qbr=qbr, today=today),
        steps=list_steps(qbr.stage),
        versions=list(list_versions(qbr)),
        trail=list_trail(qbr),
        may_work=can(user, Permission.REVIEW_SEND),
        may_take_back=qbr.stage == Stage.APPROVED and permissions.can_approve(user),
        approval_problem=permissions.find_approval_problem(qbr=qbr, user=user),
        is_outdated=qbr.is_draft and qbr.as_of < today,
    )


def list_steps(stage: str) -> list[Step]:
    """All stages in their order, as seen from one of them."""
    place = Stage.values.index(stage)
    return [
        Step(word=str(label), state="done" if at < place else "now" if at == place else "later")
        for at, label in enumerate(Stage.labels)
    ]


def list_versions(qbr: QBR) -> QuerySet[QBR]:
    """All versions of the review of a period, the latest first."""
    versions = QBR.objects.light().of_period(qbr.period).filter(client_id=qbr.client_id)
    return versions.order_by("-version")


def list_trail(qbr: QBR) -> list[Event]:
    """Who did what to this version, the latest first."""
    events = AuditEvent.objects.filter(target_type=QBR._meta.label_lower, target_id=str(qbr.pk))
    latest = events.select_related("actor").order_by("-pk")[:_MOST_EVENTS]
    return [_event(event.action, event.actor, event.at, event.changes) for event in latest]


def _reader(action: str, changes: dict[str, Any]) -> str:
    """The contact who answered: no member did it."""
    return str(changes.get("contact", "")) if action in _ANSWERS else ""


def _event(action: str, actor: User | None, at: datetime, changes: dict[str, Any]) -> Event:
    who = actor.name if actor else _reader(action, changes) or _NOBODY.get(action, "The operator")
    what = _DONE.get(action, action.removeprefix("qbr.").replace("_", " "))
    return Event(at=at, who=who, what=what, said=str(changes.get(_SPOKEN.get(action, ""), "")))
