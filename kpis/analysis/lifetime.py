"""The lifetime page: what a client is worth over its life, and how long clients stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencyam.charts import MONTHS, PERCENT, Chart, Drop, Survival, survival, with_narrow
from kpis.analysis.question import key_of
from kpis.analysis.restated_note import restated_note
from kpis.asked import Asked
from kpis.direct.churn_window import list_months, months_back
from kpis.direct.cohort import churn_keys
from kpis.direct.query import Query, SliceKey
from kpis.direct.tenure import list_tenures
from kpis.engine import Result, evaluate
from kpis.formulas.kaplan_meier import Tenure, median_tenure, restricted_mean, survival_curve
from kpis.formulas.reasons import REASONS

WIDTH = 760
CHECKED_MONTHS = tuple(map(Decimal, (6, 12, 24, 36, 48, 60)))


@dataclass(frozen=True)
class ChurnMonth:
    """A month of the window over which churn is pooled."""

    starts_on: date
    opening: int
    lost: int


@dataclass(frozen=True)
class Checkpoint:
    """How many are still clients after so many months, and how many have been looked at for so long."""

    months: Decimal
    share: Decimal
    at_risk: int


@dataclass(frozen=True)
class LifetimePage:
    """Both answers: lifetime value from pooled churn, and tenure by the Kaplan-Meier estimate."""

    query: Query
    clv: Result | None
    months: list[ChurnMonth]
    tenures: list[Tenure]
    finding: str
    chart: Chart | None
    median: Decimal | None
    mean: Decimal | None
    checkpoints: list[Checkpoint]
    restated: str

    @property
    def is_revenue(self) -> bool:
        """Without a margin of the agency's own, the value is revenue and not profit."""
        settings = self.query.settings
        return settings.gross_margin == 1 and not settings.service_margins

    @property
    def margin_words(self) -> str:
        """Which margin is in the value."""
        settings = self.query.settings
        if self.is_revenue:
            return "revenue, as the margin is set to 100%"
        share = PERCENT.short(settings.gross_margin)
        if settings.service_margins:
            return f"with the margin of each service; {share} where it has none of its own"
        return f"with a margin of {share}"

    @property
    def client_months(self) -> int:
        return sum(month.opening for month in self.months)

    @property
    def lost(self) -> int:
        return sum(month.lost for month in self.months)

    @property
    def churn(self) -> Decimal | None:
        return Decimal(self.lost) / self.client_months if self.client_months else None

    @property
    def lifetime(self) -> Decimal | None:
        return Decimal(self.client_months) / self.lost if self.lost else None

    @property
    def longer_than(self) -> Decimal | None:
        """While nobody has left: the months that a client is known to stay at least."""
        return self.clv.figure.extra.get("longer_than_months") if self.clv else None

    @property
    def reason(self) -> str:
        return REASONS.get(self.clv.figure.reason or "", "") if self.clv else REASONS["no_clients"]

    @property
    def per_client(self) -> str:
        """ARPA times margin, the figure above the line."""
        numerator = self.clv.figure.numerator if self.clv else None
        return "–" if self.clv is None or numerator is None else self.clv.format(numerator)

    @property
    def note(self) -> str:
        left = sum(tenure.has_left for tenure in self.tenures)
        return f"Kaplan-Meier estimate, {len(self.tenures)} clients, {left} of them left, the others counted as far as known"


def get_lifetime_page(asked: Asked) -> LifetimePage:
    """CLV of the slice with the months of its churn, and the tenures of the clients it is about."""
    query, key = asked.question(), key_of(asked)
    results = {result.key: result for result in evaluate(query, ["clv"])}
    tenures = read_tenures(query, key)
    finding = lifetime_finding(tenures)
    return LifetimePage(
        query=query,
        clv=results.get(key),
        months=_months(query, key),
        tenures=tenures,
        finding=finding,
        chart=_chart(tenures, finding) if tenures else None,
        median=median_tenure(tenures),
        mean=restricted_mean(tenures),
        checkpoints=_checkpoints(tenures),
        restated=restated_note(asked, ["clv", "lifetime_months"]),
    )


def read_tenures(query: Query, key: SliceKey) -> list[Tenure]:
    """Of a client's slice those of its segment, as its churn is; none for a service."""
    if query.by == "service":
        return []
    by = "segment" if query.by == "client" else query.by
    tenures = query.memo.get("tenures") or list_tenures(query, by)
    return list(tenures.get(churn_keys(query).get(key, key), []))


def lifetime_finding(tenures: Sequence[Tenure]) -> str:
    """The sentence above the curve, from the same tenures."""
    if not tenures:
        return "No client has paid yet"
    longest = MONTHS.short(max(tenure.months for tenure in tenures))
    median = median_tenure(tenures)
    if not any(tenure.has_left for tenure in tenures):
        return f"Nobody has left so far; the longest client has been here for {longest}"
    if median is None:
        _, share = survival_curve(tenures)[-1]
        return f"More than half stay: after {longest}, {PERCENT.short(share)} of clients are still here"
    return f"Half of all clients leave within {MONTHS.short(median)}"


def tenure_table(asked: Asked) -> tuple[list[str], list[list[object]]]:
    """The steps of the curve, for a file."""
    tenures = read_tenures(asked.question(), key_of(asked))
    rows: list[list[object]] = [[Decimal(0), Decimal(1), len(tenures), 0]] if tenures else []
    for months, share in survival_curve(tenures):
        at_risk = sum(tenure.months >= months for tenure in tenures)
        left = sum(tenure.has_left and tenure.months == months for tenure in tenures)
        rows.append([months, share, at_risk, left])
    return ["months", "share_still_here", "clients_at_risk", "clients_left"], rows


def _months(query: Query, key: SliceKey) -> list[ChurnMonth]:
    """The months whose churn is pooled, the oldest first; their sums are what the value is divided by."""
    by = "segment" if query.by == "client" else query.by
    churn_key = churn_keys(query).get(key, key)
    periods = months_back(query.cut_end, query.settings.clv_window_months)
    return [
        ChurnMonth(row["starts_on"], row["opening_clients"], row["lost"])
        for row in list_months(query, periods, by)
        if row["key"] == churn_key
    ]


def _chart(tenures: Sequence[Tenure], finding: str) -> Chart:
    drops = tuple(Drop(months, share) for months, share in survival_curve(tenures))
    longest = max(tenure.months for tenure in tenures)
    label = "Months since the first recurring revenue"
    data = Survival("tenure", "clients", drops, longest, MONTHS, label, finding)
    return with_narrow(survival, data, width=WIDTH)


def _checkpoints(tenures: Sequence[Tenure]) -> list[Checkpoint]:
    """Whole years that somebody has reached; the limit of the restricted mean is among them."""
    curve = survival_curve(tenures)
    points = []
    for months in CHECKED_MONTHS:
        at_risk = sum(tenure.months >= months for tenure in tenures)
        share = next((share for time, share in reversed(curve) if time <= months), Decimal(1))
        if at_risk:
            points.append(Checkpoint(months, share, at_risk))
    return points
