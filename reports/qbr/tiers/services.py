"""What reviews of a tier begin with, as leaders and owners decide it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Permission
from accounts.services import audit
from agencyam.exceptions import Refused
from reports.qbr.draft import COVER, KEYS
from reports.qbr.models import QBRTemplate
from reports.qbr.stages.meetings import LONGEST_STEP, MOST_STEPS

_FIELDS = (
    "sections",
    "checklist",
    "paper",
    "language",
    "is_scheduled",
    "send_after_business_days",
    "is_own_approval_allowed",
)


class CannotChangeTemplate(Refused):
    """A section or step is not one that a review can have, or the choice is the owners'."""


@transaction.atomic
def save_template(*, tier: str, choices: Mapping[str, Any], by: User) -> QBRTemplate:
    """Write the template of a tier, made if there is none; `choices` are fields of QBRTemplate.

    Only who may change the agency's settings decides whether owners approve their own reviews.
    Raises CannotChangeTemplate, ValidationError.
    """
    template = QBRTemplate.objects.select_for_update().filter(tier=tier).first() or QBRTemplate(tier=tier)
    before = _values(template)
    for name in _FIELDS:
        if name in choices:
            setattr(template, name, choices[name])
    _check(template, before, by)
    template.full_clean()
    template.save()
    changes = {"tier": str(template), **audit.changed_fields(before, _values(template))}
    audit.record(by=by, action="qbrtemplate.save", target=template, changes=changes)
    return template


def _check(template: QBRTemplate, before: Mapping[str, Any], by: User) -> None:
    keys: Sequence[str] = [row["key"] for row in template.sections]
    if len(set(keys)) != len(keys) or set(keys) - {COVER, *KEYS}:
        raise CannotChangeTemplate("A template has each section once, and none that no review knows.")
    if template.sections and not any(row["is_shown"] for row in template.sections if row["key"] != COVER):
        raise CannotChangeTemplate("A review shows at least one section.")
    if len(template.checklist) > MOST_STEPS or any(len(step) > LONGEST_STEP for step in template.checklist):
        raise CannotChangeTemplate(f"The checklist has at most {MOST_STEPS} lines of {LONGEST_STEP} letters.")
    is_other = template.is_own_approval_allowed != before["is_own_approval_allowed"]
    if is_other and not can(by, Permission.SETTINGS_CHANGE):
        raise CannotChangeTemplate("Only owners decide whether people may approve their own reviews.")


def _values(template: QBRTemplate) -> dict[str, Any]:
    return {name: getattr(template, name) for name in _FIELDS}
