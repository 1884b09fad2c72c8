"""What a page that shows today's knowledge says about a closed month: which of its figures were reported otherwise."""

from collections.abc import Sequence

from kpis.asked import Asked
from kpis.formulas.catalogue import DEFINITIONS
from kpis.frozen import selectors as frozen_selectors
from kpis.frozen.marks import reported_on


def restated_note(asked: Asked, kpis: Sequence[str]) -> str:
    """Reported and now of each of these KPIs that reads otherwise now, in one sentence; else nothing.

    "Reported on 7 Nov: first response time 2.5 h, now 2.6 h; …"
    """
    if not asked.is_today:
        return ""
    marks = frozen_selectors.get_marks(period=asked.period, by=asked.by, key=asked.key, kpis=list(kpis))
    restated = [(DEFINITIONS[kpi].name, marks[kpi]) for kpi in kpis if kpi in marks]
    said = [
        f"{name} {mark.reported}, now {mark.now}"
        for name, mark in restated
        if mark.is_restated and mark.reported != mark.now
    ]
    return f"Reported on {reported_on(restated[0][1].month)}: {'; '.join(said)}." if said else ""
