"""The audit trail: who did what to what, in the transaction that did it."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from agencyam.locks import wait_for
from agencyam.logs import request_id


@transaction.atomic
def record(
    *,
    by: User | None,
    action: str,
    target: models.Model | None = None,
    changes: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add a row to the trail and chain it to the row before.

    `by` is None for the system itself. Call it last in a service: from here to the end of the transaction
    other writers of this agency wait. The one service that reads the clock, because its time is evidence.
    """
    wait_for("audit")
    last_hash = AuditEvent.objects.order_by("-pk").values_list("hash", flat=True).first() or ""
    event = AuditEvent(
        at=timezone.now(),
        actor=by,
        action=action,
        target_type=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        target_label=str(target)[:300] if target else "",
        changes=dict(changes or {}),
        request_id=_current_request_id(),
        prev_hash=last_hash,
    )
    event.hash = event.expected_hash()
    event.save(force_insert=True)
    return event


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """`{field: [old, new]}` of the fields that differ, for `changes`."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def _current_request_id() -> str:
    current = request_id.get()
    return "" if current == "-" else current
