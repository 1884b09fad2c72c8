"""The pages that look at the numbers from one side each, in the order of their tabs. The one list of them."""

from dataclasses import dataclass

from django.urls import reverse

from kpis.asked import Asked


@dataclass(frozen=True)
class Tab:
    """A page's words and its view; `within` are the views that one reaches from it."""

    words: str
    view: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class TabLink:
    """A tab as a page shows it; its address keeps period and slice."""

    words: str
    url: str
    is_current: bool


TABS = (
    Tab("Scorecard", "kpis:scorecard", ("kpis:kpi-detail",)),
    Tab("Waterfall", "kpis:waterfall", ("kpis:waterfall-step",)),
    Tab("Cohorts", "kpis:cohorts"),
    Tab("Response times", "kpis:response-times"),
    Tab("Lifetime", "kpis:lifetime"),
    Tab("At risk", "kpis:risk", ("kpis:client-health",)),
    Tab("Back-test", "kpis:back-test"),
    Tab("Months", "kpis:months-list", ("kpis:months-detail",)),
    Tab("Targets", "kpis:target-list", ("kpis:target-detail",)),
)


def list_tabs(*, asked: Asked, view: str) -> list[TabLink]:
    """All tabs; the current one is that of the view with this name."""
    return [
        TabLink(tab.words, reverse(tab.view) + asked.query, view in (tab.view, *tab.within)) for tab in TABS
    ]
