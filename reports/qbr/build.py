"""From the book and the engine to a finished document."""

from datetime import date, datetime, timedelta

from accounts.models import AgencySettings
from agencyam.periods import Period
from clients.book.models import Client
from reports.qbr.document import Cover, QBRDocument
from reports.qbr.material import Material, read_material
from reports.qbr.sections.commercials import write_commercials
from reports.qbr.sections.delivery import write_delivery
from reports.qbr.sections.feedback import write_feedback
from reports.qbr.sections.measures import write_measures, write_scorecard
from reports.qbr.sections.plan import write_decisions, write_goals, write_next_steps, write_promises
from reports.qbr.sections.service import write_service
from reports.qbr.sections.summary import write_summary

_TITLES = {1: "Monthly Review", 3: "Quarterly Business Review", 12: "Annual Business Review"}


def build_document(
    *, client: Client, period: Period, as_of: date, now: datetime, settings: AgencySettings
) -> QBRDocument:
    """The review of a client's period as known at the close of `as_of`, prepared at `now`.

    Raises kpis.direct.waterfall.DoesNotAddUp if the numbers disagree with one another.
    """
    material = read_material(client=client, period=period, as_of=as_of, now=now, settings=settings)
    commercials = write_commercials(material)
    return QBRDocument(
        cover=_cover(material),
        summary=write_summary(material, write_decisions(material)),
        scorecard=write_scorecard(material),
        service=write_service(material),
        delivery=write_delivery(material),
        feedback=write_feedback(material),
        promises=write_promises(material),
        goals=write_goals(material),
        next_steps=write_next_steps(material),
        commercials=commercials,
        measures=write_measures(material, has_fees=commercials.fees is not None),
    )


def _cover(material: Material) -> Cover:
    words, settings = material.words, material.settings
    last = material.cut.end - timedelta(days=1)
    return Cover(
        agency=material.agency,
        client=material.client.name,
        title=_TITLES.get(material.period.months or 0, "Business Review"),
        period=words.span(material.period) + (f", until {words.day(last)}" if material.is_partial else ""),
        period_short=material.period.label,
        prepared_by=material.manager or material.agency,
        prepared_on=words.day(material.prepared_on),
        known_until=words.day(material.as_of),
        created=material.prepared_on.isoformat(),
        brand_color=settings.brand_color,
        accent_color=settings.accent_color,
        language=words.tag,
    )
