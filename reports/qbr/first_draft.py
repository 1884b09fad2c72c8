"""The first texts of a review, written by rules from what the document itself is written from.

Only sentences about what the client knows, did or was promised. What the agency keeps to itself (health, churn
risk, margin, confidence, its own list of opportunities) is not among the material, so no rule can use it.
"""

from datetime import timedelta
from decimal import Decimal

from clients.contracts.models import ContractLine
from clients.plans.models import Goal
from kpis.formulas.target import Status
from reports.qbr.changes import quiet_words, write_changes
from reports.qbr.document import Tone
from reports.qbr.material import Material
from reports.qbr.sections.commercials import is_running
from reports.qbr.sections.delivery import due_pieces, list_pieces
from reports.qbr.sections.measures import NAMES, target_words, value_words
from reports.qbr.sections.plan import done_on, goal_state, write_promises
from reports.qbr.sentences import Sentence, as_list, client_rows, number_rows
from reports.qbr.words import count, hours, out_of, plain

MOST_SENTENCES = 6
# A contract that ends within so many days of the period's close is talked about.
DAYS_AHEAD = 120
# Hours beyond what was agreed by this part are worth a word.
NOTABLE_HOURS = Decimal("1.1")
_ADVICE = {
    "sla_attainment": "We recommend marking what is urgent, so that we answer it first.",
    "on_time_delivery_rate": "We recommend going through the plan together and agreeing which pieces come first.",
    "fcr": "We recommend that each request names the page, the day and what you expect, so that our first answer can be the last.",
    "nps": "We recommend a talk with those who answered about what would make our work more useful.",
    "csat": "We recommend a talk about the answers that did not help.",
    "survey_response_rate": "We recommend agreeing whom we ask, and when.",
}


def write_sentences(material: Material) -> list[Sentence]:
    """Every sentence of the first draft, by section, each with the rows that it rests on."""
    return [
        *_summary(material),
        *_promises(material),
        *_risks(material)[:MOST_SENTENCES],
        *_opportunities(material)[:MOST_SENTENCES],
    ]


def first_texts(sentences: list[Sentence]) -> dict[str, str]:
    """The HTML of each section that has sentences."""
    by_section: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        by_section.setdefault(sentence.section, []).append(sentence)
    return {section: _html(section, own) for section, own in by_section.items()}


def _html(section: str, sentences: list[Sentence]) -> str:
    if len(sentences) == 1:
        return f"<p>{sentences[0].html}</p>"
    heading = "<h3>What changed most</h3>" if section == "summary" else ""
    return heading + as_list(sentences)


def _summary(material: Material) -> list[Sentence]:
    rows = number_rows(material, "sla_attainment", "Numbers of this client")
    return write_changes(material) or [Sentence("summary", quiet_words(material), (rows,))]


def _promises(material: Material) -> list[Sentence]:
    """How many of the steps of both sides were kept by their day."""
    steps = write_promises(material)
    if not steps:
        return []
    kept = sum(step.state.tone == Tone.GOOD for step in steps)
    were = "was" if len(steps) == 1 or kept == 1 < len(steps) else "were"
    text = f"{out_of(kept, len(steps), 'step')} that we had agreed {were} done by the day."
    return [Sentence("promises", text, (client_rows(material, "actions", "Agreed steps"),))]


def _risks(material: Material) -> list[Sentence]:
    """What may keep the next period from going well, each with what is done about it."""
    return [*_goals_at_risk(material), *_late_steps(material), *_open_work(material), *_endings(material)]


def _goals_at_risk(material: Material) -> list[Sentence]:
    rows = (client_rows(material, "goals", "Goals"),)
    sentences = []
    for goal in material.goals:
        tone = goal_state(material, goal).tone
        if tone in (Tone.BAD, Tone.WARN):
            text = f"{_standing(material, goal, tone)} We bring a way forward to the meeting."
            sentences.append(Sentence("risks", text, rows))
    return sentences


def _standing(material: Material, goal: Goal, tone: Tone) -> str:
    where = f"at {plain(goal.current)}, the goal is {plain(goal.target)}"
    if tone == Tone.BAD:
        return (
            f"“{goal.title}” was not reached by {material.words.short_day(goal.due_on)}: it stands {where}."
        )
    return f"“{goal.title}” stands {where}, behind where it began ({plain(goal.baseline)})."


def _late_steps(material: Material) -> list[Sentence]:
    rows = (client_rows(material, "actions", "Agreed steps"),)
    sentences = []
    for action in material.actions:
        if done_on(material, action) or not action.due_on or action.due_on >= material.as_of:
            continue
        since = material.words.short_day(action.due_on)
        if action.is_ours:
            text = f"We still owe you “{action.title}”, due on {since}. We name a new day in the meeting."
        else:
            text = (
                f"“{action.title}” has waited for you since {since}. Tell us what you need from us to do it."
            )
        sentences.append(Sentence("risks", text, rows))
    return sentences


def _open_work(material: Material) -> list[Sentence]:
    rows = (number_rows(material, "on_time_delivery_rate", "Work due"),)
    late = [piece for piece in list_pieces(material) if piece.delivered_on is None and piece.is_late]
    return [
        Sentence(
            "risks",
            f"“{piece.title}” was due on {material.words.short_day(piece.promised_on)} and is still open"
            + (", on our side. We name a new day." if piece.is_ours else ", while we wait for you."),
            rows,
        )
        for piece in late
    ]


def _endings(material: Material) -> list[Sentence]:
    """Running services that end soon and do not renew by themselves; only what the contract says."""
    close = material.cut.end - timedelta(days=1)
    rows = (client_rows(material, "lines", "Contracts"),)
    return [
        Sentence("risks", _ending(material, line), rows)
        for line in material.lines
        if line.is_recurring
        and is_running(line, close)
        and line.last_day is not None
        and line.last_day <= close + timedelta(days=DAYS_AHEAD)
        and not line.is_auto_renewing
        and not _is_followed(material, line)
    ]


def _is_followed(material: Material, line: ContractLine) -> bool:
    """Whether the same service goes on under another line."""
    return any(
        other.service_id == line.service_id and other.pk != line.pk and other.starts_on == line.ends_on
        for other in material.lines
    )


def _ending(material: Material, line: ContractLine) -> str:
    until = material.words.short_day(line.last_day)
    return (
        f"{line.service.name} is under contract until {until}. We talk in the meeting about how it goes on."
    )


def _opportunities(material: Material) -> list[Sentence]:
    return [*_offers(material), *_targets_missed(material), *_hours_over(material)]


def _offers(material: Material) -> list[Sentence]:
    """Proposals that the client has and has not answered."""
    words, sentences = material.words, []
    for proposal in material.proposals:
        price = "" if proposal.amount is None else f" ({words.money(proposal.amount, proposal.currency)})"
        sent = (
            f", sent on {words.short_day(material.local_day(proposal.sent_at))}" if proposal.sent_at else ""
        )
        text = f"Our proposal “{proposal.title}”{price}{sent} waits for your decision."
        sentences.append(Sentence("opportunities", text, (client_rows(material, "proposals", "Proposals"),)))
    return sentences


def _targets_missed(material: Material) -> list[Sentence]:
    sentences = []
    for key, advice in _ADVICE.items():
        result = material.results.get(key)
        if result is None or result.status not in (Status.MISSED, Status.NEAR):
            continue
        stand = f"{NAMES[key]}: {value_words(result)}, target {target_words(result)}."
        if key == "on_time_delivery_rate" and (waited := _waited_for_client(material)):
            advice = (
                f"{waited} We recommend agreeing, piece by piece, the day on which your material is with us."
            )
        rows = (number_rows(material, key, result.definition.name),)
        sentences.append(Sentence("opportunities", f"{stand} {advice}", rows))
    return sentences


def _waited_for_client(material: Material) -> str:
    """How many late pieces waited for the client, where those were most of them; else empty."""
    late = [piece for piece in due_pieces(material) if piece.is_late]
    waited = sum(not piece.is_ours for piece in late)
    if 2 * waited <= len(late):
        return ""
    return f"{count(waited, 'piece')} of {count(len(late), 'late one')} waited for you."


def _hours_over(material: Material) -> list[Sentence]:
    totals: dict[str, list[Decimal]] = {}
    for row in material.usage:
        total = totals.setdefault(row.line.service.name, [Decimal(0), Decimal(0)])
        total[0] += row.hours_used or 0
        total[1] += row.hours_budget or 0
    return [
        Sentence(
            "opportunities",
            f"{name} took {hours(used)} where {hours(agreed)} were agreed. "
            "We recommend agreeing what the hours are for in the coming months.",
            (client_rows(material, "lines", "Contracts and hours"),),
        )
        for name, (used, agreed) in totals.items()
        if agreed and used >= agreed * NOTABLE_HOURS
    ]
