from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.periods import local_day
from clients.book.models import Client, Contact
from clients.changes.models import Change
from clients.changes.services import note_change
from clients.touchpoints.models import Touchpoint
from clients.touchpoints.permissions import may_cancel


class CannotLogTouchpoint(Refused):
    pass


class CannotCancelTouchpoint(Refused):
    pass


@transaction.atomic
def log_touchpoint(
    *,
    by: User,
    client: Client,
    occurred_at: datetime,
    channel: str,
    direction: str,
    summary: str,
    now: datetime,
    contact: Contact | None = None,
) -> Touchpoint:
    """Record a conversation that took place. Raises CannotLogTouchpoint, ValidationError."""
    if occurred_at > now:
        raise CannotLogTouchpoint("A touchpoint is logged once it has taken place: its time lies ahead.")
    if contact is not None and contact.client_id != client.pk:
        raise CannotLogTouchpoint(f"{contact.name} is no contact of {client.name}.")
    touchpoint = Touchpoint(
        client=client,
        contact=contact,
        member=by,
        occurred_at=occurred_at,
        channel=channel,
        direction=direction,
        summary=summary.strip(),
    )
    touchpoint.full_clean()
    touchpoint.save()
    audit.record(by=by, action="touchpoint.log", target=touchpoint, changes={"client": client.name})
    _note(touchpoint, by=by)
    return touchpoint


@transaction.atomic
def cancel_touchpoint(*, by: User, touchpoint: Touchpoint) -> Touchpoint:
    """Take a touchpoint out of the numbers; the timeline keeps it. Raises CannotCancelTouchpoint."""
    if not may_cancel(by, touchpoint):
        raise CannotCancelTouchpoint("Only who logged a touchpoint cancels it, or somebody who leads.")
    touchpoint = Touchpoint.objects.select_for_update().get(pk=touchpoint.pk)
    if not touchpoint.is_held:
        raise CannotCancelTouchpoint("This touchpoint is cancelled already.")
    touchpoint.status = Touchpoint.Status.CANCELLED
    touchpoint.save(update_fields=["status"])
    audit.record(by=by, action="touchpoint.cancel", target=touchpoint)
    _note(touchpoint, by=by)
    return touchpoint


def _note(touchpoint: Touchpoint, *, by: User) -> None:
    day = local_day(touchpoint.occurred_at, get_settings().time_zone)
    note_change(
        area=Change.Area.TOUCHPOINTS,
        by=by,
        client_id=touchpoint.client_id,
        target=touchpoint,
        first_on=day,
        last_on=day,
    )
