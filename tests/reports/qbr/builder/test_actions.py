"""From a review into the client's plan, and back into this draft and the next review."""

from datetime import date

import pytest
from django.urls import reverse

from agencyam.periods import Period
from clients.models import ActionItem
from reports.qbr.writing.drafting import write_review
from reports.qbr.writing.material import read_material
from reports.qbr.writing.sections.plan import list_promises
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory
from tests.reports import books
from tests.reports.qbr.builder.drafts import make_draft


@pytest.fixture
def anna(agency):
    return MemberFactory(name="Anna")


@pytest.fixture
def draft(agency):
    return make_draft(ClientFactory(name="Northwind Ltd"))


def url(qbr):
    return reverse("reports:action-add", args=[qbr.pk])


def test_an_agreed_step_is_in_the_plan_the_draft_and_the_next_reviews_promises(sign_in, draft, anna):
    data = {"title": "Film the shop", "side": "ours", "owner": anna.pk, "due_on": "2099-11-02"}

    answer = sign_in(anna).post(url(draft), data)

    action = ActionItem.objects.get()
    settings = books.make_settings()
    document = write_review(qbr=draft, now=books.NOW, settings=settings).document
    following = read_material(
        client=draft.client,
        period=Period(date(2099, 10, 1), date(2100, 1, 1)),
        as_of=date(2100, 1, 5),
        now=books.NOW,
        settings=settings,
    )
    assert answer.status_code == 302
    assert (action.client, action.owner, action.due_on) == (draft.client, anna, date(2099, 11, 2))
    assert [(row.what, row.owner) for row in document.next_steps] == [("Film the shop", "Anna")]
    assert [(row.what, row.owner) for row in list_promises(following)] == [("Film the shop", "Anna")]


def test_a_promise_of_this_review_is_on_the_clients_page_and_comes_back_with_its_state(sign_in, draft, anna):
    browser = sign_in(anna)
    for title, due in (("Film the shop", "2099-11-02"), ("Move the tags", "2099-11-20")):
        browser.post(url(draft), {"title": title, "side": "ours", "owner": anna.pk, "due_on": due})

    page = browser.get(reverse("clients:client-detail", args=[draft.client.pk])).content.decode()
    ActionItem.objects.filter(title="Film the shop").update(done_on=date(2099, 11, 1))
    following = read_material(
        client=draft.client,
        period=Period(date(2099, 10, 1), date(2100, 1, 1)),
        as_of=date(2100, 1, 5),
        now=books.NOW,
        settings=books.make_settings(),
    )

    listed = page[page.index('id="actions"') :]
    assert ("Film the shop" in listed, "Move the tags" in listed) == (True, True)
    assert [(row.what, row.state.word) for row in list_promises(following)] == [
        ("Film the shop", "Done 1 Nov 2099"),
        ("Move the tags", "46 days late"),
    ]


def test_a_step_of_the_client_has_no_owner_of_ours(sign_in, draft, anna):
    data = {"title": "Send photos", "side": "theirs", "owner": anna.pk, "due_on": "2099-11-02"}

    sign_in(anna).post(url(draft), data)

    action = ActionItem.objects.get()
    assert (action.is_ours, action.owner) == (False, None)


@pytest.mark.parametrize(
    "changes",
    [{"title": " "}, {"side": "nobody"}, {"due_on": "2020-01-01"}, {"due_on": "soon"}, {"owner": "0"}],
)
def test_what_is_no_step_is_said_in_the_form(sign_in, draft, anna, changes):
    data = {"title": "Send photos", "side": "ours", "owner": "", "due_on": "2099-11-02", **changes}

    answer = sign_in(anna).post(url(draft), data)

    assert answer.status_code == 422
    assert ActionItem.objects.count() == 0


def test_in_a_private_portfolio_nobody_plans_for_somebody_elses_client(sign_in, draft, anna):
    books.make_settings(is_portfolio_private=True)

    assert sign_in(anna).get(url(draft)).status_code == 404
