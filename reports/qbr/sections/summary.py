"""The summary: three sentences, four tiles, what went well and what did not. Written by rules from the numbers."""

from decimal import Decimal

from kpis.direct.feedback import MINIMUM_RESPONDENTS
from kpis.engine import Result
from kpis.formulas.target import Status
from reports.qbr.document import Decision, Summary, Tile, Tone
from reports.qbr.material import Material
from reports.qbr.sections.delivery import due_pieces
from reports.qbr.sections.measures import state_of, target_words, value_words
from reports.qbr.sections.plan import goal_state, overdue_by_us
from reports.qbr.sections.service import counted_waits
from reports.qbr.words import NOTHING, count, hours, listed, out_of, percent, spelt

MOST_POINTS = 4
# A share that moved less than this is called unchanged.
NOTABLE = Decimal("0.01")


def write_summary(material: Material, decisions: tuple[Decision, ...]) -> Summary:
    well, badly = _went_well(material), _did_not(material)
    return Summary(
        sentences=_sentences(material, decisions),
        tiles=_tiles(material),
        went_well=tuple(listed(well, MOST_POINTS)) or (_nothing(material, "Nothing stood out."),),
        did_not=tuple(listed(badly, MOST_POINTS)) or (_nothing(material, "Nothing missed its mark."),),
        decisions=decisions,
    )


def _nothing(material: Material, otherwise: str) -> str:
    has_numbers = any(result.value is not None for result in material.results.values())
    return otherwise if has_numbers else "Too little happened to say."


def _sentences(material: Material, decisions: tuple[Decision, ...]) -> tuple[str, ...]:
    asked = (
        f"We need {_decisions(len(decisions))} from you." if decisions else "We need no decision from you."
    )
    sentences = [_on_service(material), _on_delivery(material), _on_feedback(material)]
    said = [sentence for sentence in sentences if sentence]
    if not said:
        said = [
            f"{material.words.span(material.cut)} was quiet: no messages, nothing due, no answers to our questions."
        ]
    return (*said, asked)


def _decisions(number: int) -> str:
    return "one decision" if number == 1 else f"{spelt(number)} decisions"


def _on_service(material: Material) -> str:
    decided, late = counted_waits(material)
    if not decided:
        return ""
    result = material.results["sla_attainment"]
    if not late:
        what = "your one message" if len(decided) == 1 else f"all {len(decided):,} of your messages"
        return f"We answered {what} within the promised time{_movement(material, 'sla_attainment')}."
    target = f" (target {target_words(result)})" if result.target is not None else ""
    return (
        f"We answered {value_words(result)} of your {count(len(decided), 'message')} within the promised time"
        f"{target}{_movement(material, 'sla_attainment')}."
    )


def _movement(material: Material, key: str) -> str:
    """How a share moved against the period before; empty where there is nothing to compare."""
    now, then = material.results.get(key), material.earlier.get(key)
    if now is None or then is None or now.value is None or then.value is None:
        return ""
    if abs(now.value - then.value) < NOTABLE:
        return f", as in {material.before.label}"
    return (
        f", {'up' if now.value > then.value else 'down'} from {value_words(then)} in {material.before.label}"
    )


def _on_delivery(material: Material) -> str:
    due = due_pieces(material)
    if not due:
        return ""
    on_time = sum(piece.is_on_time for piece in due)
    ours = sum(piece.is_ours for piece in due)
    if on_time == len(due):
        return (
            "The one piece of work due came on time."
            if on_time == 1
            else f"All {spelt(on_time)} pieces of work due came on time."
        )
    late = sum(piece.is_late for piece in due)
    sentence = f"{out_of(on_time, len(due), 'piece')} of work came on time"
    if not late:
        return f"{sentence}; the rest is due today."
    if not ours:
        return f"{sentence}; where not, we waited for you."
    return f"{sentence}; {spelt(ours)} {'was' if ours == 1 else 'were'} late on our side."


def _on_feedback(material: Material) -> str:
    nps, csat = material.results.get("nps"), material.results.get("csat")
    if nps and nps.value is not None:
        return f"On recommending us you gave {value_words(nps)} (NPS, {count(nps.figure.n, 'answer')}){_points_moved(material)}."
    if csat and csat.value is not None and csat.figure.n >= MINIMUM_RESPONDENTS:
        satisfied, answers = int(csat.figure.numerator or 0), csat.figure.n
        return f"{out_of(satisfied, answers, 'answer')} on our help said satisfied."
    return ""


def _points_moved(material: Material) -> str:
    then = material.earlier.get("nps")
    return (
        f", after {value_words(then)} in {material.before.label}" if then and then.value is not None else ""
    )


def _tiles(material: Material) -> tuple[Tile, ...]:
    nps = material.results.get("nps")
    last = "nps" if nps and nps.value is not None else "csat"
    labels = {
        "sla_attainment": "Answered in time",
        "first_response_hours": "Usual first answer",
        "on_time_delivery_rate": "Delivered on time",
        last: "Would recommend us" if last == "nps" else "Satisfied",
    }
    return tuple(_tile(material.results.get(key), key, label) for key, label in labels.items())


def _tile(result: Result | None, key: str, label: str) -> Tile:
    if result is None or result.value is None:
        return Tile(label=label, value=NOTHING, detail="", state=state_of(result))
    target = target_words(result)
    detail = f"target {target}" if target else ""
    return Tile(label=label, value=value_words(result), detail=detail, state=state_of(result))


def _went_well(material: Material) -> list[str]:
    points = [
        f"Goal reached: {goal.title}."
        for goal in material.goals
        if goal_state(material, goal).tone == Tone.GOOD
    ]
    met = {key: result for key, result in material.results.items() if result.status == Status.MET}
    if "on_time_delivery_rate" in met:
        rate = met["on_time_delivery_rate"]
        points.append(
            f"{value_words(rate)} of the work due came on time; the target was {target_words(rate)}."
        )
    if "sla_attainment" in met:
        rate = met["sla_attainment"]
        points.append(
            f"{value_words(rate)} of your messages were answered in time; the target was {target_words(rate)}."
        )
    points += _faster(material)
    if "csat" in met:
        points.append(f"{value_words(met['csat'])} of your answers said satisfied.")
    if "nps" in met:
        points.append(f"You would recommend us: {value_words(met['nps'])}.")
    if "fcr" in met:
        points.append(f"{value_words(met['fcr'])} of your requests were solved at the first contact.")
    return points


def _faster(material: Material) -> list[str]:
    now, then = material.results.get("first_response_hours"), material.earlier.get("first_response_hours")
    if now is None or then is None or now.value is None or then.value is None:
        return []
    if now.value > then.value * Decimal("0.8"):
        return []
    return [f"First answers came sooner: half within {hours(now.value)}, after {hours(then.value)} before."]


def _did_not(material: Material) -> list[str]:
    """Our own misses first, each with what it was."""
    decided, late = counted_waits(material)
    points = []
    if late:
        longest = max(wait.hours for wait in late)
        share = percent(len(late), len(decided))
        points.append(
            f"{count(len(late), 'message')} ({share}) waited longer than promised, up to {hours(longest)}."
        )
    for piece in sorted(
        (piece for piece in due_pieces(material) if piece.is_ours), key=lambda piece: -piece.days_late
    ):
        came = "came" if piece.delivered_on else "is"
        points.append(f"“{piece.title}” {came} {count(piece.days_late, 'day')} late, on our side.")
    points += [f"We still owe you: {title}." for title in overdue_by_us(material)]
    points += [
        f"Goal missed: {goal.title}."
        for goal in material.goals
        if goal_state(material, goal).tone == Tone.BAD
    ]
    missed = {
        key: result
        for key, result in material.results.items()
        if result.status in (Status.NEAR, Status.MISSED)
    }
    if "csat" in missed:
        points.append(
            f"Only {value_words(missed['csat'])} of your answers said satisfied; the target is {target_words(missed['csat'])}."
        )
    if "nps" in missed:
        points.append(
            f"You would recommend us less than we aim for: {value_words(missed['nps'])}, target {target_words(missed['nps'])}."
        )
    if "fcr" in missed:
        share, target = value_words(missed["fcr"]), target_words(missed["fcr"])
        points.append(f"{share} of your requests were solved at the first contact; the target is {target}.")
    return points
