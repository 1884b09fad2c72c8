"""What a review says: live while it is a draft, and with the versions of its definitions once it is frozen."""

from datetime import date, datetime

from accounts.models import AgencySettings
from agencyam.periods import Period
from kpis.choices.selectors import query_for, versions_of
from reports.qbr.document import QBRDocument
from reports.qbr.drafting import write_review
from reports.qbr.material import KEYS
from reports.qbr.models import QBR


def write_document(*, qbr: QBR, now: datetime, settings: AgencySettings) -> QBRDocument:
    """The document of a review as its draft stands. Raises DoesNotAddUp if the numbers disagree."""
    return write_review(qbr=qbr, now=now, settings=settings).document


def definitions_of(*, period: Period, as_of: date, settings: AgencySettings) -> dict[str, int]:
    """The version of the definition of each number that a review prints, by its key."""
    versions = versions_of(query_for(period=period, as_of=as_of, by="client", settings=settings))
    return {key: versions[key] for key in sorted(KEYS)}
