"""A KPI's formula with the figures in it, in words and as an equation."""

from datetime import date
from decimal import Decimal

from agencyam.money import round_half_up
from kpis.display import format_money_words, with_minus
from kpis.engine import Result
from kpis.evidence.rules import RULES, Combine, Kind
from kpis.words import Words


def sentence(result: Result, words: Words) -> str:
    """38 of 42 clients that were there when 1 Sep began are still clients …; nothing without a value."""
    figure = result.figure
    if figure.value is None:
        return ""
    rule = RULES[result.kpi]
    return rule.sentence.format(
        numerator=_written(figure.numerator, rule.kind, words),
        denominator=_written(figure.denominator, rule.denominator_kind, words),
        n=f"{figure.n:,}",
        value=words.value(figure.value),
        opening=_day(result.query.start),
        closing=_day(result.query.closing_day),
    )


def equation(result: Result, words: Words) -> str:
    """38 / 42 = 90.5%; nothing where the value is a sum or a middle of its rows."""
    figure, rule = result.figure, RULES[result.kpi]
    if figure.value is None or figure.numerator is None or figure.denominator is None:
        return ""
    above = _written(figure.numerator, rule.kind, words)
    below = _written(figure.denominator, rule.denominator_kind, words)
    value = words.value(figure.value)
    if rule.combine == Combine.SCORE:
        return f"100 × {above} / {below} = {value}"
    if rule.combine == Combine.GROWTH:
        closing = _written(figure.denominator + figure.numerator, rule.kind, words)
        return f"({closing} / {below}) ^ (1 / {result.query.months}) − 1 = {value}"
    return f"{above} / {below} = {value}"


def _written(value: Decimal | None, kind: Kind, words: Words) -> str:
    if value is None:
        return "–"
    match kind:
        case Kind.MONEY:
            return format_money_words(value, words.currency, words.locale)
        case Kind.HOURS:
            return f"{_number(value, 1)} h"
        case Kind.SHARE:
            return f"{_number(value * 100, 2)}%"
        case Kind.NUMBER:
            return _number(value, 2)
    return _number(value, 0)


def _number(value: Decimal, places: int) -> str:
    rounded = round_half_up(value, places)
    if rounded == rounded.to_integral_value():
        places = 0
    return with_minus(f"{rounded:,.{places}f}")


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
