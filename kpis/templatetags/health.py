"""Scores and bands of health on pages."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agencyam.charts.formats import MINUS
from agencyam.money import round_half_up
from kpis.health.words import BAND_TONES, BAND_WORDS

register = template.Library()


@register.simple_tag
def health_score(score: Decimal | None) -> str:
    """The score as a whole number; nothing without one."""
    return "" if score is None else f"{round_half_up(score, 0):f}"


@register.simple_tag
def health_band(band: str) -> SafeString:
    """The band as a tag with its word."""
    return format_html(
        '<span class="tag" data-tone="{}">{}</span>', BAND_TONES[band or ""], BAND_WORDS[band or ""]
    )


@register.simple_tag
def health_change(score: Decimal, before: Decimal) -> SafeString:
    """The change of the rounded score in 30 days, coloured and with its sign."""
    points = int(round_half_up(score, 0) - round_half_up(before, 0))
    if not points:
        return format_html('<span>±0<span class="unseen"> {}</span></span>', "in 30 days")
    tone = "good" if points > 0 else "bad"
    return format_html(
        '<span class="tone" data-tone="{}">{}<span class="unseen"> in 30 days</span></span>',
        tone,
        signed_points(points),
    )


@register.filter
def signed_points(points: int) -> str:
    """+4, −6."""
    return f"+{points}" if points > 0 else f"{MINUS}{abs(points)}"
