"""Where the rows are listed that the printed part of a section rests on."""

from reports.qbr.writing.material import KEYS, Material
from reports.qbr.writing.sentences import Rows, client_rows, number_rows

_NUMBERS: dict[str, tuple[str, ...]] = {
    "summary": ("sla_attainment", "first_response_hours", "on_time_delivery_rate", "nps", "csat"),
    "scorecard": KEYS,
    "value": ("on_time_delivery_rate",),
    "service": ("sla_attainment", "first_response_hours", "fcr"),
    "voice": ("nps", "csat", "survey_response_rate"),
    "risks": ("on_time_delivery_rate", "sla_attainment"),
    "opportunities": ("survey_response_rate",),
    "roadmap": ("on_time_delivery_rate",),
}
_ACTIONS, _GOALS = ("actions", "Agreed steps"), ("goals", "Goals")
_LINES, _PROPOSALS = ("lines", "Contracts"), ("proposals", "Proposals")
# Panels of the client's page.
_PANELS: dict[str, tuple[tuple[str, str], ...]] = {
    "summary": (_PROPOSALS, _ACTIONS),
    "promises": (_ACTIONS,),
    "goals": (_GOALS,),
    "investment": (_LINES,),
    "risks": (_ACTIONS, _GOALS),
    "opportunities": (_PROPOSALS, _GOALS),
    "roadmap": (_ACTIONS,),
}


def rows_behind(material: Material, section: str) -> tuple[Rows, ...]:
    """The links of a section: its numbers of this client and period, as far as there are any, and the client's plan."""
    fees = (number_rows(material, "mrr", "Monthly fees"),) if section == "investment" else ()
    results = [material.results[kpi] for kpi in _NUMBERS.get(section, ()) if kpi in material.results]
    numbers = (number_rows(material, each.kpi, each.definition.name) for each in results if each.figure.n)
    panels = (client_rows(material, panel, words) for panel, words in _PANELS.get(section, ()))
    return (*fees, *numbers, *panels)
