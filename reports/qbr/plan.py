"""Promises made, goals, what comes next, and what only the client can decide."""

from datetime import date
from decimal import Decimal

from agencyam.money import round_half_up
from agencyam.periods import add_months, local_day
from clients.delivery import selectors as delivery_selectors
from clients.growth import selectors as growth_selectors
from clients.plans import selectors as plan_selectors
from clients.plans.models import ActionItem, Goal
from reports.qbr.document import Decision, GoalRow, State, StepRow, Tone
from reports.qbr.reading import Reading
from reports.qbr.words import NOTHING, count, day, days_late, number, price

MOST_ROWS = 12
MOST_DECISIONS = 5
MONTHS_AHEAD = 3
PLANNED = State(Tone.PLAIN, "Planned")


def list_client_actions(reading: Reading) -> list[ActionItem]:
    return list(plan_selectors.list_actions(client=reading.client))


def write_promises(reading: Reading, actions: list[ActionItem]) -> tuple[StepRow, ...]:
    """What was due or done in the period, and what became of it."""
    own = [row for row in actions if _belongs_to_period(reading, row)]
    return tuple(_promise(reading, row) for row in own[:MOST_ROWS])


def write_next_steps(reading: Reading, actions: list[ActionItem]) -> tuple[StepRow, ...]:
    """Open steps of both sides and the work that is due next, by day."""
    as_of = reading.as_of
    steps = [(row.due_on or date.max, _next_action(reading, row)) for row in actions if _is_open(row, as_of)]
    until = add_months(reading.query.cut_end, MONTHS_AHEAD)
    work = delivery_selectors.list_upcoming_deliverables(client=reading.client, after=as_of)
    steps += [
        (row.agreed_on, _step(row.title, reading.agency, reading.owner, row.agreed_on, PLANNED))
        for row in work[:MOST_ROWS]
        if row.agreed_on < until
    ]
    return tuple(step for _, step in sorted(steps, key=lambda pair: pair[0])[:MOST_ROWS])


def write_decisions(reading: Reading, actions: list[ActionItem]) -> tuple[Decision, ...]:
    """What waits for the client: steps they promised, work to approve, proposals to answer."""
    decisions = [
        Decision(what=row.title, by=f"by {day(row.due_on)}" if row.due_on else "")
        for row in actions
        if not row.is_ours and _is_open(row, reading.as_of)
    ]
    waiting = delivery_selectors.list_awaiting_approval(client=reading.client, day=reading.as_of)
    decisions += [
        Decision(what=f"Approve “{row.title}”", by=f"with you since {day(row.submitted_on)}")
        for row in waiting
    ]
    decisions += _proposals(reading)
    return tuple(decisions[:MOST_DECISIONS])


def write_goals(reading: Reading) -> tuple[GoalRow, ...]:
    """Goals with their start, now and target; a reached one stays."""
    goals = plan_selectors.list_goals(client=reading.client)
    return tuple(_goal(row, reading.as_of) for row in goals[:MOST_ROWS])


def overdue_promises(reading: Reading, actions: list[ActionItem]) -> list[ActionItem]:
    """Our own steps that were due by now and are not done."""
    return [
        row
        for row in actions
        if row.is_ours and row.due_on and row.due_on <= reading.as_of and _is_open(row, reading.as_of)
    ]


def progress(goal: Goal) -> Decimal | None:
    """How far a goal has come from its start: 0 to 1 and beyond; None where a value is missing."""
    if goal.target is None or goal.current is None:
        return None
    start = goal.baseline if goal.baseline is not None else Decimal(0)
    if goal.target == start:
        return Decimal(1) if goal.current == goal.target else None
    return (goal.current - start) / (goal.target - start)


def _belongs_to_period(reading: Reading, row: ActionItem) -> bool:
    period = reading.query.cut_period
    return (row.due_on is not None and row.due_on in period) or (
        row.done_on is not None and row.done_on in period
    )


def _is_open(row: ActionItem, as_of: date) -> bool:
    return row.done_on is None or row.done_on > as_of


def _promise(reading: Reading, row: ActionItem) -> StepRow:
    if not _is_open(row, reading.as_of):
        late = (row.done_on - row.due_on).days if row.due_on else 0
        state = State(Tone.WARN, f"Done, {days_late(late)}") if late > 0 else State(Tone.GOOD, "Done")
    else:
        late = (reading.as_of - row.due_on).days if row.due_on else 0
        state = State(Tone.BAD, f"Open, {days_late(late)}") if late > 0 else State(Tone.PLAIN, "Open")
    return _step(row.title, _side(reading, row), _owner(reading, row), row.due_on, state)


def _next_action(reading: Reading, row: ActionItem) -> StepRow:
    late = (reading.as_of - row.due_on).days if row.due_on else 0
    state = State(Tone.BAD, f"Open, {days_late(late)}") if late > 0 else PLANNED
    return _step(row.title, _side(reading, row), _owner(reading, row), row.due_on, state)


def _step(what: str, side: str, owner: str, due: date | None, state: State) -> StepRow:
    return StepRow(what=what, side=side, owner=owner, due=day(due), state=state)


def _side(reading: Reading, row: ActionItem) -> str:
    return reading.agency if row.is_ours else reading.client.name


def _owner(reading: Reading, row: ActionItem) -> str:
    if not row.is_ours:
        return "You"
    return row.owner.name if row.owner else reading.owner


def _proposals(reading: Reading) -> list[Decision]:
    settings = reading.settings
    decisions = []
    for row in growth_selectors.list_pending_proposals(client=reading.client):
        cost = f" for {price(row.amount, row.currency, settings.locale)}" if row.amount is not None else ""
        sent = f"with you since {day(local_day(row.sent_at, settings.time_zone))}" if row.sent_at else ""
        decisions.append(Decision(what=f"Decide on our proposal “{row.title}”{cost}", by=sent))
    return decisions


def _goal(row: Goal, as_of: date) -> GoalRow:
    return GoalRow(
        title=row.title,
        metric=row.metric,
        start=number(row.baseline),
        now=number(row.current),
        goal=number(row.target),
        due=day(row.due_on),
        state=_goal_state(row, as_of),
    )


def _goal_state(row: Goal, as_of: date) -> State:
    share = progress(row)
    if share is not None and share >= 1:
        return State(Tone.GOOD, "Reached")
    if row.due_on and row.due_on < as_of:
        return State(Tone.BAD, "Not reached")
    if share is None:
        left = (row.due_on - as_of).days if row.due_on else None
        return State(Tone.PLAIN, NOTHING if left is None else f"{count(left, 'day')} left")
    percent = max(0, int(round_half_up(share * 100, 0)))
    return State(Tone.PLAIN, f"{min(percent, 99)}% of the way")
