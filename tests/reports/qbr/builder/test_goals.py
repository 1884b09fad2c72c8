"""How a goal stands: said in the builder, written into the plan, printed in this review and asked again in the next."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from clients.models import Goal
from reports.qbr.printing.html import to_html
from reports.qbr.writing.drafting import write_review
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory, GoalFactory
from tests.reports import books
from tests.reports.qbr.builder.drafts import make_draft

DATA = {"status": "at_risk", "current": "18.5", "note": "The new shop opened in September, not in July."}


@pytest.fixture
def anna(agency):
    return MemberFactory(name="Anna")


@pytest.fixture
def draft(agency):
    return make_draft(ClientFactory(name="Northwind Ltd"))


@pytest.fixture
def goal(draft):
    values = {"baseline": Decimal(12), "current": Decimal(17), "target": Decimal(24)}
    return GoalFactory(client=draft.client, title="Sell more", due_on=date(2099, 1, 1), **values)


def url(draft, goal):
    return reverse("reports:goal-judge", args=[draft.pk, goal.pk])


def document_of(draft):
    return write_review(qbr=draft, now=books.NOW, settings=books.make_settings()).document


def test_what_is_said_of_a_goal_stands_in_the_plan_and_in_print(sign_in, draft, goal, anna):
    Goal.objects.update(status_on=None)
    browser = sign_in(anna)

    shown = browser.get(url(draft, goal)).content.decode()
    answer = browser.post(url(draft, goal), DATA)

    goal.refresh_from_db()
    Goal.objects.update(status_on=books.TODAY)
    document = document_of(draft)
    assert "start 12, goal 24." in shown
    assert (answer.status_code, answer.url.partition("?")[0]) == (
        302,
        reverse("reports:builder-detail", args=[draft.pk]),
    )
    assert (goal.standing, goal.current) == (Goal.Standing.AT_RISK, Decimal("18.5"))
    (row,) = document.goals
    assert (row.now, row.state.word, row.note) == ("18.5", "At risk", DATA["note"])
    assert DATA["note"] in to_html(document, has_logo=False)


@pytest.mark.parametrize(
    ("values", "status", "word"),
    [
        ({}, "on_track", "On track"),
        ({}, "missed", "Missed"),
        ({}, "dropped", "Given up"),
        ({"current": None}, "achieved", "Reached"),
        ({"current": Decimal(24)}, "at_risk", "Reached"),
        ({"due_on": date(2026, 9, 1)}, "on_track", "Missed"),
        ({"status_on": date(2026, 10, 6)}, "missed", "42% of the way"),
    ],
    ids=str,
)
def test_values_weigh_more_than_words_and_words_of_later_days_nothing(draft, goal, values, status, word):
    values = {"status_on": books.TODAY, "current": Decimal(17), **values}
    Goal.objects.update(status=status, **values)

    (row,) = document_of(draft).goals

    assert row.state.word == word


def test_a_goal_at_risk_needs_a_reason_and_one_judged_long_ago_is_asked_again(sign_in, draft, goal, anna):
    Goal.objects.update(status="at_risk", status_on=date(2026, 8, 1))
    address = reverse("reports:builder-detail", args=[draft.pk])
    browser = sign_in(anna)

    before = browser.get(address).content.decode()
    Goal.objects.update(status_note="The shop moved.", status_on=books.TODAY)
    after = browser.get(address).content.decode()

    reason, again = "“Sell more”, is “At risk” and has no reason", "Does “Sell more” still stand"
    assert (reason in before, again in before) == (True, True)
    assert (reason in after, again in after) == (False, False)
    assert "The shop moved." in after


@pytest.mark.parametrize(
    "changes",
    [{"status": ""}, {"status": "fine"}, {"current": "much"}, {"status": "achieved"}, {"note": "x" * 301}],
)
def test_what_cannot_be_said_of_a_goal_is_explained_in_the_form(sign_in, draft, goal, anna, changes):
    answer = sign_in(anna).post(url(draft, goal), DATA | changes)

    goal.refresh_from_db()
    assert answer.status_code == 422
    assert goal.status_on is None


def test_a_goal_of_another_client_is_not_there(sign_in, draft, anna):
    other = GoalFactory(client=ClientFactory())

    assert sign_in(anna).post(url(draft, other), DATA).status_code == 404


def test_in_a_private_portfolio_nobody_judges_goals_of_somebody_elses_client(sign_in, draft, goal, anna):
    books.make_settings(is_portfolio_private=True)

    assert sign_in(anna).post(url(draft, goal), DATA).status_code == 404
