"""Work over all agencies, one after the other; one agency's failure does not stop the rest."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from agencyam.tenancy.context import nobody_bound, tenant_context
from agencyam.tenancy.models import Agency

logger = logging.getLogger(__name__)


@dataclass
class FleetReport:
    """What became of each agency, by slug."""

    done: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def for_each_agency(work: Callable[[Agency], object]) -> FleetReport:
    """Call ``work(agency)`` inside each ready agency. Never raises for one agency; read the report."""
    report = FleetReport()
    for agency in list(Agency.objects.ready().order_by("pk")):
        try:
            with tenant_context(agency):
                work(agency)
        except Exception as error:
            logger.exception("Work on agency %s failed", agency.slug)
            report.failed[agency.slug] = f"{type(error).__name__}: {error}"
        else:
            report.done.append(agency.slug)
    return report


def get_ready_agency(pk: int) -> Agency | None:
    """The agency if it may be worked on now, else None. Fresh from the database, for background work."""
    with nobody_bound(), transaction.atomic():
        return Agency.objects.ready().filter(pk=pk).first()


def find_ready_agency(slug: str) -> Agency | None:
    """The agency of this short name if it may be worked on now; for what arrives on the installation's own address."""
    return Agency.objects.ready().filter(slug=slug).first()
