"""The plan: goals, what was promised, what comes next, and what only the client can decide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.plans.models import ActionItem, Goal
from reports.qbr.document import Decision, GoalRow, State, StepRow, Tone
from reports.qbr.words import NOTHING, Words
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.delivery import list_pieces

MOST_STEPS = 14
MOST_DECISIONS = 6
MOST_GOALS = 20
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class _Step:
    row: StepRow
    due: date | None


def list_promises(material: Material) -> list[StepRow]:
    """Steps of both sides with what became of them: due or done in the period, still owed from before, or put off."""
    steps = [
        _Step(_action_row(material, action), action.due_on or action.done_on)
        for action in material.actions
        if _was_promised(material, action)
    ]
    steps += [
        _Step(replace(_action_row(material, action), state=_put_off_state(material, day)), day)
        for action in material.actions
        if (day := _put_off_from(material, action))
    ]
    return [step.row for step in _ordered(steps)]


def _was_promised(material: Material, action: ActionItem) -> bool:
    if any(day in material.cut for day in (action.due_on, action.done_on) if day):
        return True
    is_old = action.due_on is not None and action.due_on < material.cut.start
    return is_old and (action.done_on is None or action.done_on > material.cut.start)


def _put_off_from(material: Material, action: ActionItem) -> date | None:
    """The day in this period that the client's last review named, where the step has a later one or none by now."""
    promised = material.promised.get(action.pk)
    if promised is None or promised >= material.cut.end or _was_promised(material, action):
        return None
    is_later = action.due_on is None or action.due_on >= material.cut.end
    return promised if is_later and not done_on(material, action) else None


def _put_off_state(material: Material, day: date) -> State:
    return State(Tone.WARN, _("Put off from %(day)s") % {"day": material.words.short_day(day)})


def list_next_steps(material: Material) -> list[StepRow]:
    """What is open: agreed steps and work that is promised, the next due first."""
    actions = [
        _Step(_action_row(material, action), action.due_on)
        for action in material.actions
        if not done_on(material, action)
    ]
    work = [
        _Step(
            StepRow(
                what=_("Deliver: %(title)s") % {"title": piece.title},
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
    return [step.row for step in _ordered(actions + work)]


def more_steps(steps: Sequence[StepRow], words: Words) -> str:
    """How many steps are not printed, in a sentence; empty where all are."""
    hidden = len(steps) - MOST_STEPS
    if hidden <= 0:
        return ""
    more = ngettext("And %(number)s more step.", "And %(number)s more steps.", hidden)
    return more % {"number": words.number(hidden)}


def write_goals(material: Material) -> tuple[GoalRow, ...]:
    return tuple(_goal_row(material, goal) for goal in material.goals[:MOST_GOALS])


def more_goals(material: Material) -> str:
    """How many goals are not printed and where they stand; empty where all are."""
    hidden = len(material.goals) - MOST_GOALS
    if hidden <= 0:
        return ""
    more = ngettext(
        "And %(number)s more goal, in the account plan.",
        "And %(number)s more goals, in the account plan.",
        hidden,
    )
    return more % {"number": material.words.number(hidden)}


def write_decisions(material: Material) -> tuple[Decision, ...]:
    """Offers, approvals and steps that wait for the client, the longest waiting first."""
    words = material.words
    decisions = [
        Decision(
            _("Accept or decline our proposal “%(title)s”%(price)s")
            % {"title": proposal.title, "price": price_words(material, proposal)},
            sent_words(material, proposal),
        )
        for proposal in material.proposals
    ]
    for row in material.deliverables:
        is_submitted = (
            row.submitted_on is not None and material.period.start <= row.submitted_on <= material.as_of
        )
        if is_submitted and row.approved_on is None:
            since = _("with you since %(day)s") % {"day": words.short_day(row.submitted_on)}
            decisions.append(Decision(_("Approve “%(title)s”") % {"title": row.title}, since))
    for action in material.actions:
        if not action.is_ours and not done_on(material, action):
            due = _("by %(day)s") % {"day": words.short_day(action.due_on)} if action.due_on else ""
            decisions.append(Decision(action.title, due))
    if len(decisions) > MOST_DECISIONS:
        hidden = len(decisions) - MOST_DECISIONS + 1
        more = _("And %(number)s more things that we will go through with you") % {
            "number": words.spelt(hidden)
        }
        return (*decisions[: MOST_DECISIONS - 1], Decision(more, ""))
    return tuple(decisions)


def price_words(material: Material, proposal: object) -> str:
    """The price of an offer in brackets; empty if it names none."""
    amount = getattr(proposal, "amount", None)
    return "" if amount is None else f" ({material.words.money(amount, getattr(proposal, 'currency', ''))})"


def sent_words(material: Material, proposal: object) -> str:
    sent_at = getattr(proposal, "sent_at", None)
    day = material.words.short_day(material.local_day(sent_at)) if sent_at else NOTHING
    return _("sent %(day)s") % {"day": day}


def overdue_by_us(material: Material) -> list[ActionItem]:
    """Our own agreed steps that are past their day."""
    return [action for action in overdue_actions(material) if action.is_ours]


def overdue_actions(material: Material) -> list[ActionItem]:
    """Open steps of both sides that are past their day."""
    return [
        action
        for action in material.actions
        if action.due_on and action.due_on < material.as_of and not done_on(material, action)
    ]


def done_on(material: Material, action: ActionItem) -> date | None:
    """The day on which a step was done, as far as is known on the review's day."""
    return action.done_on if action.done_on and action.done_on <= material.as_of else None


def _ordered(steps: list[_Step]) -> list[_Step]:
    return sorted(steps, key=lambda step: (step.due or date.max, step.row.what))


def _action_row(material: Material, action: ActionItem) -> StepRow:
    done = done_on(material, action)
    return StepRow(
        what=action.title,
        side=material.agency if action.is_ours else material.client.name,
        owner=_owner(material, action),
        due=material.words.short_day(action.due_on),
        state=_done_state(material, action.due_on, done) if done else _open_state(material, action.due_on),
        plan_id=action.pk,
        due_on=action.due_on,
    )


def _owner(material: Material, action: ActionItem) -> str:
    if not action.is_ours:
        return _("You")
    return action.owner.name if action.owner else material.manager or material.agency


def _done_state(material: Material, due: date | None, done: date) -> State:
    words = material.words
    days = (done - due).days if due else 0
    if days > 0:
        return State(Tone.WARN, _("Done, %(days)s late") % {"days": words.days(days)})
    return State(Tone.GOOD, _("Done %(day)s") % {"day": words.short_day(done)})


def _open_state(material: Material, due: date | None) -> State:
    days = (material.as_of - due).days if due else 0
    if days > 0:
        return State(Tone.BAD, _("%(days)s late") % {"days": material.words.days(days)})
    return State(Tone.PLAIN, _("Planned") if due else _("No day agreed"))


def _goal_row(material: Material, goal: Goal) -> GoalRow:
    words, way = material.words, way_of(goal)
    return GoalRow(
        title=goal.title,
        metric=goal.metric,
        start=words.plain(goal.baseline),
        now=words.plain(goal.current),
        goal=words.plain(goal.target),
        due=words.short_day(goal.due_on),
        state=goal_state(material, goal),
        way=None if way is None else way.quantize(_SIX_PLACES),
        note=goal.status_note if _standing(material, goal) else "",
    )


def way_of(goal: Goal) -> Decimal | None:
    """The share of the way from start to goal that is done; negative behind the start, None if unknown."""
    if goal.current is None or goal.target is None or goal.baseline is None or goal.target == goal.baseline:
        return None
    return (goal.current - goal.baseline) / (goal.target - goal.baseline)


def is_goal_reached(material: Material, goal: Goal) -> bool:
    """Whether its values say so, or a person where nothing is measured. One that is on track is not reached."""
    is_judged_so = _standing(material, goal) == Goal.Standing.ACHIEVED
    return is_judged_so if goal.is_reached is None else goal.is_reached


def goal_state(material: Material, goal: Goal) -> State:
    """Reached, or missed by its day, if its values say so; else as a person judged it; else how far it is."""
    standing = _standing(material, goal)
    if is_goal_reached(material, goal):
        return State(Tone.GOOD, _("Reached"))
    if standing == Goal.Standing.DROPPED:
        return State(Tone.PLAIN, _("Given up"))
    is_over = goal.is_reached is False and goal.due_on is not None and goal.due_on < material.as_of
    if is_over or standing == Goal.Standing.MISSED:
        return State(Tone.BAD, _("Missed"))
    if standing == Goal.Standing.AT_RISK:
        return State(Tone.WARN, _("At risk"))
    if standing == Goal.Standing.ON_TRACK:
        return State(Tone.GOOD, _("On track"))
    return _measured_state(material, goal)


def _standing(material: Material, goal: Goal) -> Goal.Standing | None:
    """How a person judged it, as far as is known on the review's day."""
    return goal.standing if goal.status_on and goal.status_on <= material.as_of else None


def _measured_state(material: Material, goal: Goal) -> State:
    """How much of the way is done."""
    if goal.is_reached is None:
        return State(Tone.PLAIN, _("Not measured"))
    way = way_of(goal)
    if way is None:
        return State(Tone.PLAIN, _("On the way"))
    if way < 0:
        return State(Tone.WARN, _("Behind its start"))
    return State(Tone.PLAIN, _("%(share)s of the way") % {"share": material.words.percent(way, 1)})
