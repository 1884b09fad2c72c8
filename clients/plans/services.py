"""The verbs of the account plan."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from agencyam.exceptions import Refused
from clients.book.models import Client
from clients.plans.models import ActionItem, Goal


class CannotAddAction(Refused):
    """The step has no day ahead, or an owner who cannot own it."""


@transaction.atomic
def add_action(
    *, client: Client, title: str, is_ours: bool, owner: User | None, due_on: date, by: User, today: date
) -> ActionItem:
    """Put a step into the client's plan, ours with its owner or the client's. The same open step stays one.

    Raises CannotAddAction, ValidationError.
    """
    title = " ".join(title.split())
    if due_on < today:
        raise CannotAddAction("The day on which it is due has passed. Choose one that is still to come.")
    if owner is not None and not (is_ours and owner.is_active):
        raise CannotAddAction("Only a member who works here can own a step, and only one of ours.")
    same = (
        ActionItem.objects.open().filter(client=client, title=title, is_ours=is_ours, due_on=due_on).first()
    )
    if same is not None:
        return same
    action = ActionItem(client=client, title=title, is_ours=is_ours, owner=owner, due_on=due_on)
    action.full_clean()
    action.save(force_insert=True)
    changes = {
        "client": client.name,
        "side": "ours" if is_ours else "the client's",
        "owner": owner.name if owner else "",
        "due_on": due_on.isoformat(),
    }
    audit.record(by=by, action="action.add", target=action, changes=changes)
    return action


class CannotJudgeGoal(Refused):
    """What is said of the goal contradicts its own values."""


@transaction.atomic
def judge_goal(
    *, goal: Goal, status: Goal.Standing, note: str, current: Decimal | None, by: User, today: date
) -> Goal:
    """Write down how a goal stands, why, and its last value in the metric's unit; the client reads all three.

    Raises CannotJudgeGoal, ValidationError.
    """
    goal = Goal.objects.select_for_update(of=("self",)).select_related("client").get(pk=goal.pk)
    before = _told(goal)
    goal.status, goal.status_note, goal.status_on = status, " ".join(note.split()), today
    goal.current = current
    if status == Goal.Standing.ACHIEVED and goal.is_reached is False:
        raise CannotJudgeGoal(
            "Its last value is not at the target yet. Write down the value that was reached."
        )
    goal.full_clean()
    goal.save(update_fields=["status", "status_note", "status_on", "current"])
    changes = {"client": goal.client.name, **audit.changed_fields(before, _told(goal))}
    audit.record(by=by, action="goal.judge", target=goal, changes=changes)
    return goal


def _told(goal: Goal) -> dict[str, str]:
    """How it stands, as the audit trail keeps it."""
    current = "" if goal.current is None else f"{goal.current.normalize():f}"
    return {"status": str(goal.status), "status_note": goal.status_note, "current": current}
