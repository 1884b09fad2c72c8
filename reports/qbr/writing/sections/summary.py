"""The summary: three sentences, four tiles, what went well and what did not. Written by rules from the numbers."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.direct.feedback import MINIMUM_RESPONDENTS
from kpis.engine import Result
from kpis.formulas.target import Status
from reports.qbr.document import Decision, Summary, Tile, Tone
from reports.qbr.words import NOTHING
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.delivery import all_on_time, due_pieces
from reports.qbr.writing.sections.measures import state_of, target_words, value_words
from reports.qbr.writing.sections.plan import goal_state, is_goal_reached, overdue_by_us
from reports.qbr.writing.sections.service import counted_waits

MOST_POINTS = 4
# A share that moved less than this is called unchanged.
NOTABLE = Decimal("0.01")
# First answers that need at most this share of the time before are called sooner.
SOONER = Decimal("0.8")


def write_summary(material: Material, decisions: tuple[Decision, ...]) -> Summary:
    listed = material.words.listed
    well, badly = _went_well(material), _did_not(material)
    has_points = bool(well or badly or any(each.value is not None for each in material.results.values()))
    return Summary(
        sentences=_sentences(material, decisions),
        tiles=_tiles(material),
        went_well=tuple(listed(well or [_("Nothing stood out.")], MOST_POINTS)) if has_points else (),
        did_not=tuple(listed(badly or [_("Nothing missed its mark.")], MOST_POINTS)) if has_points else (),
        decisions=decisions,
    )


def _sentences(material: Material, decisions: tuple[Decision, ...]) -> tuple[str, ...]:
    words = material.words
    asked = _("We need no decision from you.")
    if decisions:
        asked = ngettext(
            "We need one decision from you.", "We need %(number)s decisions from you.", len(decisions)
        ) % {"number": words.spelt(len(decisions))}
    sentences = [_on_service(material), _on_delivery(material), _on_feedback(material)]
    said = [sentence for sentence in sentences if sentence]
    if not said:
        quiet = _("%(span)s was quiet: no messages, nothing due, no answers to our questions.")
        said = [quiet % {"span": words.span(material.cut)}]
    return (*said, asked)


def _on_service(material: Material) -> str:
    decided, late = counted_waits(material)
    if not decided:
        return ""
    words, result = material.words, material.results["sla_attainment"]
    number = len(decided)
    if not late:
        said = ngettext(
            "We answered your one message within the promised time",
            "We answered all %(number)s of your messages within the promised time",
            number,
        ) % {"number": words.number(number)}
        return f"{said}{_movement(material, 'sla_attainment')}."
    said = ngettext(
        "We answered %(value)s of your %(number)s message within the promised time",
        "We answered %(value)s of your %(number)s messages within the promised time",
        number,
    ) % {"value": value_words(words, result), "number": words.number(number)}
    target = ""
    if result.target is not None:
        target = _(" (target %(target)s)") % {"target": target_words(words, result)}
    return f"{said}{target}{_movement(material, 'sla_attainment')}."


def _movement(material: Material, key: str) -> str:
    """How a share moved against the period before; empty where there is nothing to compare."""
    now, then = material.results.get(key), material.earlier.get(key)
    if now is None or then is None or now.value is None or then.value is None:
        return ""
    values = {"value": value_words(material.words, then), "period": material.words.label(material.before)}
    if abs(now.value - then.value) < NOTABLE:
        return _(", as in %(period)s") % values
    if now.value > then.value:
        return _(", up from %(value)s in %(period)s") % values
    return _(", down from %(value)s in %(period)s") % values


def _on_delivery(material: Material) -> str:
    due = due_pieces(material)
    if not due:
        return ""
    words = material.words
    on_time = sum(piece.is_on_time for piece in due)
    ours = sum(piece.is_ours for piece in due)
    if on_time == len(due):
        return all_on_time(material, on_time)
    if len(due) == 1:
        said = _("The one piece of work due did not come on time")
    elif not on_time:
        said = _("None of %(whole)s pieces of work came on time") % words.alike(on_time, len(due))
    else:
        said = ngettext(
            "One of %(whole)s pieces of work came on time",
            "%(begin)s of %(whole)s pieces of work came on time",
            on_time,
        ) % words.alike(on_time, len(due))
    if not any(piece.is_late for piece in due):
        return _("%(said)s; the rest is due today.") % {"said": said}
    if not ours:
        return _("%(said)s; where not, we waited for you.") % {"said": said}
    late = ngettext("one was late on our side", "%(number)s were late on our side", ours)
    return f"{said}; {late % {'number': words.spelt(ours)}}."


def _on_feedback(material: Material) -> str:
    words = material.words
    nps, csat = material.results.get("nps"), material.results.get("csat")
    if nps and nps.value is not None:
        said = _("On recommending us you gave %(value)s (NPS, %(answers)s)") % {
            "value": value_words(words, nps),
            "answers": words.answers(nps.figure.n),
        }
        return f"{said}{_points_moved(material)}."
    if csat and csat.value is not None and csat.figure.n >= MINIMUM_RESPONDENTS:
        satisfied, answers = int(csat.figure.numerator or 0), csat.figure.n
        if satisfied == answers:
            return _("All %(number)s answers on our help said satisfied.") % {"number": words.spelt(answers)}
        if not satisfied:
            return _("None of %(number)s answers on our help said satisfied.") % {
                "number": words.spelt(answers)
            }
        return ngettext(
            "One of %(whole)s answers on our help said satisfied.",
            "%(begin)s of %(whole)s answers on our help said satisfied.",
            satisfied,
        ) % words.alike(satisfied, answers)
    return ""


def _points_moved(material: Material) -> str:
    then = material.earlier.get("nps")
    if then is None or then.value is None:
        return ""
    values = {"value": value_words(material.words, then), "period": material.words.label(material.before)}
    return _(", after %(value)s in %(period)s") % values


def _tiles(material: Material) -> tuple[Tile, ...]:
    nps = material.results.get("nps")
    last = "nps" if nps and nps.value is not None else "csat"
    labels = {
        "sla_attainment": _("Answered in time"),
        "first_response_hours": _("Usual first answer"),
        "on_time_delivery_rate": _("Delivered on time"),
        last: _("Would recommend us") if last == "nps" else _("Satisfied"),
    }
    tiles = tuple(_tile(material, key, label) for key, label in labels.items())
    return tiles if any(tile.value != NOTHING for tile in tiles) else ()


def _tile(material: Material, key: str, label: str) -> Tile:
    result = material.results.get(key)
    if result is None or result.value is None:
        return Tile(label=label, value=NOTHING, detail="", state=state_of(result))
    target = target_words(material.words, result)
    detail = _("target %(target)s") % {"target": target} if target else ""
    return Tile(label=label, value=value_words(material.words, result), detail=detail, state=state_of(result))


def _went_well(material: Material) -> list[str]:
    points = [
        _("Goal reached: %(title)s.") % {"title": goal.title}
        for goal in material.goals
        if is_goal_reached(material, goal)
    ]
    met = {key: result for key, result in material.results.items() if result.status == Status.MET}
    said = {
        "on_time_delivery_rate": _("%(value)s of the work due came on time; the target was %(target)s."),
        "sla_attainment": _("%(value)s of your messages were answered in time; the target was %(target)s."),
    }
    points += [said[key] % _values(material, met[key]) for key in said if key in met]
    points += _faster(material)
    later = {
        "csat": _("%(value)s of your answers said satisfied."),
        "nps": _("You would recommend us: %(value)s."),
        "fcr": _("%(value)s of your requests were solved at the first contact."),
    }
    return points + [later[key] % _values(material, met[key]) for key in later if key in met]


def _values(material: Material, result: Result) -> dict[str, str]:
    return {
        "value": value_words(material.words, result),
        "target": target_words(material.words, result),
    }


def _faster(material: Material) -> list[str]:
    now, then = material.results.get("first_response_hours"), material.earlier.get("first_response_hours")
    if now is None or then is None or now.value is None or then.value is None:
        return []
    if now.value > then.value * SOONER:
        return []
    hours = material.words.hours
    return [
        _("First answers came sooner: half within %(now)s, after %(then)s before.")
        % {"now": hours(now.value), "then": hours(then.value)}
    ]


def _did_not(material: Material) -> list[str]:
    """Our own misses first, each with what it was."""
    words = material.words
    decided, late = counted_waits(material)
    points = []
    if late:
        waited = ngettext(
            "%(number)s message (%(share)s) waited longer than promised, up to %(longest)s.",
            "%(number)s messages (%(share)s) waited longer than promised, up to %(longest)s.",
            len(late),
        )
        points.append(
            waited
            % {
                "number": words.number(len(late)),
                "share": words.percent(len(late), len(decided)),
                "longest": words.hours(max(wait.hours for wait in late)),
            }
        )
    points += _late_work(material)
    points += [_("We still owe you: %(title)s.") % {"title": step.title} for step in overdue_by_us(material)]
    points += [
        _("Goal missed: %(title)s.") % {"title": goal.title}
        for goal in material.goals
        if goal_state(material, goal).tone == Tone.BAD
    ]
    missed = {
        key: result
        for key, result in material.results.items()
        if result.status in (Status.NEAR, Status.MISSED)
    }
    said = {
        "csat": _("Only %(value)s of your answers said satisfied; the target is %(target)s."),
        "nps": _("You would recommend us less than we aim for: %(value)s, target %(target)s."),
        "fcr": _("%(value)s of your requests were solved at the first contact; the target is %(target)s."),
    }
    return points + [said[key] % _values(material, missed[key]) for key in said if key in missed]


def _late_work(material: Material) -> list[str]:
    """Late on our side, the latest first."""
    ours = [piece for piece in due_pieces(material) if piece.is_ours]
    return [
        (
            _("“%(title)s” came %(days)s late, on our side.")
            if piece.delivered_on
            else _("“%(title)s” is %(days)s late, on our side.")
        )
        % {"title": piece.title, "days": material.words.days(piece.days_late)}
        for piece in sorted(ours, key=lambda piece: -piece.days_late)
    ]
