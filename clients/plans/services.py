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


class CannotFinishAction(Refused):
    """The step is done already, or is not done yet."""


class CannotMoveAction(Refused):
    """The step is done, or the day is not one that is still to come."""


# A step that is a year away is none.
MOST_DAYS_AHEAD = 366


@transaction.atomic
def finish_action(*, action: ActionItem, by: User, today: date) -> ActionItem:
    """Note that a step was done today. Raises CannotFinishAction."""
    action = _lock(action)
    if action.done_on is not None:
        raise CannotFinishAction(f"“{action.title}” is done already.")
    return _save_done(action, today, verb="done", by=by)


@transaction.atomic
def reopen_action(*, action: ActionItem, by: User) -> ActionItem:
    """Take back that a step was done. Raises CannotFinishAction."""
    action = _lock(action)
    if action.done_on is None:
        raise CannotFinishAction(f"“{action.title}” is open already.")
    return _save_done(action, None, verb="reopen", by=by)


@transaction.atomic
def move_action(*, action: ActionItem, due_on: date, by: User, today: date) -> ActionItem:
    """Give an open step another day, after today. Raises CannotMoveAction."""
    action = _lock(action)
    if action.done_on is not None:
        raise CannotMoveAction("The step is done already.")
    if due_on <= today:
        raise CannotMoveAction("Choose a day that is still to come.")
    if (due_on - today).days > MOST_DAYS_AHEAD:
        raise CannotMoveAction("A step can be put off for a year at most.")
    before, action.due_on = action.due_on, due_on
    action.save(update_fields=["due_on"])
    changes = {"client": action.client.name, **audit.changed_fields({"due_on": before}, {"due_on": due_on})}
    audit.record(by=by, action="action.move", target=action, changes=changes)
    return action


def _lock(action: ActionItem) -> ActionItem:
    """The step as it stands now, ours until the end of the transaction."""
    return ActionItem.objects.select_for_update(of=("self",)).select_related("client").get(pk=action.pk)


def _save_done(action: ActionItem, done_on: date | None, *, verb: str, by: User) -> ActionItem:
    action.done_on = done_on
    action.save(update_fields=["done_on"])
    audit.record(by=by, action=f"action.{verb}", target=action, changes={"client": action.client.name})
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
