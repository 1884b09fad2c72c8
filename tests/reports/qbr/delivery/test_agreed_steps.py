"""What a client agreed to under a review stands beside that step: in the client's plan and on its owner's day."""

from datetime import timedelta

import pytest
import time_machine

from clients.models import ActionItem
from reports.models import QBRAgreement, QBRLink
from reports.qbr.delivery import answers
from reports.qbr.delivery.sending import send_qbr
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ActionItemFactory, ClientFactory, ContactFactory
from tests.queries import queries_of
from tests.reports import books

LATER = books.NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def soon():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(member):
    """Of two readers; one step of ours and one of theirs are promised."""
    client = ClientFactory(name="Northwind Ltd", book_id="c1")
    for number, name in enumerate(("Julia Ramos", "Łukasz Lindqvist", "Maya Berg")):
        ContactFactory(client=client, name=name, email=f"reader{number}@northwind.example")
    due_on = books.TODAY + timedelta(days=5)
    ActionItemFactory(client=client, title="Send the plan", owner=member, due_on=due_on)
    ActionItemFactory(client=client, title="Open the shop", is_ours=False, due_on=due_on + timedelta(days=1))
    return client


@pytest.fixture
def links(client, member):
    """The open links of a review that was sent, by their readers' names."""
    send_qbr(qbr=books.make_printed(client, member), by=member, today=books.TODAY, now=books.NOW)
    return {link.contact.name: link for link in QBRLink.objects.filter(purpose="review")}


def notes(browser, client):
    steps = browser.get(f"/clients/{client.pk}/").context["page"].steps
    return {step.action.title: step.note for step in steps}


def day_of(browser):
    day = browser.get("/").context["day"]
    return {row.title: row.detail for row in [*day.overdue, *day.due, *day.upcoming]}


def test_an_agreement_knows_the_step_of_the_plan(client, links):
    agreed = answers.agree(link=links["Julia Ramos"], positions=[0, 1], now=books.NOW)

    assert [row.action.title for row in agreed] == ["Send the plan", "Open the shop"]


def test_it_stands_beside_the_step_in_the_plan_and_on_its_owners_day(sign_in, member, client, links):
    answers.agree(link=links["Julia Ramos"], positions=[0], now=books.NOW)
    browser = sign_in(member)

    words = f"agreed by Julia Ramos on {books.NOW.day} {books.NOW:%b}"
    assert notes(browser, client) == {"Send the plan": words, "Open the shop": ""}
    assert day_of(browser)["Send the plan"] == words
    assert words in browser.get(f"/clients/{client.pk}/").text


def test_of_many_who_agreed_two_are_named_each_once(sign_in, member, client, links):
    for reader in ("Julia Ramos", "Łukasz Lindqvist"):
        answers.agree(link=links[reader], positions=[0], now=books.NOW)
    two = notes(sign_in(member), client)["Send the plan"]
    answers.agree(link=links["Maya Berg"], positions=[0], now=LATER)
    again = QBRAgreement.objects.get(contact__name="Julia Ramos")
    QBRAgreement.objects.create(
        qbr=again.qbr, contact=again.contact, position=9, what="x", action=again.action, agreed_at=LATER
    )

    three = notes(sign_in(member), client)["Send the plan"]

    day = f"{books.NOW.day} {books.NOW:%b}"
    later = f"{LATER.day} {LATER:%b}"
    assert two == f"agreed by Julia Ramos on {day} and Łukasz Lindqvist on {day}"
    assert three == f"agreed by Julia Ramos on {later}, Łukasz Lindqvist on {day} and 1 more"


def test_a_step_that_left_the_plan_leaves_the_agreement(client, links):
    answers.agree(link=links["Julia Ramos"], positions=[0], now=books.NOW)

    ActionItem.objects.get(title="Send the plan").delete()

    kept = QBRAgreement.objects.get()
    assert (kept.what, kept.action) == ("Send the plan", None)


def test_a_step_that_left_the_plan_before_can_still_be_agreed_to(client, links):
    ActionItem.objects.all().delete()

    (agreed,) = answers.agree(link=links["Julia Ramos"], positions=[0], now=books.NOW)

    assert (agreed.what, agreed.action) == ("Send the plan", None)


def test_the_number_of_queries_does_not_grow_with_agreed_steps(sign_in, member, client, links):
    link = links["Julia Ramos"]
    browser = sign_in(member)
    answers.agree(link=link, positions=[0], now=books.NOW)
    few = queries_of(lambda: browser.get("/"))
    for number in range(29):
        action = ActionItemFactory(client=client, title=f"Step {number}", owner=member, due_on=books.TODAY)
        QBRAgreement.objects.create(
            qbr=link.qbr,
            contact=link.contact,
            position=number + 2,
            what=action.title,
            action=action,
            agreed_at=books.NOW,
        )

    many = queries_of(lambda: browser.get("/"))

    assert len(many) == len(few)


def test_who_does_not_look_after_the_client_sees_the_step_nowhere(sign_in, client, links):
    answers.agree(link=links["Julia Ramos"], positions=[0], now=books.NOW)

    assert "Send the plan" not in day_of(sign_in(MemberFactory()))
