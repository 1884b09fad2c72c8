"""The account plan: steps agreed once, by whom, until when; goals and how they stand."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from clients.models import ActionItem, Goal
from clients.plans.services import (
    CannotAddAction,
    CannotFinishAction,
    CannotJudgeGoal,
    CannotMoveAction,
    add_action,
    finish_action,
    judge_goal,
    move_action,
    reopen_action,
)
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ActionItemFactory, ClientFactory, GoalFactory

TODAY = date(2026, 10, 5)


def add(client, **changes):
    about = {"title": "Film the shop", "is_ours": True, "owner": None, "due_on": date(2026, 11, 2), **changes}
    return add_action(client=client, today=TODAY, **about)


def test_a_step_of_ours_has_an_owner_and_is_noted(agency):
    client, anna = ClientFactory(), MemberFactory(name="Anna")

    action = add(client, title="  Film   the shop ", owner=anna, by=anna)

    assert (action.title, action.owner, action.is_ours, action.done_on) == ("Film the shop", anna, True, None)
    event = AuditEvent.objects.get(action="action.add")
    assert (event.changes["side"], event.changes["owner"]) == ("ours", "Anna")


def test_the_same_open_step_stays_one(agency):
    client, anna = ClientFactory(), MemberFactory()

    first, again = add(client, by=anna), add(client, by=anna)
    theirs = add(client, by=anna, is_ours=False)

    assert (again, ActionItem.objects.count()) == (first, 2)
    assert theirs != first


@pytest.mark.parametrize(
    "changes",
    [{"due_on": date(2026, 10, 4)}, {"is_ours": False, "owner": "member"}, {"owner": "former"}],
)
def test_a_step_that_nobody_can_do_is_refused(agency, changes):
    members = {"member": MemberFactory(), "former": MemberFactory(is_active=False)}
    changes = {
        name: members.get(value, value) if name == "owner" else value for name, value in changes.items()
    }

    with pytest.raises(CannotAddAction):
        add(ClientFactory(), by=MemberFactory(), **changes)

    assert ActionItem.objects.count() == 0


def test_a_step_needs_words(agency):
    with pytest.raises(ValidationError):
        add(ClientFactory(), by=MemberFactory(), title="  ")


def judge(goal, by, **changes):
    about = {"status": Goal.Standing.AT_RISK, "note": "The shop moved.", "current": goal.current, **changes}
    return judge_goal(goal=goal, by=by, today=TODAY, **about)


def test_how_a_goal_stands_is_written_with_its_reason_its_day_and_who_said_it(agency):
    goal, anna = GoalFactory(title="Sell more", current=Decimal(17), target=Decimal(24)), MemberFactory()

    judged = judge(goal, anna, note="  The   shop moved. ", current=Decimal("18.5"))

    goal.refresh_from_db()
    assert judged == goal
    assert (goal.standing, goal.status_note, goal.status_on) == ("at_risk", "The shop moved.", TODAY)
    assert goal.current == Decimal("18.5")
    event = AuditEvent.objects.get(action="goal.judge")
    assert event.actor == anna
    assert event.changes == {
        "client": goal.client.name,
        "status": ["", "at_risk"],
        "status_note": ["", "The shop moved."],
        "current": ["17", "18.5"],
    }


@pytest.mark.parametrize(
    ("baseline", "target", "current"), [(10, 24, 17), (None, 24, 17), (10, 2, 3)], ids=str
)
def test_what_was_measured_short_of_its_target_is_not_achieved(agency, baseline, target, current):
    goal = GoalFactory(baseline=baseline, target=target, current=current)

    with pytest.raises(CannotJudgeGoal):
        judge(goal, MemberFactory(), status=Goal.Standing.ACHIEVED)

    assert not Goal.objects.filter(status_on__isnull=False).exists()


@pytest.mark.parametrize("current", [None, Decimal(24)])
def test_what_is_reached_or_not_measured_can_be_achieved(agency, current):
    goal = GoalFactory(target=Decimal(24), current=Decimal(17))

    judged = judge(goal, MemberFactory(), status=Goal.Standing.ACHIEVED, current=current)

    assert judged.standing == Goal.Standing.ACHIEVED


def test_a_status_that_came_with_an_imported_book_is_nobodys_judgement(agency):
    assert GoalFactory(status="on_track").standing is None


def test_a_step_is_done_and_reopened_once_each_and_noted(agency):
    action, anna = ActionItemFactory(), MemberFactory()

    done = finish_action(action=action, by=anna, today=TODAY)
    with pytest.raises(CannotFinishAction):
        finish_action(action=action, by=anna, today=TODAY)
    reopened = reopen_action(action=action, by=anna)
    with pytest.raises(CannotFinishAction):
        reopen_action(action=action, by=anna)

    assert (done.done_on, reopened.done_on) == (TODAY, None)
    events = AuditEvent.objects.filter(actor=anna).order_by("pk").values_list("action", flat=True)
    assert list(events) == ["action.done", "action.reopen"]


def test_a_step_moves_to_another_day_and_the_old_one_is_noted(agency):
    action = ActionItemFactory(due_on=date(2026, 10, 1))

    moved = move_action(action=action, due_on=date(2026, 10, 9), by=MemberFactory(), today=TODAY)

    assert moved.due_on == date(2026, 10, 9)
    event = AuditEvent.objects.get(action="action.move")
    assert event.changes["due_on"] == ["2026-10-01", "2026-10-09"]


@pytest.mark.parametrize("due_on", [TODAY, date(2026, 10, 1), date(2027, 10, 7)])
def test_a_step_moves_only_ahead_and_not_for_ever(agency, due_on):
    action = ActionItemFactory(due_on=date(2026, 10, 1))

    with pytest.raises(CannotMoveAction):
        move_action(action=action, due_on=due_on, by=MemberFactory(), today=TODAY)

    action.refresh_from_db()
    assert action.due_on == date(2026, 10, 1)


def test_a_step_that_is_done_does_not_move(agency):
    action = ActionItemFactory(done_on=TODAY)

    with pytest.raises(CannotMoveAction):
        move_action(action=action, due_on=date(2026, 10, 9), by=MemberFactory(), today=TODAY)
