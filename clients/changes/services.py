"""The journal of what was written, about which days: numbers are worked out again from it."""

from datetime import date

from django.db.models import Model

from accounts.models import User
from clients.changes.models import Change


def note_change(
    *,
    area: str,
    by: User | None,
    first_on: date | None = None,
    last_on: date | None = None,
    client_id: int | None = None,
    target: Model | None = None,
    label: str = "",
    origin: str = "",
) -> Change:
    """Say which days of a client a write tells about, in the transaction of the write.

    Without a client it is about all of them; `first_on` None is from the beginning, `last_on` None without
    an end. `target` is the row that was written; `label` what people call it. The caller is a service.
    """
    return Change.objects.create(
        client_id=client_id,
        area=area,
        first_on=first_on,
        last_on=last_on,
        target_type=target._meta.model_name or "" if target is not None else "",
        target_id=str(getattr(target, "book_id", target.pk)) if target is not None else "",
        label=(label or (str(target) if target is not None else ""))[:300],
        by=by,
        origin=origin,
    )
