"""The plan: goals, what was promised, what comes next, and what only the client can decide."""

from dataclasses import dataclass
from datetime import date

from clients.plans.models import ActionItem, Goal
from reports.qbr.document import Decision, GoalRow, State, StepRow, Tone
from reports.qbr.material import Material
from reports.qbr.sections.delivery import list_pieces
from reports.qbr.words import NOTHING, count, percent, plain

MOST_STEPS = 14
MOST_DECISIONS = 6
MOST_GOALS = 20


@dataclass(frozen=True)
class _Step:
    row: StepRow
    due: date | None


def write_promises(material: Material) -> tuple[StepRow, ...]:
    """Steps of both sides that were due or done in the period, with what became of them."""
    steps = [
        _Step(_action_row(material, action), action.due_on or action.done_on)
        for action in material.actions
        if any(day in material.cut for day in (action.due_on, action.done_on) if day)
    ]
    return tuple(step.row for step in _ordered(steps)[:MOST_STEPS])


def write_next_steps(material: Material) -> tuple[StepRow, ...]:
    """What is open: agreed steps and work that is promised, the next due first."""
    actions = [
        _Step(_action_row(material, action), action.due_on)
        for action in material.actions
        if not done_on(material, action)
    ]
    work = [
        _Step(
            StepRow(
                what=f"Deliver: {piece.title}",
                side=material.agency,
                owner=material.manager or material.agency,
                due=material.words.short_day(piece.promised_on),
                state=_open_state(material, piece.promised_on),
            ),
            piece.promised_on,
        )
        for piece in list_pieces(material)
        if piece.delivered_on is None
    ]
    return tuple(step.row for step in _ordered(actions + work)[:MOST_STEPS])


def write_goals(material: Material) -> tuple[GoalRow, ...]:
    return tuple(_goal_row(material, goal) for goal in material.goals[:MOST_GOALS])


def write_decisions(material: Material) -> tuple[Decision, ...]:
    """Offers, approvals and steps that wait for the client, the longest waiting first."""
    words = material.words
    decisions = []
    for proposal in material.proposals:
        price = "" if proposal.amount is None else f" ({words.money(proposal.amount, proposal.currency)})"
        sent = words.short_day(material.local_day(proposal.sent_at)) if proposal.sent_at else NOTHING
        decisions.append(
            Decision(f"Accept or decline our proposal “{proposal.title}”{price}", f"sent {sent}")
        )
    for row in material.deliverables:
        is_submitted = (
            row.submitted_on is not None and material.period.start <= row.submitted_on <= material.as_of
        )
        if is_submitted and row.approved_on is None:
            decisions.append(
                Decision(f"Approve “{row.title}”", f"with you since {words.short_day(row.submitted_on)}")
            )
    for action in material.actions:
        if not action.is_ours and not done_on(material, action):
            due = f"by {words.short_day(action.due_on)}" if action.due_on else ""
            decisions.append(Decision(action.title, due))
    if len(decisions) > MOST_DECISIONS:
        hidden = len(decisions) - MOST_DECISIONS + 1
        return (
            *decisions[: MOST_DECISIONS - 1],
            Decision(f"And {count(hidden, 'more thing')} that we will go through with you", ""),
        )
    return tuple(decisions)


def overdue_by_us(material: Material) -> list[str]:
    """Titles of our own agreed steps that are past their day."""
    return [
        action.title
        for action in material.actions
        if action.is_ours
        and action.due_on
        and action.due_on < material.as_of
        and not done_on(material, action)
    ]


def _ordered(steps: list[_Step]) -> list[_Step]:
    return sorted(steps, key=lambda step: (step.due or date.max, step.row.what))


def done_on(material: Material, action: ActionItem) -> date | None:
    """The day on which a step was done, if that is known."""
    return action.done_on if action.done_on and action.done_on <= material.as_of else None


def _action_row(material: Material, action: ActionItem) -> StepRow:
    done = done_on(material, action)
    return StepRow(
        what=action.title,
        side=material.agency if action.is_ours else material.client.name,
        owner=_owner(material, action),
        due=material.words.short_day(action.due_on),
        state=_done_state(material, action.due_on, done) if done else _open_state(material, action.due_on),
    )


def _owner(material: Material, action: ActionItem) -> str:
    if not action.is_ours:
        return "You"
    return action.owner.name if action.owner else material.manager or material.agency


def _done_state(material: Material, due: date | None, done: date) -> State:
    days = (done - due).days if due else 0
    if days > 0:
        return State(Tone.WARN, f"Done, {count(days, 'day')} late")
    return State(Tone.GOOD, f"Done {material.words.short_day(done)}")


def _open_state(material: Material, due: date | None) -> State:
    days = (material.as_of - due).days if due else 0
    if days > 0:
        return State(Tone.BAD, f"{count(days, 'day')} late")
    return State(Tone.PLAIN, "Planned" if due else "No day agreed")


def _goal_row(material: Material, goal: Goal) -> GoalRow:
    return GoalRow(
        title=goal.title,
        metric=goal.metric,
        start=plain(goal.baseline),
        now=plain(goal.current),
        goal=plain(goal.target),
        due=material.words.short_day(goal.due_on),
        state=goal_state(material, goal),
    )


def goal_state(material: Material, goal: Goal) -> State:
    """Reached, missed by its day, or how much of the way is done. From the values alone, never a label."""
    if goal.current is None or goal.target is None:
        return State(Tone.PLAIN, "Not measured")
    baseline = goal.baseline
    is_falling = baseline is not None and goal.target < baseline
    if goal.current <= goal.target if is_falling else goal.current >= goal.target:
        return State(Tone.GOOD, "Reached")
    if goal.due_on and goal.due_on < material.as_of:
        return State(Tone.BAD, "Missed")
    if baseline is None or goal.target == baseline:
        return State(Tone.PLAIN, "On the way")
    way = (goal.current - baseline) / (goal.target - baseline)
    return (
        State(Tone.WARN, "Behind its start")
        if way < 0
        else State(Tone.PLAIN, f"{percent(way, 1)} of the way")
    )
