"""The charts: the sentence above each follows from the numbers that it draws, in the language of the document."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils.html import escape
from django.utils.translation import override

from reports.qbr.drawn import FeePoint, ReplyMonth, WorkMonth
from reports.qbr.printing.figures import GROUPS, draw_figures
from tests.reports.qbr.samples import EMPTY, full_document

FULL = full_document()


def headline(document, name):
    return draw_figures(document)[name].chart.headline


def with_commercials(**changes):
    return replace(FULL, commercials=replace(FULL.commercials, **changes))


def test_a_full_review_draws_every_chart_with_a_title_a_note_and_rows():
    figures = draw_figures(FULL)

    assert list(figures) == [name for _section, names in GROUPS for name in names]
    assert [name for name, figure in figures.items() if not figure.note or not figure.chart.rows] == []
    assert [
        name
        for name, each in figures.items()
        if f"<title>{escape(each.chart.headline)}." not in each.chart.svg
    ] == []


def test_a_chart_of_the_goals_due_first_says_so():
    goals = FULL.goals * 3

    few = draw_figures(FULL)["goals"]
    many = draw_figures(replace(FULL, goals=goals))["goals"]
    cut = draw_figures(replace(FULL, more_goals="And 13 more goals, in the account plan."))["goals"]

    assert (len(goals), len(many.chart.rows)) == (9, 8)
    assert ["due first" in each.note for each in (few, many, cut)] == [False, True, True]


def test_a_quiet_review_draws_none():
    assert draw_figures(EMPTY) == {}


def test_two_charts_share_a_line_and_one_alone_takes_it():
    alone = draw_figures(with_commercials(change=None))

    assert draw_figures(FULL)["fees"].is_half
    assert not alone["fees"].is_half


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        (("1", "1.2"), "All your goals are reached"),
        (("1", "0.5", "-1"), "One of three goals is reached"),
        (("0.5", "0.79"), "No goal is reached yet; the furthest has 79% of its way done"),
        (("-0.5",), "Your goal is not reached yet; 0% of the way is done"),
    ],
)
def test_goals_say_how_many_are_reached(ways, words):
    goals = tuple(replace(FULL.goals[0], way=Decimal(way)) for way in ways)

    assert headline(replace(FULL, goals=goals), "goals") == words


def test_answers_of_both_sides_are_compared_in_the_last_month_that_has_any():
    months = (ReplyMonth("Jul 2026", Decimal("3.14"), Decimal(8)), ReplyMonth("Aug 2026", None, Decimal(9)))
    service = replace(FULL.service, replies=replace(FULL.service.replies, months=months))

    chart = draw_figures(replace(FULL, service=service))["replies"].chart

    assert chart.headline == "In Jul 2026 we usually answered within 3.1\u00a0h, you within 8\u00a0h"
    assert chart.columns == ["Period", "We to you", "You to us"]
    assert chart.rows == [["Jul 2026", "3.1\u00a0h", "8\u00a0h"], ["Aug 2026", "–", "9\u00a0h"]]


def test_work_counts_what_it_draws():
    months = (WorkMonth("Jul 2026", 2, 1, 0), WorkMonth("Aug 2026", 3, 0, 1))
    delivery = replace(FULL.delivery, months=months)

    chart = draw_figures(replace(FULL, delivery=delivery))["work"].chart

    assert chart.headline == "5 of 7 pieces of work came on time from Jul 2026 to Aug 2026"
    assert [row[-1] for row in chart.rows] == ["3", "4"]


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ((1000, 1500), "Your monthly fee rose from €1k in M0 to €1.5k in M1"),
        ((1500, 1000), "Your monthly fee fell from €1.5k in M0 to €1k in M1"),
        ((1000, 1500, 1000), "Your monthly fee stood at €1k in M2, as in M0"),
    ],
)
def test_the_fee_says_where_it_came_from(amounts, words):
    points = tuple(FeePoint(f"M{n}", Decimal(amount), False) for n, amount in enumerate(amounts))
    fees = replace(FULL.commercials.fees, points=points)

    assert headline(with_commercials(fees=fees), "fees") == words


def test_a_fee_that_never_moved_draws_no_line():
    points = tuple(FeePoint(f"M{n}", Decimal(1000), False) for n in range(3))
    fees = replace(FULL.commercials.fees, points=points)

    assert "fees" not in draw_figures(with_commercials(fees=fees))


def test_the_fees_steps_add_up_to_its_close():
    chart = draw_figures(FULL)["change"].chart

    assert chart.headline == "“Search advertising” changed it most: €3k more a month"
    assert chart.rows == [
        ["01 26", "€4,250"],
        ["Search advertising", "+€3,000"],
        ["Newsletter", "−€250"],
        ["12 26", "€7,000"],
    ]


def test_the_forecast_keeps_apart_what_is_agreed_and_what_renews():
    chart = draw_figures(FULL)["forecast"].chart

    assert chart.headline == "€84k are agreed for the next year; €5k more if what renews by itself goes on"
    assert chart.rows[0] == ["Q1 2027", "€21,000", "€500", "€21,500"]


def test_a_german_review_draws_german_charts():
    document = replace(FULL, cover=replace(FULL.cover, language="de", form="de_DE"))

    with override("de"):
        figures = draw_figures(document)

    assert (
        figures["fees"].chart.headline
        == "Ihre monatliche Vergütung stieg von 4,25\u00a0Tsd.\u00a0€ im 01 26 auf 7\u00a0Tsd.\u00a0€ im 12 26"
    )
    assert figures["change"].chart.rows[2] == ["Newsletter", "−250\u00a0€"]
    assert figures["hours"].chart.headline == (
        "94\u00a0% der vereinbarten Stunden wurden genutzt: 225\u00a0h von 240\u00a0h"
    )


def test_a_part_that_is_never_there_is_not_in_the_legend():
    months = (WorkMonth("Jul 2026", 2, 1, 0), WorkMonth("Aug 2026", 3, 0, 0))

    chart = draw_figures(replace(FULL, delivery=replace(FULL.delivery, months=months)))["work"].chart

    assert chart.columns == ["Due in", "On time", "Late on our side", "Total"]
    assert "Late while we waited for you" not in chart.svg


def test_two_answers_are_no_course_of_things():
    feedback = replace(FULL.feedback, satisfied=FULL.feedback.satisfied[:2])

    assert "satisfied" not in draw_figures(replace(FULL, feedback=feedback))


def test_hours_are_as_exact_as_their_table():
    hours = (replace(FULL.commercials.hours[0], used_hours=Decimal("112.25")),)

    assert "112.25" in draw_figures(with_commercials(hours=hours))["hours"].chart.headline


def test_a_whole_width_chart_has_a_drawing_for_a_phone_where_one_is_asked_for():
    figures = draw_figures(FULL, has_narrow=True)

    assert 'id="chart-goals-narrow"' in figures["goals"].chart.narrow
    assert figures["waits"].chart.narrow == ""
    assert {figure.chart.narrow for figure in draw_figures(FULL).values()} == {""}
