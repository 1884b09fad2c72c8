"""Fees, what moved them, hours, and what is contracted."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from agencyam.charts import (
    HOURS,
    Bar,
    Point,
    Segment,
    StackedBars,
    Step,
    Tone,
    Trend,
    Waterfall,
    stacked_bars,
    trend,
    waterfall,
)
from reports.qbr.printing.figures.desk import Desk, Drawn, named, with_told_parts, without_capacity

MOST_SERVICES = 12


def draw_fees(desk: Desk) -> Drawn:
    fees = desk.document.commercials.fees
    if fees is None or len({point.amount for point in fees.points}) < 2:
        return None
    unit = desk.money(fees.currency)
    known = [point for point in fees.points if point.amount is not None]
    first, last = known[0], known[-1]
    opening, closing = first.amount or Decimal(0), last.amount or Decimal(0)
    values = {
        "opening": unit.short(opening),
        "closing": unit.short(closing),
        "first": first.label,
        "last": last.label,
    }
    if opening == closing:
        finding = _("Your monthly fee stood at %(closing)s in %(last)s, as in %(first)s") % values
    elif closing > opening:
        finding = _("Your monthly fee rose from %(opening)s in %(first)s to %(closing)s in %(last)s") % values
    else:
        finding = _("Your monthly fee fell from %(opening)s in %(first)s to %(closing)s in %(last)s") % values
    data = Trend(
        name=desk.name("fees"),
        subject=_("Your monthly fee"),
        points=tuple(Point(point.label, point.amount, point.is_partial) for point in fees.points),
        unit=unit,
        finding=finding,
    )
    return trend(data, width=desk.width, palette=desk.palette), fees.note


def draw_change(desk: Desk) -> Drawn:
    change = desk.document.commercials.change
    if change is None:
        return None
    unit = desk.money(change.currency)
    most = change.steps[0]
    values = {"service": named(most.service), "amount": unit.short(abs(most.amount))}
    finding = (
        _("“%(service)s” changed it most: %(amount)s more a month")
        if most.amount > 0
        else _("“%(service)s” changed it most: %(amount)s less a month")
    ) % values
    data = Waterfall(
        name=desk.name("change"),
        subject=_("Your monthly fee"),
        opening=change.opening,
        # Paying more is neither good nor bad by itself.
        steps=tuple(Step(named(step.service), step.amount, Tone.NEUTRAL) for step in change.steps),
        unit=unit,
        opening_label=change.first,
        closing_label=change.last,
        finding=finding,
    )
    return waterfall(data, width=desk.width, palette=desk.palette), change.note


def draw_hours(desk: Desk) -> Drawn:
    rows = [row for row in desk.document.commercials.hours if row.used_hours is not None][:MOST_SERVICES]
    used = sum((row.used_hours or Decimal(0) for row in rows if row.agreed_hours), Decimal(0))
    agreed = sum((row.agreed_hours or Decimal(0) for row in rows), Decimal(0))
    if not agreed:
        return None
    # As exact as the table below it.
    unit = replace(desk.unit(HOURS), places=2)
    finding = _("%(share)s of the hours agreed were used: %(used)s of %(agreed)s") % {
        "used": unit.short(used),
        "agreed": unit.short(agreed),
        "share": desk.words.percent(used, agreed),
    }
    data = StackedBars(
        name=desk.name("hours"),
        subject=_("hours"),
        segments=(Segment(_("Hours used"), Tone.SERIES),),
        bars=tuple(Bar(named(row.service), (row.used_hours,), capacity=row.agreed_hours) for row in rows),
        unit=unit,
        bar_label=_("Service"),
        capacity_label=_("Agreed"),
        finding=finding,
    )
    chart = stacked_bars(data, width=desk.width, palette=desk.palette)
    columns = [chart.columns[0], chart.columns[1], chart.columns[3]]
    return (
        replace(chart, columns=columns, rows=[[row[0], row[1], row[3]] for row in chart.rows]),
        _("Hours used in the period against the hours agreed, by service."),
    )


def draw_forecast(desk: Desk) -> Drawn:
    forecast = desk.document.commercials.forecast
    if forecast is None:
        return None
    unit = desk.money(forecast.currency)
    agreed = sum((row.agreed for row in forecast.rows), Decimal(0))
    renewing = sum((row.renewing for row in forecast.rows), Decimal(0))
    values = {"agreed": unit.short(agreed), "renewing": unit.short(renewing)}
    if renewing:
        finding = (
            _("%(agreed)s are agreed for the next year; %(renewing)s more if what renews by itself goes on")
            % values
        )
    else:
        finding = _("%(agreed)s are agreed for the next year") % values
    data = StackedBars(
        name=desk.name("forecast"),
        subject=_("fees"),
        segments=(
            Segment(_("Agreed"), Tone.SERIES),
            Segment(_("Renews unless ended"), Tone.NEUTRAL),
        ),
        bars=tuple(Bar(row.label, (row.agreed, row.renewing)) for row in forecast.rows),
        unit=unit,
        bar_label=_("Quarter"),
        finding=finding,
        is_ranked=False,
    )
    chart = stacked_bars(with_told_parts(data), width=desk.width, palette=desk.palette)
    return without_capacity(chart), forecast.note
