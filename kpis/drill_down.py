"""The page behind a number: how it came about, how it moved, what it is elsewhere, and its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.urls import reverse

from accounts.models import User
from agencyam.charts import Chart, Point, Trend, trend, with_narrow
from agencyam.periods import months_to
from clients.book import selectors as book_selectors
from kpis.asked import Asked
from kpis.beside import Beside, list_beside
from kpis.choices import selectors as choice_selectors
from kpis.direct.query import Figure
from kpis.drawing import chart_format, chart_target, month_label
from kpis.engine import Result, as_text, evaluate
from kpis.evidence.rows import Evidence, list_evidence
from kpis.formula_words import equation, sentence
from kpis.formulas.definition import Definition, Display
from kpis.formulas.reasons import REASONS
from kpis.formulas.target import Status
from kpis.frozen import selectors as frozen_selectors
from kpis.frozen.marks import Mark
from kpis.frozen.restated import Restated, find_restated
from kpis.reading import Reading, read_slices, read_values, reading_of
from kpis.scorecard import note_of, read_reported, record_of, words_of
from kpis.slice_choices import KINDS
from kpis.words import Words

MONTHS = 24
PARTS_A_PAGE = 50
TREND_NOTE = "24 months; each point leads to its month"


@dataclass(frozen=True)
class Part:
    """The KPI in one slice of another kind; no address for a bucket that is no slice of its own."""

    label: str
    reading: Reading
    display: str
    target: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Parts:
    """The KPI slice by slice: kinds to choose from (words, address, whether chosen), and one kind's slices."""

    kinds: list[tuple[str, str, bool]]
    words: str
    page: "Page[Part]"


@dataclass(frozen=True)
class DrillDown:
    """One KPI of one slice. `record` is the reported figure of a closed month, else the figure of now; `words` are its.

    `sentence` and `equation` are the formula with the figures of now in it, which are those of the rows; `beside` are
    second figures that the definition names.
    """

    asked: Asked
    result: Result
    record: Reading
    words: Words
    sentence: str
    equation: str
    beside: list[Beside]
    version: str
    note: str
    note_tone: str
    mark: Mark | None
    restated: Restated | None
    trend: Chart | None
    trend_note: str
    parts: Parts | None
    evidence: Evidence

    @property
    def definition(self) -> Definition:
        return self.result.definition

    @property
    def display(self) -> str:
        return self.words.value(self.record.value)

    @property
    def target(self) -> str:
        return self.words.target(self.record)

    @property
    def interval(self) -> str:
        return self.words.interval(self.record)

    @property
    def sample(self) -> str:
        return self.words.sample(self.record)

    @property
    def reason(self) -> str:
        """Why there is no value now, in words."""
        return REASONS.get(self.result.figure.reason or "", "")

    @property
    def months_url(self) -> str:
        """Where the changes of a closed month are told; empty for any other period."""
        if not self.is_restated:
            return ""
        return self.asked.month_url

    @property
    def is_restated(self) -> bool:
        return self.mark is not None and self.mark.is_restated

    @property
    def is_other_now(self) -> bool:
        """Whether the figure of record is another one than that of the rows: restated, or of another currency."""
        currency = self.asked.moment.settings.currency
        is_money = self.definition.display == Display.MONEY
        is_other = as_text(self.record.value) != as_text(self.result.value)
        return self.is_restated or is_other or (is_money and self.words.currency != currency)


def get_drill_down(
    *, kpi: str, asked: Asked, user: User, parts_by: str = "", part_page: str = ""
) -> DrillDown:
    """The number from the book itself with its rows, its months and its parts of one kind."""
    result, evidence = read_number(kpi=kpi, asked=asked)
    now, mark = reading_of(result), find_mark(kpi, asked)
    today = words_of(result.definition, None, asked)
    note, tone = note_of(kpi, mark, asked)
    return DrillDown(
        asked=asked,
        result=result,
        record=record_of(mark, now) if mark else now,
        words=words_of(result.definition, mark, asked),
        sentence=sentence(result, today),
        equation=equation(result, today),
        beside=list_beside(result, evidence.counted, today),
        version=version_words(kpi, result.definition_version),
        note=note,
        note_tone=tone,
        mark=mark,
        restated=find_restated(kpi=kpi, mark=mark, asked=asked) if mark else None,
        trend=_trend(result, asked),
        trend_note=TREND_NOTE + ("; closed months as reported" if asked.is_today else ""),
        parts=_parts(result, today, asked, user, parts_by, part_page),
        evidence=evidence,
    )


def read_number(*, kpi: str, asked: Asked) -> tuple[Result, Evidence]:
    """The figure and its rows from one reading of the book."""
    query, wanted = asked.question(), asked.key or None
    results = evaluate(query, [kpi])
    result = next((found for found in results if found.key == wanted), None) or _nothing(kpi, asked)
    return result, list_evidence(query, kpi, wanted)


def find_mark(kpi: str, asked: Asked) -> Mark | None:
    """What was reported, for a closed month as it is known today."""
    if not asked.is_today:
        return None
    marks = frozen_selectors.get_marks(period=asked.period, by=asked.by, key=asked.key, kpis=[kpi])
    return marks.get(kpi)


def version_words(kpi: str, number: int) -> str:
    """Which definition counted: "version 2, since 1 Oct 2026"."""
    versions = choice_selectors.list_versions(kpi)
    since = next((each.from_on for each in versions if each.number == number), None)
    return f"version {number}" + (f", since {since.day} {since:%b %Y}" if since else "")


def _nothing(kpi: str, asked: Asked) -> Result:
    """A slice that the engine does not know, such as a member without clients: the shape without a figure."""
    empty = evaluate(asked.question(by="agency"), [kpi])[0]
    return replace(
        empty,
        query=asked.question(),
        key=asked.key,
        label=asked.label,
        figure=Figure(None, None, 0, None, reason="no_rows"),
        ci_low=None,
        ci_high=None,
        target=None,
        status=Status.NOT_JUDGED,
        rows=[],
    )


def _parts(
    result: Result, words: Words, asked: Asked, user: User, parts_by: str, part_page: str
) -> Parts | None:
    """Of one kind of slice; where portfolios are private, only a member's own clients."""
    kinds = [by for by in result.definition.slices if by != "agency"]
    if asked.is_own_only:
        kinds = [by for by in kinds if by == "client"]
    if not kinds:
        return None
    chosen = parts_by if parts_by in kinds else kinds[0]
    readings = read_slices(asked.question(by=chosen), result.kpi)
    if asked.is_own_only:
        own = set(_own_clients(user, asked))
        readings = [each for each in readings if each[0] in own]
    path = reverse("kpis:kpi-detail", args=[result.kpi])
    parts = [
        Part(
            label,
            reading,
            words.value(reading.value),
            words.target(reading),
            path + asked.query_for(by=chosen, key=key),
            (chosen, key) == (asked.by, asked.key),
        )
        for key, label, reading in sorted(readings, key=_largest_first)
    ]
    links = [(KINDS[by], f"{path}{asked.query}&parts={by}#parts", by == chosen) for by in kinds]
    return Parts(links, KINDS[chosen], Paginator(parts, PARTS_A_PAGE).get_page(part_page))


def _own_clients(user: User, asked: Asked) -> list[str]:
    clients = book_selectors.visible_clients(user=user, today=asked.moment.today)
    return list(clients.values_list("book_id", flat=True))


def _largest_first(part: tuple[str, str, Reading]) -> tuple[bool, Decimal, str]:
    value = part[2].value
    return value is None, -(value or Decimal(0)), part[1]


def _as_reported(reading: Reading | None, reported: Mapping[str, Decimal | None]) -> Reading | None:
    """A closed month is drawn as its page shows it: with the number of record."""
    if reading is None or reading.kpi not in reported:
        return reading
    return replace(reading, value=reported[reading.kpi])


def _trend(result: Result, asked: Asked) -> Chart | None:
    months = months_to(min(asked.as_of, asked.last_day), MONTHS)
    queries = [asked.question(period=month) for month in months]
    series = read_values(queries, asked.key, [result.kpi], today=asked.moment.today)
    reported = read_reported(asked, months, [result.kpi])
    readings = [
        _as_reported(found.get(result.kpi), reported.get(month, {}))
        for month, found in zip(months, series, strict=True)
    ]
    if sum(reading is not None and reading.value is not None for reading in readings) < 2:
        return None
    path = reverse("kpis:kpi-detail", args=[result.kpi])
    points = tuple(
        Point(
            month_label(month),
            reading.value if reading else None,
            is_partial=bool(reading and reading.is_partial),
            href=path + asked.query_for(period=asked.name_of(month)),
        )
        for month, reading in zip(months, readings, strict=True)
    )
    targets = [chart_target(result.definition, reading) for reading in readings]
    line = Trend(
        f"trend-{result.kpi}",
        result.definition.name,
        points,
        unit=chart_format(result.definition, asked.moment.settings.currency),
        target=next((target for target in reversed(targets) if target), None),
    )
    return with_narrow(trend, line)
