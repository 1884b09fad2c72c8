"""The page that is read first: sentences, tiles, what went well, what did not, and decisions. By rules."""

from clients.plans.models import ActionItem
from kpis.engine import Result
from kpis.formulas.definition import Direction
from kpis.formulas.target import Status
from reports.qbr import plan
from reports.qbr.delivery import delivery_sentence, late_sentence
from reports.qbr.document import GoalRow, StepRow, Summary, Tone
from reports.qbr.feedback import feedback_sentence
from reports.qbr.reading import Reading
from reports.qbr.scorecard import LABELS, target_words, value_words, write_tiles
from reports.qbr.service import service_sentence
from reports.qbr.words import count, listed

MOST_POINTS = 5
GOOD_POINTS = {
    "on_time_delivery_rate": "{value} of the work came on the agreed day (promised {target}).",
    "sla_attainment": "{value} of your messages were answered in the agreed time (promised {target}).",
    "first_response_hours": "Your requests got a first answer after {value} in the median (promised {target}).",
    "fcr": "{value} of your requests were solved with the first answer (goal {target}).",
    "nps": "Your recommendation score is {value} (goal {target}).",
    "csat": "{value} of your answers say that you are satisfied (goal {target}).",
}
BAD_POINTS = GOOD_POINTS | {
    "on_time_delivery_rate": "Only {value} of the work came on the agreed day; we promised {target}.",
    "sla_attainment": "Only {value} of your messages were answered in the agreed time; we promised {target}.",
    "first_response_hours": "First answers took {value} in the median; we promised {target}.",
    "fcr": "Only {value} of your requests were solved with the first answer; the goal is {target}.",
    "nps": "Your recommendation score is {value}; the goal is {target}.",
    "csat": "{value} of your answers say that you are satisfied; the goal is {target}.",
}


def write_summary(
    reading: Reading, actions: list[ActionItem], goals: tuple[GoalRow, ...], steps: tuple[StepRow, ...]
) -> Summary:
    return Summary(
        sentences=_sentences(reading, steps),
        tiles=write_tiles(reading),
        went_well=tuple(_went_well(reading, goals)[:MOST_POINTS]),
        did_not=tuple(_did_not(reading, actions, goals)[:MOST_POINTS]),
        decisions=plan.write_decisions(reading, actions),
    )


def _sentences(reading: Reading, steps: tuple[StepRow, ...]) -> tuple[str, ...]:
    sentences = [delivery_sentence(reading), service_sentence(reading), feedback_sentence(reading)]
    upcoming = [step for step in steps if step.state.tone is Tone.PLAIN]
    if upcoming:
        sentences.append(f"Next on the plan: {upcoming[0].what}, {upcoming[0].due}.")
    return tuple(sentences)


def _went_well(reading: Reading, goals: tuple[GoalRow, ...]) -> list[str]:
    met = [result for result in _judged(reading) if result.status is Status.MET]
    reached = [goal.title for goal in goals if goal.state.word == "Reached"]
    points = [_point(GOOD_POINTS, result) for result in met]
    if reached:
        points.append(f"{count(len(reached), 'goal')} reached: {listed(reached)}.")
    return points


def _did_not(reading: Reading, actions: list[ActionItem], goals: tuple[GoalRow, ...]) -> list[str]:
    missed = [result for result in _judged(reading) if result.status in (Status.NEAR, Status.MISSED)]
    points = [_point(BAD_POINTS, result) for result in missed]
    late = late_sentence(reading)
    overdue = [row.title for row in plan.overdue_promises(reading, actions)]
    failed = [goal.title for goal in goals if goal.state.tone is Tone.BAD]
    if late:
        points.append(late)
    if overdue:
        points.append(
            f"{count(len(overdue), 'step')} of ours {'is' if len(overdue) == 1 else 'are'} overdue: {listed(overdue)}."
        )
    if failed:
        points.append(f"{count(len(failed), 'goal')} not reached in time: {listed(failed)}.")
    return points


def _judged(reading: Reading) -> list[Result]:
    """Results with a verdict, in the scorecard's order."""
    found = [reading.results[key] for key in LABELS if key in reading.results and LABELS[key].is_judged]
    return [result for result in found if result.status is not Status.NOT_JUDGED]


def _point(templates: dict[str, str], result: Result) -> str:
    """One of the sentences above, filled in."""
    words = target_words(result, LABELS[result.kpi])
    sign = "at most " if result.definition.direction is Direction.DOWN else "at least "
    return templates[result.kpi].format(value=value_words(result), target=f"{sign}{words[2:]}")
