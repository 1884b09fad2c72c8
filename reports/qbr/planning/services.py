"""What is different for the reviews of one client."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Permission
from accounts.services import audit
from agencyam.exceptions import Refused
from clients.book.models import Client
from reports.qbr.models import QBRPlan
from reports.qbr.planning.plans import plan_for

_FIELDS = ("template", "paper", "language", "send_after_business_days", "is_paused")


class CannotChangePlan(Refused):
    """The choice is the owners'."""


@transaction.atomic
def save_plan(*, client: Client, choices: Mapping[str, Any], by: User) -> QBRPlan:
    """Write what is different for a client's reviews; `choices` are fields of QBRPlan.

    Only who may change the agency's settings gives a client a template under which owners approve their own
    reviews where that of the tier forbids it. Raises CannotChangePlan, ValidationError.
    """
    client = Client.objects.select_for_update().get(pk=client.pk)
    plan = find_plan(client=client) or QBRPlan(client=client)
    before = _values(plan)
    for name in _FIELDS:
        setattr(plan, name, choices[name])
    _check(plan, before["template"], by)
    plan.full_clean()
    plan.save()
    changes = {"client": client.name, **audit.changed_fields(before, _values(plan))}
    audit.record(by=by, action="qbrplan.save", target=plan, changes=changes)
    return plan


def find_plan(*, client: Client) -> QBRPlan | None:
    """What is different for the client, if anything is."""
    return QBRPlan.objects.filter(client=client).select_related("template").first()


def _check(plan: QBRPlan, before: str, by: User) -> None:
    is_other = plan.template is not None and str(plan.template) != before
    if not (is_other and plan.template and plan.template.is_own_approval_allowed):
        return
    if not plan_for(plan.client).usual.is_own_approval_allowed and not can(by, Permission.SETTINGS_CHANGE):
        raise CannotChangePlan(
            "Under this template people approve their own reviews. Only owners may choose it for a client."
        )


def _values(plan: QBRPlan) -> dict[str, Any]:
    return {name: str(plan.template or "") if name == "template" else getattr(plan, name) for name in _FIELDS}
