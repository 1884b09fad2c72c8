from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.zones import known_zones
from clients.book.models import Assignment, Client, Contact
from clients.changes.models import Change
from clients.changes.services import note_change

CLIENT_FIELDS = frozenset({"name", "tier", "industry", "segment", "time_zone", "currency", "tags"})


class CannotSaveClient(Refused):
    pass


class CannotArchiveClient(Refused):
    pass


class CannotAssignManager(Refused):
    pass


@transaction.atomic
def add_client(*, by: User, name: str, **fields: Any) -> Client:
    """Add a client; `fields` are those of CLIENT_FIELDS. Raises CannotSaveClient, ValidationError."""
    client = Client()
    _set_fields(client, {"name": name, **fields})
    client.full_clean()
    client.save()
    audit.record(by=by, action="client.add", target=client)
    return client


@transaction.atomic
def update_client(*, by: User, client: Client, **fields: Any) -> Client:
    """Change the fields named; the others stay. Raises CannotSaveClient, ValidationError."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    before = {name: getattr(client, name) for name in fields if name in CLIENT_FIELDS}
    _set_fields(client, fields)
    client.full_clean()
    client.save(update_fields=sorted(before))
    changes = audit.changed_fields(before, {name: getattr(client, name) for name in before})
    if changes:
        audit.record(by=by, action="client.update", target=client, changes=changes)
        note_change(area=Change.Area.BOOK, by=by, client_id=client.pk, target=client)
    return client


@transaction.atomic
def archive_client(*, by: User, client: Client, archived_on: date) -> Client:
    """Take a client off the lists from a day on; its history stays. Raises CannotArchiveClient."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.archived_on is not None:
        raise CannotArchiveClient(f"{client.name} is archived already.")
    client.archived_on = archived_on
    client.save(update_fields=["archived_on"])
    audit.record(by=by, action="client.archive", target=client, changes={"archived_on": [None, archived_on]})
    note_change(area=Change.Area.BOOK, by=by, client_id=client.pk, target=client, first_on=archived_on)
    return client


@transaction.atomic
def add_contact(
    *, by: User, client: Client, name: str, email: str = "", job_title: str = "", buying_role: str = ""
) -> Contact:
    """Add a person at a client. Raises ValidationError."""
    contact = Contact(
        client=client, name=name.strip(), email=email.strip(), job_title=job_title, buying_role=buying_role
    )
    contact.full_clean()
    contact.save()
    audit.record(by=by, action="contact.add", target=contact, changes={"client": client.name})
    return contact


@transaction.atomic
def mark_contact_left(*, by: User, contact: Contact, left_on: date) -> Contact:
    """Note that a person has left the client: no more mail to them from that day on."""
    before = contact.left_on
    contact.left_on = left_on
    contact.full_clean()
    contact.save(update_fields=["left_on"])
    audit.record(by=by, action="contact.leave", target=contact, changes={"left_on": [before, left_on]})
    return contact


@transaction.atomic
def assign_primary_manager(*, by: User, client: Client, member: User, starts_on: date) -> Assignment:
    """Make a member the client's primary manager from a day on; the one before ends on that day.

    Raises CannotAssignManager when the member has no access, holds the place already, or someone is to
    take it over later than `starts_on`.
    """
    if not member.is_active:
        raise CannotAssignManager(f"{member.name} has no access any more.")
    places = Assignment.objects.primary().filter(client=client).select_for_update()
    if places.filter(starts_on__gte=starts_on).exists():
        raise CannotAssignManager(f"{client.name} has a primary manager who starts on {starts_on} or later.")
    present = places.active_on(starts_on).first()
    if present is not None and present.member_id == member.pk:
        raise CannotAssignManager(f"{member.name} is the primary manager of {client.name} already.")
    if present is not None:
        present.ends_on = starts_on
        present.save(update_fields=["ends_on"])
    assignment = Assignment(client=client, member=member, role=Assignment.Role.PRIMARY, starts_on=starts_on)
    assignment.full_clean()
    assignment.save()
    changes = {"member": [present.member.name if present else None, member.name], "starts_on": starts_on}
    audit.record(by=by, action="client.assign_primary", target=client, changes=changes)
    note_change(area=Change.Area.BOOK, by=by, client_id=client.pk, target=assignment, first_on=starts_on)
    return assignment


def _set_fields(client: Client, fields: dict[str, Any]) -> None:
    unknown = sorted(set(fields) - CLIENT_FIELDS)
    if unknown:
        raise CannotSaveClient(f"A client has no field called {unknown[0]}.")
    for name, value in fields.items():
        setattr(client, name, _tidy_tags(value) if name == "tags" else value)
    client.name = client.name.strip()
    if client.time_zone and client.time_zone not in known_zones():
        raise CannotSaveClient(f"There is no time zone called {client.time_zone}.")


def _tidy_tags(tags: Iterable[str]) -> list[str]:
    """Lower case, each once, in order."""
    return sorted({tag.strip().lower() for tag in tags if tag.strip()})
