"""From the book and the engine to a finished document."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import AgencySettings
from agencyam.periods import Period
from clients.book.models import Client
from reports.qbr.document import Cover, QBRDocument
from reports.qbr.writing.material import Material, read_material
from reports.qbr.writing.sections.commercials import write_commercials
from reports.qbr.writing.sections.delivery import write_delivery
from reports.qbr.writing.sections.feedback import write_feedback
from reports.qbr.writing.sections.measures import write_measures, write_scorecard
from reports.qbr.writing.sections.opportunities import MOST_OPPORTUNITIES, list_opportunities
from reports.qbr.writing.sections.plan import (
    MOST_STEPS,
    list_next_steps,
    list_promises,
    more_goals,
    more_steps,
    write_decisions,
    write_goals,
)
from reports.qbr.writing.sections.risks import MOST_RISKS, list_risks
from reports.qbr.writing.sections.service import write_service
from reports.qbr.writing.sections.summary import write_summary


def build_document(
    *,
    client: Client,
    period: Period,
    as_of: date,
    now: datetime,
    settings: AgencySettings,
    language: str = "en",
    paper: str = "a4",
) -> QBRDocument:
    """The review of a client's period as known at the close of `as_of`, prepared at `now`.

    `language` is en or de, `paper` a4 or letter.

    Raises kpis.direct.waterfall.DoesNotAddUp if the numbers disagree with one another.
    """
    material = read_material(
        client=client, period=period, as_of=as_of, now=now, settings=settings, language=language
    )
    return compose(material, paper=paper)


def compose(material: Material, *, paper: str = "a4") -> QBRDocument:
    """The document of what was read, every section in its usual place, in the material's language."""
    with override(material.words.language):
        return _compose(material, paper)


def _compose(material: Material, paper: str) -> QBRDocument:
    commercials = write_commercials(material)
    promises, next_steps = list_promises(material), list_next_steps(material)
    risks, opportunities = list_risks(material), list_opportunities(material)
    return QBRDocument(
        cover=_cover(material, paper),
        summary=write_summary(material, write_decisions(material)),
        scorecard=write_scorecard(material),
        service=write_service(material),
        delivery=write_delivery(material),
        feedback=write_feedback(material),
        promises=tuple(promises[:MOST_STEPS]),
        goals=write_goals(material),
        next_steps=tuple(next_steps[:MOST_STEPS]),
        commercials=commercials,
        measures=write_measures(material, has_fees=commercials.fees is not None),
        risks=tuple(risks[:MOST_RISKS]),
        opportunities=tuple(opportunities[:MOST_OPPORTUNITIES]),
        more_goals=more_goals(material),
        more_risks=material.words.more(risks, MOST_RISKS),
        more_opportunities=material.words.more(opportunities, MOST_OPPORTUNITIES),
        more_promises=more_steps(promises, material.words),
        more_next_steps=more_steps(next_steps, material.words),
    )


def _title(months: int | None) -> str:
    titles = {1: _("Monthly Review"), 3: _("Quarterly Business Review"), 12: _("Annual Business Review")}
    return titles.get(months or 0, _("Business Review"))


def _cover(material: Material, paper: str) -> Cover:
    words, settings = material.words, material.settings
    last = material.cut.end - timedelta(days=1)
    period = words.span(material.period)
    if material.is_partial:
        period = _("%(period)s, until %(day)s") % {"period": period, "day": words.day(last)}
    return Cover(
        agency=material.agency,
        client=material.client.name,
        title=_title(material.period.months),
        period=period,
        period_short=words.label(material.period),
        prepared_by=material.manager or material.agency,
        prepared_on=words.day(material.prepared_on),
        known_until=words.day(material.as_of),
        created=material.prepared_on.isoformat(),
        brand_color=settings.brand_color,
        accent_color=settings.accent_color,
        language=words.tag,
        paper=paper,
        form=words.form,
        heading_font=settings.heading_font,
    )
