"""The file behind a number: first what the number is, then its rows, as known now or as they were reported."""

from datetime import date

from kpis.asked import Asked
from kpis.direct.query import Figure
from kpis.drill_down import find_mark, read_number, version_words
from kpis.engine import as_text
from kpis.evidence.columns import in_order
from kpis.evidence.export import make_file
from kpis.evidence.rows import Evidence
from kpis.evidence.rules import add_up
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Display
from kpis.formulas.reasons import REASONS
from kpis.frozen import selectors as frozen_selectors
from kpis.frozen.marks import Mark
from kpis.frozen.models import FrozenFigure
from kpis.frozen.told import tell
from kpis.slice_choices import KINDS

Lines = list[tuple[str, str]]


def export_number(*, kpi: str, asked: Asked, kind: str) -> bytes:
    """A file of all rows behind a number as known, headed by what the number is."""
    about, evidence = _known(kpi, asked, find_mark(kpi, asked))
    return make_file(kind, kpi=kpi, about=about, evidence=evidence)


def export_report(*, kpi: str, asked: Asked, kind: str) -> bytes | None:
    """The same of the rows that were kept when the month was closed; None where there is no report."""
    mark = find_mark(kpi, asked)
    if mark is None or mark.frozen is None:
        return None
    about, evidence = _reported(kpi, asked, mark, mark.frozen)
    return make_file(kind, kpi=kpi, about=about, evidence=evidence)


def _known(kpi: str, asked: Asked, mark: Mark | None) -> tuple[Lines, Evidence]:
    result, evidence = read_number(kpi=kpi, asked=asked)
    about = _about(kpi, asked, result.figure, asked.as_of, result.definition_version)
    if result.query.is_partial:
        about.append(("Partial", "The period is not over."))
    if mark and mark.frozen:
        about.append(("Rows", f"As known on {asked.as_of}; those of the report are in the file as reported."))
    return about + _closed(mark), evidence


def _reported(kpi: str, asked: Asked, mark: Mark, frozen: FrozenFigure) -> tuple[Lines, Evidence]:
    month = mark.month
    found = frozen_selectors.map_kept_rows(month=month, kpis=[kpi], by=asked.by, key=asked.key)
    kept = [in_order(row) for row in found[kpi]]
    about = _about(kpi, asked, frozen, month.as_of, frozen.definition_version)
    if DEFINITIONS[kpi].display == Display.MONEY:
        about.append(("Currency", month.currency))
    about.append(("Rows", "As reported; rows that did not count are not kept."))
    return about + _closed(mark), Evidence(kept, [], add_up(kpi, kept, months=month.period.months))


def _about(kpi: str, asked: Asked, figure: Figure | FrozenFigure, known_until: date, version: int) -> Lines:
    """What a file says above its rows."""
    return [
        ("KPI", f"{DEFINITIONS[kpi].name} ({kpi})"),
        ("Period", f"{asked.period.start} to {asked.last_day}"),
        ("Slice", f"{KINDS[asked.by]}: {asked.label}"),
        ("Known until", known_until.isoformat()),
        ("Value", as_text(figure.value) or REASONS.get(figure.reason or "", "")),
        ("Numerator", as_text(figure.numerator) or ""),
        ("Denominator", as_text(figure.denominator) or ""),
        ("n", str(figure.n)),
        ("Definition", version_words(kpi, version)),
    ]


def _closed(mark: Mark | None) -> Lines:
    if mark is None:
        return []
    return [("Closed month", mark.words), *(tell(mark.restatement) if mark.restatement else [])]
