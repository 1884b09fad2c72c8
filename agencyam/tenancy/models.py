"""The public schema's two tables: which agencies there are and at which addresses."""

import secrets
import string
import uuid
from typing import Never

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django_tenants.models import DomainMixin, TenantMixin

SCHEMA_NAME = r"^t_[a-z0-9]{16}$"
SLUG = r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$"
_ALPHABET = string.ascii_lowercase + string.digits


def new_schema_name() -> str:
    """A schema name that nobody typed: ``t_`` and 16 random letters or digits."""
    return "t_" + "".join(secrets.choice(_ALPHABET) for _ in range(16))


class AgencyQuerySet(models.QuerySet["Agency"]):
    def ready(self) -> "AgencyQuerySet":
        """Agencies that may be served and scheduled."""
        return self.filter(status=Agency.Status.READY)


class Agency(TenantMixin):
    """A tenant: one agency, one schema. Create through ``tenancy.services.create_agency`` only."""

    class Status(models.TextChoices):
        CREATING = "creating", "Creating"
        READY = "ready", "Ready"
        SUSPENDED = "suspended", "Suspended"
        DELETING = "deleting", "Deleting"

    auto_create_schema = False
    auto_drop_schema = False
    clone_mode = "NODATA"

    schema_name = models.CharField(
        max_length=18,
        unique=True,
        default=new_schema_name,
        editable=False,
        validators=[RegexValidator(SCHEMA_NAME)],
    )
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(max_length=32, unique=True, validators=[RegexValidator(SLUG)])
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATING)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.CheckConstraint(
                condition=Q(schema_name__regex=SCHEMA_NAME), name="agency_schema_name_generated"
            ),
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="agency_slug_is_host_label"),
            models.CheckConstraint(
                condition=Q(status__in=["creating", "ready", "suspended", "deleting"]),
                name="agency_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __enter__(self) -> Never:
        raise TypeError("Use 'with tenant_context(agency):'. 'with agency:' leaks between threads.")


class Domain(DomainMixin):
    """An address of an agency, lower case, without a port."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(domain__regex=r"^[a-z0-9.-]+$"), name="domain_lower_case"),
        ]

    def __str__(self) -> str:
        return self.domain
