from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.roles import Role
from accounts.services import audit
from agencyam.exceptions import Refused

MEMBER_FIELDS = frozenset({"name", "fte", "is_carrying_clients", "starts_on"})


class CannotCreateMember(Refused):
    pass


class CannotUpdateMember(Refused):
    pass


class CannotDeactivateMember(Refused):
    pass


class CannotChangeRole(Refused):
    pass


@transaction.atomic
def create_member(
    *,
    by: User | None,
    email: str,
    name: str,
    role: str = Role.ACCOUNT_MANAGER,
    password: str | None = None,
    book_id: str | None = None,
    fte: Decimal = Decimal(1),
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_carrying_clients: bool | None = None,
) -> User:
    """Add a member. Without a password they cannot sign in until they set one through the reset mail.

    Members who are no account managers carry no clients unless said otherwise.
    Raises CannotCreateMember if the address is taken, ValidationError for a field or a weak password.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise CannotCreateMember(f"A member with the address {email} exists already.")
    if is_carrying_clients is None:
        is_carrying_clients = role == Role.ACCOUNT_MANAGER
    member = User(
        email=email,
        name=name.strip(),
        role=role,
        fte=fte,
        starts_on=starts_on,
        ends_on=ends_on,
        is_carrying_clients=is_carrying_clients,
    )
    if book_id is not None:
        member.book_id = book_id
    if password is None:
        member.set_unusable_password()
    else:
        validate_password(password, user=member)
        member.set_password(password)
    member.full_clean()
    member.save()
    audit.record(by=by, action="member.create", target=member, changes={"role": role, "email": email})
    return member


@transaction.atomic
def update_member(*, by: User | None, member: User, **fields: Any) -> User:
    """Change the fields of MEMBER_FIELDS that `fields` names. Raises CannotUpdateMember, ValidationError."""
    unknown = sorted(set(fields) - MEMBER_FIELDS)
    if unknown:
        raise CannotUpdateMember(f"A member has no field called {unknown[0]}.")
    member = User.objects.select_for_update().get(pk=member.pk)
    before = {name: getattr(member, name) for name in fields}
    for name, value in fields.items():
        setattr(member, name, value)
    member.full_clean()
    member.save(update_fields=list(fields))
    changes = audit.changed_fields(before, {name: getattr(member, name) for name in fields})
    if changes:
        audit.record(by=by, action="member.update", target=member, changes=changes)
    return member


@transaction.atomic
def deactivate_member(*, by: User | None, member: User, ends_on: date | None = None) -> User:
    """End a member's access: no sign-in, all sessions ended; `ends_on` is their first day away.

    Raises CannotDeactivateMember, ValidationError.
    """
    member = User.objects.select_for_update().get(pk=member.pk)
    if not member.is_active:
        raise CannotDeactivateMember(f"{member.name} has no access already.")
    if _is_last_owner(member):
        raise CannotDeactivateMember("The agency needs an owner: make someone else an owner first.")
    member.is_active = False
    member.session_epoch += 1
    changes = {} if ends_on is None else {"ends_on": [member.ends_on, ends_on]}
    member.ends_on = ends_on or member.ends_on
    member.full_clean()
    member.save(update_fields=["is_active", "session_epoch", "ends_on"])
    audit.record(by=by, action="member.deactivate", target=member, changes=changes)
    return member


@transaction.atomic
def reactivate_member(*, by: User | None, member: User) -> User:
    """Let a former member sign in again, without an end. Their old sessions stay ended."""
    member = User.objects.select_for_update().get(pk=member.pk)
    changes = {"ends_on": [member.ends_on, None]} if member.ends_on else {}
    member.is_active = True
    member.ends_on = None
    member.save(update_fields=["is_active", "ends_on"])
    audit.record(by=by, action="member.reactivate", target=member, changes=changes)
    return member


@transaction.atomic
def change_role(*, by: User | None, member: User, role: str) -> User:
    """Give a member another role; it holds from their next request. Raises CannotChangeRole."""
    member = User.objects.select_for_update().get(pk=member.pk)
    if role not in Role.values:
        raise CannotChangeRole(f"There is no role called {role}.")
    if role != Role.OWNER and _is_last_owner(member):
        raise CannotChangeRole("The agency needs an owner: make someone else an owner first.")
    before = member.role
    member.role = role
    member.save(update_fields=["role"])
    audit.record(by=by, action="member.change_role", target=member, changes={"role": [before, role]})
    return member


@transaction.atomic
def end_sessions(*, by: User | None, member: User) -> User:
    """End every session of the member, on every device; a view that keeps its own renews it afterwards."""
    User.objects.filter(pk=member.pk).update(session_epoch=F("session_epoch") + 1)
    member.refresh_from_db(fields=["session_epoch"])
    audit.record(by=by, action="member.end_sessions", target=member)
    return member


def _is_last_owner(member: User) -> bool:
    """The rows of all owners are locked, so that two owners cannot take each other's role at once."""
    if member.role != Role.OWNER or not member.is_active:
        return False
    owners = User.objects.active().filter(role=Role.OWNER).order_by("pk").select_for_update()
    return [owner.pk for owner in owners] == [member.pk]
