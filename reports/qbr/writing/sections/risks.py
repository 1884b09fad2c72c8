"""Risks that both sides can see: what is late, behind or used up. What the agency fears for itself has no place here.

Each is read from the same rows that the client finds elsewhere in the review. Whose it is and what is done about
it is said with it; the answer promises nothing that stands nowhere else.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from agencyam.periods import add_months
from clients.plans.models import Goal
from kpis.formulas.target import Status
from reports.qbr.document import RiskRow, Tone
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.delivery import list_pieces
from reports.qbr.writing.sections.measures import target_words, value_words
from reports.qbr.writing.sections.plan import goal_state, overdue_actions, way_of

MOST_RISKS = 8
# A goal that is due soon and has less of the way behind it is behind.
ENOUGH_OF_THE_WAY = Decimal("0.75")
SOON_MONTHS = 3


def list_risks(material: Material) -> list[RiskRow]:
    """Late work first, then late steps, the promise of answers, goals and hours."""
    rows = [*_late_work(material), *_late_steps(material), *_answers(material)]
    return [*rows, *_goals(material), *_hours(material)]


def _late_work(material: Material) -> list[RiskRow]:
    late = [piece for piece in list_pieces(material) if piece.is_late and piece.delivered_on is None]
    rows = []
    for piece in sorted(late, key=lambda piece: -piece.days_late):
        what = _("“%(title)s” is %(days)s late") % {
            "title": piece.title,
            "days": material.words.days(piece.days_late),
        }
        if piece.is_ours:
            rows.append(RiskRow(what, material.agency, _("It stands before all new work.")))
        else:
            rows.append(RiskRow(what, _("You"), _("We go on as soon as we have what we wait for.")))
    return rows


def _late_steps(material: Material) -> list[RiskRow]:
    rows = []
    for action in overdue_actions(material):
        days = (material.as_of - action.due_on).days if action.due_on else 0
        what = _("“%(title)s” is %(days)s late") % {
            "title": action.title,
            "days": material.words.days(days),
        }
        if action.is_ours:
            rows.append(RiskRow(what, material.agency, _("It stands before all new work.")))
        else:
            rows.append(RiskRow(what, _("You"), _("We agree a new day when we talk about this review.")))
    return rows


def _answers(material: Material) -> list[RiskRow]:
    result = material.results.get("sla_attainment")
    if result is None or result.status is not Status.MISSED:
        return []
    what = _("%(value)s of your messages were answered in time; the target is %(target)s") % {
        "value": value_words(material.words, result),
        "target": target_words(material.words, result),
    }
    answer = _("We go through the late ones with you; they are listed in this review.")
    return [RiskRow(what, material.agency, answer)]


def _goals(material: Material) -> list[RiskRow]:
    behind = [goal for goal in material.goals if _is_behind(material, goal)]
    answer = _("We agree with you what changes, or a new day.")
    return [
        RiskRow(
            _("Goal “%(title)s”: %(state)s, due %(day)s")
            % {
                "title": goal.title,
                "state": goal_state(material, goal).word,
                "day": material.words.short_day(goal.due_on),
            },
            _("Both"),
            answer,
        )
        for goal in behind
    ]


def _is_behind(material: Material, goal: Goal) -> bool:
    """Missed, behind its start, or due soon with too little of the way done."""
    state = goal_state(material, goal)
    if state.tone in (Tone.BAD, Tone.WARN):
        return True
    way = way_of(goal)
    if state.tone is Tone.GOOD or way is None or goal.due_on is None:
        return False
    return goal.due_on < add_months(material.as_of, SOON_MONTHS) and way < ENOUGH_OF_THE_WAY


def _hours(material: Material) -> list[RiskRow]:
    rows = []
    words = material.words
    for name, used, agreed in hours_by_service(material):
        if agreed and used > agreed:
            what = _("“%(service)s” used %(share)s of the hours agreed") % {
                "service": name,
                "share": words.percent(used, agreed),
            }
            rows.append(RiskRow(what, _("Both"), _("We agree hours or scope for the next period.")))
    return rows


def hours_by_service(material: Material) -> list[tuple[str, Decimal, Decimal]]:
    """Hours used and agreed over the period, by the name of the service."""
    totals: dict[str, tuple[Decimal, Decimal]] = {}
    for row in material.usage:
        used, agreed = totals.get(row.line.service.name, (Decimal(0), Decimal(0)))
        totals[row.line.service.name] = (used + (row.hours_used or 0), agreed + (row.hours_budget or 0))
    return [(name, used, agreed) for name, (used, agreed) in totals.items()]
