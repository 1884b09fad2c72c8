"""Steps of account plans that are the member's to do, and those that were done today."""

from django.urls import reverse

from accounts.permissions import can
from accounts.roles import Permission
from clients.plans import selectors as plan_selectors
from clients.plans.models import ActionItem
from clients.workspace.extensions import read_step_notes
from clients.workspace.my_day.rows import (
    DayQuestion,
    DayRow,
    DoneRow,
    Found,
    Rank,
    late_words,
    near_words,
)


def read_steps(asked: DayQuestion) -> Found:
    """A fixed number of queries."""
    may_change = can(asked.user, Permission.CLIENT_CHANGE)
    steps = list(plan_selectors.list_own_steps(user=asked.user, today=asked.today))
    notes = read_step_notes(steps, asked.moment)
    return Found(
        rows=[_row(step, asked, may_change, notes.get(step.pk)) for step in steps if step.done_on is None],
        done=[_done(step, may_change) for step in steps if step.done_on is not None],
    )


def _row(step: ActionItem, asked: DayQuestion, may_change: bool, note: str | None) -> DayRow:
    due_on, today = step.due_on, asked.today
    is_late = due_on is not None and due_on < today
    if due_on is None:
        why, tone = "No day yet", "neutral"
    elif is_late:
        why, tone = late_words(due_on, today), "bad"
    else:
        why, tone = f"Due {near_words(due_on, today)}", "warn" if due_on == today else "neutral"
    return DayRow(
        key=f"step-{step.pk}",
        rank=Rank.LATE_STEP if is_late else Rank.STEP,
        title=step.title,
        url=_url(step),
        why=why,
        tone=tone,
        due_on=due_on,
        is_overdue=is_late,
        client_id=step.client_id,
        client_name=step.client.name,
        detail=" · ".join(filter(None, ["" if step.owner_id else "nobody owns it yet", note])),
        done_url=step_url(step, "done") if may_change else "",
        later_url=step_url(step, "move") if may_change else "",
        later_words="New day",
    )


def _done(step: ActionItem, may_change: bool) -> DoneRow:
    return DoneRow(
        key=f"step-{step.pk}",
        title=step.title,
        url=_url(step),
        words="Done",
        client_name=step.client.name,
        undo_url=step_url(step, "reopen") if may_change else "",
    )


def _url(step: ActionItem) -> str:
    return reverse("clients:client-detail", args=[step.client_id]) + "#actions"


def step_url(step: ActionItem, verb: str) -> str:
    return reverse(f"clients:step-{verb}", args=[step.client_id, step.pk])
