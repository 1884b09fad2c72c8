"""Steps of the account plan: agreed once, by whom, until when."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from clients.models import ActionItem
from clients.plans.services import CannotAddAction, add_action
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory

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
