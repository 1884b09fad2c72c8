"""What the client's people told us; nothing that shows who said what unless they allowed it."""

from clients.feedback.models import Survey
from clients.growth import selectors as growth_selectors
from kpis.engine import Result
from reports.qbr.document import FeedbackMeasure, FeedbackSection, Quote
from reports.qbr.reading import Reading
from reports.qbr.scorecard import LABELS, state_of, target_words, value_words
from reports.qbr.words import NOTHING, count

MOST_QUOTES = 3
LONGEST_QUOTE = 600


def write_feedback(reading: Reading) -> FeedbackSection:
    asked = _asked(reading)
    measures = [_measure(reading, key, *asked[key]) for key in ("nps", "csat")]
    return FeedbackSection(
        lead=feedback_sentence(reading),
        measures=tuple(measure for measure in measures if measure is not None),
        quotes=tuple(_quotes(reading)),
    )


def feedback_sentence(reading: Reading) -> str:
    """How many were asked and how many answered."""
    asked = len(reading.invitations)
    answered = sum(row.is_answered for row in reading.invitations)
    if not asked:
        answers = _answers(reading)
        said = f"{count(answers, 'answer')} reached us without a question" if answers else ""
        return f"{said}." if said else "We did not ask for your opinion in this period."
    people = "one question" if asked == 1 else f"{asked:,} questions"
    return f"You answered {answered:,} of the {people} that we asked about our work."


def _answers(reading: Reading) -> int:
    results = [reading.results.get(key) for key in ("nps", "csat")]
    return sum(result.figure.n for result in results if result)


def _asked(reading: Reading) -> dict[str, tuple[int, int]]:
    """Per kind of survey how many were asked and how many of them answered."""
    kinds = dict(Survey.objects.values_list("book_id", "kind"))
    asked: dict[str, tuple[int, int]] = {"nps": (0, 0), "csat": (0, 0)}
    for row in reading.invitations:
        kind = kinds[row.survey]
        number, answered = asked[kind]
        asked[kind] = (number + 1, answered + row.is_answered)
    return asked


def _measure(reading: Reading, key: str, asked: int, answered: int) -> FeedbackMeasure | None:
    result, label = reading.results.get(key), LABELS[key]
    number = result.figure.n if result else 0
    if not asked and not number:
        return None
    target = target_words(result, label)
    return FeedbackMeasure(
        name=label.name,
        value=value_words(result),
        detail=_detail(key, result, target),
        answered=f"{answered:,} of {asked:,} asked answered" if asked else count(number, "answer"),
        state=state_of(result, label),
    )


def _detail(key: str, result: Result | None, target: str) -> str:
    if result is None or result.value is None:
        is_hidden = result is not None and result.figure.reason == "too_few_answers"
        return "Shown from three people on, so that nobody can be recognised." if is_hidden else ""
    goal = "" if target == NOTHING else f"Goal {target}. "
    if key == "nps":
        parts = result.figure.extra
        return (
            f"{goal}{parts['promoters']} would recommend us, {parts['passives']} are undecided, "
            f"{parts['detractors']} would not."
        )
    return f"{goal}{result.figure.numerator:.0f} of {count(result.figure.n, 'answer')} satisfied."


def _quotes(reading: Reading) -> list[Quote]:
    usable = growth_selectors.list_usable_testimonials(
        client=reading.client, start=reading.query.start, end=reading.query.cut_end
    )
    return [_quote(row.text, row.contact) for row in usable[:MOST_QUOTES]]


def _quote(text: str, contact) -> Quote:
    words = " ".join(text.split())
    short = words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"
    said_by = ", ".join(part for part in (contact.name, contact.job_title) if part) if contact else ""
    return Quote(text=short, said_by=said_by)
