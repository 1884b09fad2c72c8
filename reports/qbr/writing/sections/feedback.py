"""Feedback: what people at the client answered, with how many of how many, over the last periods."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.direct.feedback import MINIMUM_RESPONDENTS
from kpis.engine import Result
from reports.qbr.document import FeedbackMeasure, FeedbackSection, Quote
from reports.qbr.drawn import AnswerPeriod, SharePeriod
from reports.qbr.words import NOTHING
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.measures import state_of, target_words, value_words

LONGEST_QUOTE = 400
_SIX_PLACES = Decimal("0.000001")


def write_feedback(material: Material) -> FeedbackSection:
    measures = tuple(
        measure
        for measure in (
            _nps(material, material.results.get("nps")),
            _csat(material, material.results.get("csat")),
        )
        if measure is not None
    )
    csat = material.results.get("csat")
    return FeedbackSection(
        lead=_lead(material),
        measures=measures,
        quotes=_quotes(material),
        recommending=_recommending(material),
        satisfied=_satisfied(material),
        satisfied_target=csat.target if csat else None,
    )


def _lead(material: Material) -> str:
    words = material.words
    asked = material.results.get("survey_response_rate")
    answers = sum(result.figure.n for key in ("nps", "csat") if (result := material.results.get(key)))
    if not asked or not asked.figure.n:
        if answers:
            return _("You gave us %(answers)s.") % {"answers": words.answers(answers)}
        return _("No survey answers in %(span)s.") % {"span": words.span(material.cut)}
    number = asked.figure.n
    answered = int(asked.figure.numerator or 0)
    if not answered:
        said = ngettext(
            "We asked once and got no answer.", "We asked %(number)s times and got no answer.", number
        ) % {"number": words.spelt(number)}
        better = _("If there is a better way to ask you, tell us.")
        return f"{said} {better}"
    if answered == number:
        return ngettext(
            "The one survey question that we sent was answered.",
            "All %(number)s survey questions that we sent were answered.",
            number,
        ) % {"number": words.spelt(number)}
    return ngettext(
        "One of %(whole)s survey questions that we sent was answered.",
        "%(begin)s of %(whole)s survey questions that we sent were answered.",
        answered,
    ) % words.alike(answered, number)


def _nps(material: Material, result: Result | None) -> FeedbackMeasure | None:
    if result is None or not result.figure.n:
        return None
    words = material.words
    answers = words.answers(result.figure.n)
    if result.value is None:
        few = _("Shown from %(number)s answers on, so that nobody can be recognised") % {
            "number": words.spelt(MINIMUM_RESPONDENTS)
        }
        return FeedbackMeasure(_("Would you recommend us?"), NOTHING, few, answers, None)
    parts = _("%(promoters)s would, %(passives)s might, %(detractors)s would not") % {
        name: words.number(result.figure.extra[name]) for name in ("promoters", "passives", "detractors")
    }
    name = _("Would you recommend us? (NPS)")
    return FeedbackMeasure(name, value_words(words, result), parts, answers, state_of(result))


def _csat(material: Material, result: Result | None) -> FeedbackMeasure | None:
    if result is None or not result.figure.n or result.value is None:
        return None
    words = material.words
    satisfied = int(result.figure.numerator or 0)
    detail = ngettext(
        "%(part)s of %(whole)s was satisfied", "%(part)s of %(whole)s were satisfied", satisfied
    ) % {"part": words.number(satisfied), "whole": words.number(result.figure.n)}
    target = target_words(words, result)
    if target:
        detail = _("%(detail)s; target %(target)s") % {"detail": detail, "target": target}
    answers = words.answers(result.figure.n)
    name = _("Satisfied with an answer (CSAT)")
    return FeedbackMeasure(name, value_words(words, result), detail, answers, state_of(result))


def _recommending(material: Material) -> tuple[AnswerPeriod, ...]:
    """Periods with enough answers to be shown, oldest first; drawn from two of them on."""
    return tuple(
        AnswerPeriod(
            label=material.words.label(period),
            promoters=result.figure.extra["promoters"],
            passives=result.figure.extra["passives"],
            detractors=result.figure.extra["detractors"],
            score=value_words(material.words, result),
        )
        for period, results in material.history
        if (result := results.get("nps")) and result.value is not None
    )


def _satisfied(material: Material) -> tuple[SharePeriod, ...]:
    """The share of satisfied answers in each period, oldest first; None where under three answered."""
    rows = []
    for period, results in material.history:
        result = results.get("csat")
        share = None
        if result and result.value is not None and result.figure.n >= MINIMUM_RESPONDENTS:
            share = result.value.quantize(_SIX_PLACES)
        rows.append(SharePeriod(material.words.label(period), share))
    return tuple(rows)


def _quotes(material: Material) -> tuple[Quote, ...]:
    return tuple(
        Quote(_shortened(row.text), row.contact.name if row.contact else material.client.name)
        for row in material.testimonials
    )


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
