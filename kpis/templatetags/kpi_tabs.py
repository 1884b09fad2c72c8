"""{% load kpi_tabs %}{% kpi_tabs asked as tabs %}: the tabs among the pages of KPIs."""

from django import template
from django.template import Context

from kpis.analysis.tabs import TabLink, list_tabs
from kpis.asked import Asked

register = template.Library()


@register.simple_tag(takes_context=True)
def kpi_tabs(context: Context, asked: Asked) -> list[TabLink]:
    """The tabs for what the address asks, the one of this page marked."""
    match = context["request"].resolver_match
    return list_tabs(asked=asked, view=match.view_name if match else "")
