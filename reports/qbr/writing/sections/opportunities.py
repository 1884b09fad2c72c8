"""Opportunities: the offers that the client already has, and what the numbers of the review suggest.

Only proposals that were sent are named. What the agency hopes to sell has names of its own making, with stages and
chances: none of it is read for a review.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.qbr.document import OpportunityRow
from reports.qbr.writing.answers import middle
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.delivery import due_pieces
from reports.qbr.writing.sections.plan import is_goal_reached, price_words, sent_words
from reports.qbr.writing.sections.risks import hours_by_service
from reports.qbr.writing.sections.service import hours_of_answers

MOST_OPPORTUNITIES = 8
# Below this share of the hours agreed, the rest is worth a word.
WELL_USED = Decimal("0.8")
FEW_ANSWERED = Decimal("0.5")
FEWEST = 3


def list_opportunities(material: Material) -> list[OpportunityRow]:
    """Offers first, then what the numbers suggest."""
    rows = [*_proposals(material), *_free_hours(material), *_reached_goals(material)]
    return [*rows, *_slow_answers(material), *_waiting(material), *_unanswered(material)]


def _proposals(material: Material) -> list[OpportunityRow]:
    return [
        OpportunityRow(
            what=f"{proposal.title}{price_words(material, proposal)}",
            because=_("Our proposal, %(sent)s") % {"sent": sent_words(material, proposal)},
            next_step=_("You decide"),
        )
        for proposal in material.proposals
    ]


def _free_hours(material: Material) -> list[OpportunityRow]:
    words = material.words
    return [
        OpportunityRow(
            what=_("Use the free hours of “%(service)s”") % {"service": name},
            because=_("%(used)s of %(agreed)s h were used")
            % {"used": words.plain(used), "agreed": words.plain(agreed)},
            next_step=_("We propose what to do with them"),
        )
        for name, used, agreed in hours_by_service(material)
        if agreed and used < agreed * WELL_USED
    ]


def _reached_goals(material: Material) -> list[OpportunityRow]:
    words = material.words
    return [
        OpportunityRow(
            what=_("Set the next goal after “%(title)s”") % {"title": goal.title},
            because=_("Reached")
            if goal.is_reached is None
            else _("Reached: %(now)s, the goal was %(goal)s")
            % {"now": words.plain(goal.current), "goal": words.plain(goal.target)},
            next_step=_("We agree it together"),
        )
        for goal in material.goals
        if is_goal_reached(material, goal)
    ]


def _slow_answers(material: Material) -> list[OpportunityRow]:
    hours = hours_of_answers(material, material.cut)
    half = middle(hours)
    if half is None or len(hours) < FEWEST or half <= 2 * material.promise.hours:
        return []
    because = _("Half of your answers to us took more than %(hours)s") % {"hours": material.words.hours(half)}
    return [OpportunityRow(_("Name one person who answers us"), because, _("You name them"))]


def _waiting(material: Material) -> list[OpportunityRow]:
    waiting = [piece for piece in due_pieces(material) if piece.is_late and not piece.is_ours]
    if not waiting:
        return []
    because = ngettext(
        "One piece of work waited for you", "%(number)s pieces of work waited for you", len(waiting)
    ) % {"number": material.words.opened(len(waiting))}
    return [
        OpportunityRow(_("Agree days for what we need from you"), because, _("We put them into the plan"))
    ]


def _unanswered(material: Material) -> list[OpportunityRow]:
    asked = material.results.get("survey_response_rate")
    if asked is None or asked.value is None or asked.figure.n < FEWEST or asked.value >= FEW_ANSWERED:
        return []
    answered, number = int(asked.figure.numerator or 0), asked.figure.n
    because = ngettext(
        "%(part)s of %(whole)s questions was answered",
        "%(part)s of %(whole)s questions were answered",
        answered,
    ) % {"part": material.words.number(answered), "whole": material.words.number(number)}
    return [OpportunityRow(_("Find a better way to ask you"), because, _("You tell us how"))]
