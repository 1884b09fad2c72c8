"""Feedback: what people at the client answered, with how many of how many."""

from kpis.direct.feedback import MINIMUM_RESPONDENTS
from kpis.engine import Result
from reports.qbr.document import FeedbackMeasure, FeedbackSection, Quote
from reports.qbr.material import Material
from reports.qbr.sections.measures import state_of, target_words, value_words
from reports.qbr.words import count, out_of, spelt

LONGEST_QUOTE = 400


def write_feedback(material: Material) -> FeedbackSection:
    measures = tuple(
        measure
        for measure in (_nps(material.results.get("nps")), _csat(material.results.get("csat")))
        if measure is not None
    )
    return FeedbackSection(lead=_lead(material), measures=measures, quotes=_quotes(material))


def _lead(material: Material) -> str:
    asked = material.results.get("survey_response_rate")
    answers = sum(result.figure.n for key in ("nps", "csat") if (result := material.results.get(key)))
    if not asked or not asked.figure.n:
        if answers:
            return f"You gave us {count(answers, 'answer')}."
        return f"No survey answers this {material.span_noun}."
    answered = int(asked.figure.numerator or 0)
    if not answered:
        return f"We asked {_times(asked.figure.n)} and got no answer. If there is a better way to ask you, tell us."
    were = "was" if asked.figure.n == 1 else "were"
    return f"{out_of(answered, asked.figure.n, 'survey question')} that we sent {were} answered."


def _times(number: int) -> str:
    return "once" if number == 1 else f"{spelt(number)} times"


def _nps(result: Result | None) -> FeedbackMeasure | None:
    if result is None or not result.figure.n:
        return None
    if result.value is None:
        few = f"Shown from {spelt(MINIMUM_RESPONDENTS)} answers on, so that nobody can be recognised"
        return FeedbackMeasure("Would you recommend us?", "–", few, _answers(result), None)
    extra = result.figure.extra
    parts = f"{extra['promoters']} would, {extra['passives']} might, {extra['detractors']} would not"
    return FeedbackMeasure(
        "Would you recommend us? (NPS)", value_words(result), parts, _answers(result), state_of(result)
    )


def _csat(result: Result | None) -> FeedbackMeasure | None:
    if result is None or not result.figure.n or result.value is None:
        return None
    satisfied = f"{int(result.figure.numerator or 0)} of {result.figure.n} were satisfied"
    target = target_words(result)
    detail = f"{satisfied}; target {target}" if target else satisfied
    return FeedbackMeasure(
        "Satisfied with an answer (CSAT)", value_words(result), detail, _answers(result), state_of(result)
    )


def _answers(result: Result) -> str:
    return count(result.figure.n, "answer")


def _quotes(material: Material) -> tuple[Quote, ...]:
    return tuple(
        Quote(_shortened(row.text), row.contact.name if row.contact else material.client.name)
        for row in material.testimonials
    )


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
