"""Base classes of Celery tasks."""

from typing import Any

from celery.contrib.django.task import DjangoTask

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.fleet import get_ready_agency


class PublicTask(DjangoTask):
    """A task of the kernel that works on the public schema and opens agencies by itself."""

    abstract = True


class AgencyTask(DjangoTask):
    """A task that takes its agency as an explicit argument, opens it here and fails closed.

    Switching in a signal handler runs on in the public schema when it fails; here nothing runs unless the
    agency is ready and bound. The default base of every task in this project.
    """

    abstract = True

    def __call__(self, *args: Any, agency_id: int, **kwargs: Any) -> Any:
        agency = get_ready_agency(agency_id)
        if agency is None:
            return None
        with tenant_context(agency):
            return self.run(*args, **kwargs)
