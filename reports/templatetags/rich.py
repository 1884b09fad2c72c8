"""Rich text, and how long ago it was saved, in templates."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from reports.qbr.printing.notes import as_markup

register = template.Library()


@register.filter
def rich(text: str) -> SafeString:
    """What a person wrote into a review, cleaned and made anew as it is for paper."""
    return as_markup(text)


@register.filter
def ago(value: datetime, now: datetime) -> str:
    """2 minutes ago; just now within the first minute."""
    words = timesince(value, now, depth=1)
    return "just now" if words.startswith("0") else f"{words} ago"
