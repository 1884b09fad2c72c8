"""The verbs of the account plan."""

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from agencyam.exceptions import Refused
from clients.book.models import Client
from clients.plans.models import ActionItem


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
