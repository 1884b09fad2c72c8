"""An agency's life: creating, ready, suspended, deleting. Runs in the public schema."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from agencyam.tenancy.canary.models import Canary
from agencyam.tenancy.connection import connection
from agencyam.tenancy.context import has_agency, tenant_context, unguarded
from agencyam.tenancy.models import Agency, Domain

HALF_MADE_AFTER = timedelta(minutes=15)


class CannotCreateAgency(ValueError):
    """The slug is taken or malformed, or an agency is bound already."""


class CannotChangeAgency(ValueError):
    """The wanted state cannot follow the present one."""


def create_agency(*, slug: str, name: str) -> Agency:
    """Make an agency with its schema, address, canary and settings row; ready when this returns.

    A process that dies midway leaves a row in state *creating*, which is neither served nor scheduled
    and which ``reap_half_made`` removes. Raises CannotCreateAgency.
    """
    if has_agency():
        raise CannotCreateAgency("An agency cannot be made from inside another one.")
    agency = _insert_row(slug=slug, name=name)
    with unguarded():
        agency.create_schema(check_if_exists=True, verbosity=0)
    with tenant_context(agency), transaction.atomic():
        Canary.objects.create(schema_name=agency.schema_name, agency_uuid=agency.uuid)
        import_string(settings.AGENCY_BOOTSTRAP)(name=name)
    return _move(agency, Agency.Status.READY, allowed_from={Agency.Status.CREATING})


def suspend_agency(*, agency: Agency) -> Agency:
    """Stop serving and scheduling an agency; its data stays. Raises CannotChangeAgency."""
    return _move(agency, Agency.Status.SUSPENDED, allowed_from={Agency.Status.READY})


def resume_agency(*, agency: Agency) -> Agency:
    """Serve a suspended agency again. Raises CannotChangeAgency."""
    return _move(agency, Agency.Status.READY, allowed_from={Agency.Status.SUSPENDED})


def delete_agency(*, agency: Agency) -> None:
    """Drop a suspended or half-made agency: schema, addresses, jobs, row. Raises CannotChangeAgency."""
    allowed = {Agency.Status.SUSPENDED, Agency.Status.CREATING, Agency.Status.DELETING}
    _move(agency, Agency.Status.DELETING, allowed_from=allowed)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(agency.schema_name)} CASCADE")
    Agency.objects.filter(pk=agency.pk).delete()


def reap_half_made(*, now: datetime) -> list[str]:
    """Remove agencies that have been in state *creating* for 15 minutes. Returns their slugs."""
    half_made = Agency.objects.filter(status=Agency.Status.CREATING, created_at__lt=now - HALF_MADE_AFTER)
    removed = []
    for agency in half_made.order_by("pk"):
        delete_agency(agency=agency)
        removed.append(agency.slug)
    return removed


@transaction.atomic
def _insert_row(*, slug: str, name: str) -> Agency:
    agency = Agency(slug=slug, name=name)
    try:
        agency.full_clean()
    except ValidationError as error:
        raise CannotCreateAgency(f"Agency '{slug}': {' '.join(error.messages)}") from error
    agency.save()
    Domain.objects.create(domain=f"{slug}.{settings.PUBLIC_HOST}", tenant=agency, is_primary=True)
    return agency


def _move(agency: Agency, to: Agency.Status, *, allowed_from: set[Agency.Status]) -> Agency:
    changed = Agency.objects.filter(pk=agency.pk, status__in=allowed_from).update(status=to)
    if not changed:
        raise CannotChangeAgency(
            f"Agency '{agency.slug}' cannot become {to.label.lower()} from its present state."
        )
    agency.status = to
    return agency
