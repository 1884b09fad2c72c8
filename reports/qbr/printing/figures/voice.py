"""What people at the client answered, period by period."""

from decimal import Decimal

from django.utils.translation import gettext as _

from agencyam.charts import (
    COUNT,
    PERCENT,
    Bar,
    Point,
    Segment,
    StackedBars,
    Target,
    Tone,
    Trend,
    stacked_bars,
    trend,
)
from reports.qbr.printing.figures.desk import Desk, Drawn, without_capacity

# Two points make a line, but no course of things.
FEWEST_POINTS = 3


def draw_recommending(desk: Desk) -> Drawn:
    periods = desk.document.feedback.recommending
    if len(periods) < 2:
        return None
    first, last = periods[0], periods[-1]
    values = {"first": first.score, "last": last.score, "from": first.label, "to": last.label}
    if first.score == last.score:
        finding = _("Recommending us (NPS) stood at %(last)s in %(to)s, as in %(from)s") % values
    else:
        finding = _("Recommending us (NPS) went from %(first)s in %(from)s to %(last)s in %(to)s") % values
    data = StackedBars(
        name=desk.name("recommending"),
        subject=_("answers"),
        segments=(
            Segment(_("Would"), Tone.GOOD),
            Segment(_("Might"), Tone.NEUTRAL),
            Segment(_("Would not"), Tone.BAD),
        ),
        bars=tuple(
            Bar(each.label, (Decimal(each.promoters), Decimal(each.passives), Decimal(each.detractors)))
            for each in periods
        ),
        unit=desk.unit(COUNT),
        bar_label=_("Period"),
        finding=finding,
        is_ranked=False,
    )
    note = _("Answers to whether you would recommend us; periods with under three are left out.")
    return without_capacity(stacked_bars(data, width=desk.width, palette=desk.palette)), note


def draw_satisfied(desk: Desk) -> Drawn:
    feedback = desk.document.feedback
    known = [period for period in feedback.satisfied if period.share is not None]
    if len(known) < FEWEST_POINTS:
        return None
    periods = feedback.satisfied[feedback.satisfied.index(known[0]) :]
    unit = desk.unit(PERCENT)
    last = known[-1]
    values = {"share": unit.short(last.share or Decimal(0)), "period": last.label}
    finding = _("%(share)s of the answers in %(period)s said satisfied") % values
    target = None
    if feedback.satisfied_target is not None:
        target = Target(feedback.satisfied_target, label=_("target"))
        values["target"] = target.words(unit)
        finding = (
            _("%(share)s of the answers in %(period)s said satisfied; the target is %(target)s") % values
        )
    data = Trend(
        name=desk.name("satisfied"),
        subject=_("Satisfied answers"),
        points=tuple(Point(period.label, period.share) for period in periods),
        unit=unit,
        target=target,
        finding=finding,
    )
    note = _("Share of satisfied answers (CSAT); periods with under three answers are left out.")
    return trend(data, width=desk.width, palette=desk.palette), note
