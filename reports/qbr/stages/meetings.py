"""What comes with and after the meeting: who comes, what is prepared, held, closed, corrected."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from agencyam.exceptions import Refused
from clients.book.models import Client
from reports.qbr.models import QBR
from reports.qbr.planning.plans import undone
from reports.qbr.stages.services import CannotChangeQBR, lock, save, words

Stage = QBR.Stage
MOST_PEOPLE = 60
LONGEST_NAME = 200
MOST_STEPS = 60
LONGEST_STEP = 300
SIDES = ("client", "agency")


class CannotHoldQBR(Refused):
    """The client has not got the review, or the meeting has not been yet."""


class CannotCloseQBR(Refused):
    """The client has not got the review."""


class CannotCorrectQBR(Refused):
    """The review is not sent, is corrected already, or nobody says what changes."""


@transaction.atomic
def plan_meeting(
    *, qbr: QBR, meeting_at: datetime | None, attendees: Sequence[dict[str, Any]], by: User | None
) -> QBR:
    """Say when the meeting is and who comes. Raises CannotChangeQBR for a closed review or a bad row."""
    qbr = lock(qbr)
    if qbr.stage == Stage.CLOSED:
        raise CannotChangeQBR("The review is closed.")
    before = _meeting_of(qbr)
    qbr.meeting_at, qbr.attendees = meeting_at, clean_attendees(attendees)
    save(qbr, "meeting_at", "attendees")
    _note(qbr, "meeting", by, **audit.changed_fields(before, _meeting_of(qbr)))
    return qbr


def _meeting_of(qbr: QBR) -> dict[str, Any]:
    return {
        "meeting_at": qbr.meeting_at.isoformat() if qbr.meeting_at else "",
        "attendees": [row["name"] for row in qbr.attendees],
    }


def clean_attendees(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of contact_id, name and side, each person once. Raises CannotChangeQBR."""
    cleaned: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name = " ".join(str(row["name"]).split())
        if not name or len(name) > LONGEST_NAME or row["side"] not in SIDES:
            raise CannotChangeQBR("Each person who comes has a name and belongs to the client or to us.")
        cleaned.setdefault(
            (row["side"], name.casefold()),
            {"contact_id": row.get("contact_id"), "name": name, "side": row["side"]},
        )
    if len(cleaned) > MOST_PEOPLE:
        raise CannotChangeQBR(f"At most {MOST_PEOPLE} people can be noted.")
    return list(cleaned.values())


@transaction.atomic
def tick(*, qbr: QBR, number: int, is_done: bool, by: User, now: datetime) -> QBR:
    """Tick or untick a thing to do before the meeting, counted from 0. Raises CannotChangeQBR."""
    qbr = lock(qbr)
    if qbr.stage == Stage.CLOSED or not 0 <= number < len(qbr.checklist):
        raise CannotChangeQBR("There is nothing to tick here any more.")
    row = qbr.checklist[number]
    if row["is_done"] != is_done:
        done = {"is_done": True, "done_by": by.name, "done_at": now.isoformat()} if is_done else {}
        qbr.checklist[number] = undone(row["text"]) | done
        save(qbr, "checklist")
        _note(qbr, "tick", by, **{row["text"][:100]: "done" if is_done else "not done"})
    return qbr


@transaction.atomic
def write_checklist(*, qbr: QBR, texts: Sequence[str], by: User | None) -> QBR:
    """What is to be done before the meeting, in this order; what is ticked stays so. Raises CannotChangeQBR."""
    qbr = lock(qbr)
    wanted = list(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
    if qbr.stage == Stage.CLOSED:
        raise CannotChangeQBR("The review is closed.")
    if len(wanted) > MOST_STEPS or any(len(text) > LONGEST_STEP for text in wanted):
        raise CannotChangeQBR(f"At most {MOST_STEPS} lines of {LONGEST_STEP} letters.")
    had = {row["text"]: row for row in qbr.checklist}
    before, after = [*had], [had.get(text) or undone(text) for text in wanted]
    if after != qbr.checklist:
        qbr.checklist = after
        save(qbr, "checklist")
        _note(qbr, "checklist", by, steps=[before, wanted])
    return qbr


@transaction.atomic
def hold(
    *, qbr: QBR, meeting_at: datetime, attendees: Sequence[dict[str, Any]], by: User | None, now: datetime
) -> QBR:
    """Note that the review was talked through: when, and who was there. Raises CannotHoldQBR, CannotChangeQBR."""
    qbr = lock(qbr)
    if qbr.stage != Stage.SENT:
        raise CannotHoldQBR(f"The review is {words(qbr)}; only one that was sent can be held.")
    if meeting_at > now:
        raise CannotHoldQBR("The meeting has not been yet.")
    qbr.stage, qbr.meeting_at, qbr.attendees = Stage.HELD, meeting_at, clean_attendees(attendees)
    save(qbr, "stage", "meeting_at", "attendees")
    _note(qbr, "hold", by, **_meeting_of(qbr))
    return qbr


@transaction.atomic
def close(*, qbr: QBR, by: User | None) -> QBR:
    """Nothing more comes of it: after the meeting, or without one. Raises CannotCloseQBR."""
    qbr = lock(qbr)
    if qbr.stage not in (Stage.SENT, Stage.HELD):
        raise CannotCloseQBR(f"The review is {words(qbr)}, so it cannot be closed.")
    before, qbr.stage = qbr.stage, Stage.CLOSED
    save(qbr, "stage")
    _note(qbr, "close", by, stage=[before, qbr.stage])
    return qbr


@transaction.atomic
def correct(*, qbr: QBR, what: str, by: User | None, today: date) -> QBR:
    """The next version, a draft that says what changes; this one stays as the client has it.

    Raises CannotCorrectQBR.
    """
    Client.objects.select_for_update().get(pk=qbr.client_id)
    old = lock(qbr)
    if not old.is_locked:
        raise CannotCorrectQBR(f"The review is {words(old)}; change it before it is sent.")
    if not what.strip():
        raise CannotCorrectQBR("Say what changes, so that the client can tell the versions apart.")
    if old.corrections.exists():
        raise CannotCorrectQBR("This version has been corrected already. Correct the latest one.")
    new = QBR(
        client=old.client,
        period_start=old.period_start,
        period_end=old.period_end,
        as_of=today,
        version=old.version + 1,
        requested_by=by,
        owner=old.owner,
        checklist=[undone(row["text"]) for row in old.checklist],
        attendees=old.attendees,
        draft=old.draft,
        paper=old.paper,
        language=old.language,
        supersedes=old,
        correction=what.strip(),
    )
    new.full_clean()
    new.save(force_insert=True)
    _note(new, "correct", by, version=new.version, what=new.correction)
    return new


def _note(qbr: QBR, verb: str, by: User | None, **changes: Any) -> None:
    audit.record(by=by, action=f"qbr.{verb}", target=qbr, changes=changes)
