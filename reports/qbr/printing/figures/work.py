"""Goals, answers and work."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencyam.charts import (
    COUNT,
    HOURS,
    PERCENT,
    Bar,
    Beside,
    Histogram,
    Point,
    Segment,
    StackedBars,
    Tone,
    Trend,
    histogram,
    stacked_bars,
    trend,
)
from reports.qbr.printing.figures.desk import Desk, Drawn, named, with_told_parts, without_capacity

MOST_GOALS = 8


def draw_goals(desk: Desk) -> Drawn:
    measured = [goal for goal in desk.document.goals if goal.way is not None]
    goals = measured[:MOST_GOALS]
    if not goals:
        return None
    note = _("How much of the way from its start to each goal is done.")
    if len(goals) < len(measured) or desk.document.more_goals:
        note = _("How much of the way from its start to each goal is done; the goals due first.")
    bars = tuple(
        Bar(
            named(goal.title),
            (min(max(goal.way or Decimal(0), Decimal(0)), Decimal(1)),),
            capacity=Decimal(1),
        )
        for goal in goals
    )
    data = StackedBars(
        name=desk.name("goals"),
        subject=_("of the way"),
        segments=(Segment(_("Done of the way from start to goal"), Tone.SERIES),),
        bars=bars,
        unit=desk.unit(PERCENT),
        bar_label=_("Goal"),
        capacity_label=_("Goal"),
        finding=_goals_finding(desk, [goal.way or Decimal(0) for goal in goals]),
        is_ranked=False,
    )
    chart = stacked_bars(data, width=desk.width, palette=desk.palette)
    rows = [[row[0], row[1]] for row in chart.rows]
    chart = replace(chart, columns=chart.columns[:2], rows=rows)
    return chart, note


def _goals_finding(desk: Desk, ways: list[Decimal]) -> str:
    reached = sum(way >= 1 for way in ways)
    if reached == len(ways):
        return ngettext("Your goal is reached", "All your goals are reached", len(ways))
    if reached:
        return ngettext(
            "One of %(whole)s goals is reached", "%(begin)s of %(whole)s goals are reached", reached
        ) % desk.words.alike(reached, len(ways))
    share = desk.words.percent(max(*ways, Decimal(0)), 1)
    return ngettext(
        "Your goal is not reached yet; %(share)s of the way is done",
        "No goal is reached yet; the furthest has %(share)s of its way done",
        len(ways),
    ) % {"share": share}


def draw_waits(desk: Desk) -> Drawn:
    waits = desk.document.service.waits
    if waits is None:
        return None
    unit = desk.unit(HOURS)
    data = Histogram(
        name=desk.name("waits"),
        subject=_("requests"),
        values=waits.hours,
        limit=waits.limit,
        limit_label=_("Promised"),
        value_label=_("Hours to our first answer"),
        unit=unit,
    )
    number, late = len(waits.hours), data.late
    values = {"number": desk.words.number(number), "limit": unit.short(waits.limit)}
    if late:
        share = desk.words.percent(late, number)
        finding = ngettext(
            "%(late)s of %(number)s first answers (%(share)s) took longer than %(limit)s",
            "%(late)s of %(number)s first answers (%(share)s) took longer than %(limit)s",
            late,
        ) % (values | {"late": desk.words.number(late), "share": share})
    else:
        finding = (
            ngettext(
                "The one first answer came within %(limit)s",
                "All %(number)s first answers came within %(limit)s",
                number,
            )
            % values
        )
    chart = histogram(replace(data, finding=finding), width=desk.width, palette=desk.palette)
    # Bars that hold nothing say nothing in a table.
    return replace(chart, rows=[row for row in chart.rows if row[1] != "0"]), waits.note


def draw_replies(desk: Desk) -> Drawn:
    replies = desk.document.service.replies
    if replies is None:
        return None
    unit = desk.unit(HOURS)
    ours = tuple(Point(month.label, month.ours) for month in replies.months)
    theirs = tuple(Point(month.label, month.theirs) for month in replies.months)
    last = next(month for month in reversed(replies.months) if month.ours is not None)
    values = {"month": last.label, "ours": unit.short(last.ours or Decimal(0))}
    finding = _("In %(month)s we usually answered within %(ours)s") % values
    if last.theirs is not None:
        values["theirs"] = unit.short(last.theirs)
        finding = _("In %(month)s we usually answered within %(ours)s, you within %(theirs)s") % values
    beside = Beside(_("Your answers to us"), theirs, _("You to us"), _("We to you"))
    data = Trend(
        name=desk.name("replies"),
        subject=_("Our answers to you"),
        points=ours,
        unit=unit,
        beside=beside if any(point.value is not None for point in theirs) else None,
        finding=finding,
    )
    return trend(data, width=desk.width, palette=desk.palette), replies.note


def draw_work(desk: Desk) -> Drawn:
    months = desk.document.delivery.months
    number = sum(month.on_time + month.late_ours + month.late_theirs for month in months)
    if not number:
        return None
    on_time = sum(month.on_time for month in months)
    values = {"part": desk.words.number(on_time), "whole": desk.words.number(number)}
    values |= {"first": months[0].label, "last": months[-1].label}
    data = StackedBars(
        name=desk.name("work"),
        subject=_("pieces of work"),
        segments=(
            Segment(_("On time"), Tone.GOOD),
            Segment(_("Late on our side"), Tone.BAD),
            Segment(_("Late while we waited for you"), Tone.WARN),
        ),
        bars=tuple(
            Bar(month.label, (Decimal(month.on_time), Decimal(month.late_ours), Decimal(month.late_theirs)))
            for month in months
        ),
        unit=desk.unit(COUNT),
        bar_label=_("Due in"),
        finding=ngettext(
            "%(part)s of %(whole)s piece of work came on time from %(first)s to %(last)s",
            "%(part)s of %(whole)s pieces of work came on time from %(first)s to %(last)s",
            number,
        )
        % values,
        is_ranked=False,
    )
    chart = stacked_bars(with_told_parts(data), width=desk.width, palette=desk.palette)
    return without_capacity(chart), desk.document.delivery.note
