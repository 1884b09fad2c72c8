"""Whether health and risk told the truth: who had left 90 days after the end of each quarter, by level.

A client-quarter is a client on the last day of a calendar quarter, with the level and band stored for that
day. Only quarters count whose 90 days are over. The probability of a level is its share of leavers,
(lost + 0.5) / (n + 1); it is told with at least 30 client-quarters only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q

from agencyam.charts import COUNT, Bar, Chart, Segment, StackedBars, Tone, stacked_bars, with_narrow
from agencyam.periods import add_months
from clients.book.models import ClientQuerySet
from kpis.formulas.wilson import wilson_interval
from kpis.health.models import ClientHealth
from kpis.health.words import BAND_WORDS, RISK_WORDS

MONTHS = 24
MINIMUM = 30
LEVELS = ("high", "medium", "low")
BANDS = ("red", "amber", "green", "")


@dataclass(frozen=True)
class Rate:
    """Of `n` client-quarters at a level, `lost` ended with the client gone. Shares are from 0 to 1."""

    level: str
    label: str
    n: int
    lost: int
    base: Decimal | None = None

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.lost) / self.n if self.n else None

    @property
    def estimate(self) -> Decimal:
        """The share, drawn a little to the middle, so that it is never quite 0 or 1."""
        return (self.lost + Decimal("0.5")) / (self.n + 1)

    @property
    def probability(self) -> Decimal | None:
        return self.estimate if self.n >= MINIMUM else None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        return wilson_interval(self.lost, self.n)

    @property
    def squared_error(self) -> Decimal:
        """Summed over the client-quarters, had each been given the estimate."""
        return self.lost * (1 - self.estimate) ** 2 + (self.n - self.lost) * self.estimate**2

    @property
    def brier(self) -> Decimal | None:
        """The mean squared error of the level; 0 is perfect."""
        return self.squared_error / self.n if self.n else None

    @property
    def lift(self) -> Decimal | None:
        """How many times as often as the average client they left."""
        return self.share / self.base if self.share is not None and self.base else None


@dataclass(frozen=True)
class BackTest:
    """Levels and bands on the past; Brier scores are mean squared errors, 0 is perfect."""

    levels: list[Rate]
    bands: list[Rate]
    quarters: list[date]
    n: int
    lost: int

    @property
    def brier(self) -> Decimal | None:
        return _brier(self.levels)

    @property
    def brier_without(self) -> Decimal | None:
        """The same, had everybody been given the average."""
        return _brier([Rate("", "", self.n, self.lost)])

    @property
    def sentence(self) -> str:
        """Whether red clients left more often than green ones."""
        red, green = (next(rate for rate in self.bands if rate.level == band) for band in ("red", "green"))
        if not self.n:
            return "There is no quarter yet whose outcome is known."
        if not red.interval or not green.interval:
            which = "red" if not red.n else "green"
            return f"It cannot be told yet: no client was {which} at the end of a quarter."
        told = f"{_of(red)} red and {_of(green)} green client-quarters ended with the client gone"
        if red.interval[0] > green.interval[1]:
            return f"Red clients left more often than green ones: {told}."
        if green.interval[0] > red.interval[1]:
            return f"Red clients left less often than green ones, so the weights need changing: {told}."
        return f"It cannot be told whether red clients leave more often: {told}."

    @property
    def warning(self) -> str:
        """What the reader must know about how little there is; blank if there is enough."""
        if self.n < MINIMUM:
            return f"Only {self.n} client-quarters are known; {MINIMUM} a level are needed for a probability."
        if self.lost < 5:
            return f"Only {self.lost} of {self.n} client-quarters ended with the client gone: read every share with its interval."
        return ""

    @property
    def chart(self) -> Chart:
        bars = tuple(
            Bar(rate.label, (Decimal(rate.lost), Decimal(rate.n - rate.lost)))
            for rate in self.levels
            if rate.n
        )
        segments = (Segment("Gone 90 days later", Tone.BAD), Segment("Still there", Tone.GOOD))
        data = StackedBars("back-test", "client-quarters", segments, bars, COUNT, bar_label="Risk level")
        return with_narrow(stacked_bars, data)


def _of(rate: Rate) -> str:
    return f"{rate.lost} of {rate.n}"


def _brier(rates: Sequence[Rate]) -> Decimal | None:
    whole = sum(rate.n for rate in rates)
    return sum((rate.squared_error for rate in rates), Decimal(0)) / whole if whole else None


def list_quarter_ends(*, today: date) -> list[date]:
    """The last days of the calendar quarters of the last 24 months, earliest first."""
    first = add_months(today.replace(day=1), -MONTHS)
    ends = [add_months(first, step) - timedelta(days=1) for step in range(1, MONTHS + 1)]
    return [end for end in ends if end.month % 3 == 0]


def get_back_test(*, today: date, clients: ClientQuerySet | None = None) -> BackTest:
    """The outcome of the quarters of 24 months among these clients (None: all); one query."""
    healths = ClientHealth.objects.judged()
    if clients is not None:
        healths = healths.filter(client__in=clients)
    judged = healths.filter(day__in=list_quarter_ends(today=today)).order_by()
    groups = judged.values("day", "risk_level", "band").annotate(
        n=Count("pk"), lost=Count("pk", filter=Q(has_left=True))
    )
    found = [
        (row["day"], {"level": row["risk_level"], "band": row["band"]}, row["n"], row["lost"])
        for row in groups
    ]
    n, lost = sum(row[2] for row in found), sum(row[3] for row in found)
    base = Decimal(lost) / n if n else None
    return BackTest(
        levels=_rates(found, "level", LEVELS, RISK_WORDS, base),
        bands=_rates(found, "band", BANDS, BAND_WORDS, base),
        quarters=sorted({row[0] for row in found}),
        n=n,
        lost=lost,
    )


def get_rates(*, today: date) -> dict[str, Rate]:
    """The whole agency's rates by risk level; one query."""
    return {rate.level: rate for rate in get_back_test(today=today).levels}


def _rates(
    found: Iterable[tuple[date, dict[str, str], int, int]],
    kind: str,
    keys: Sequence[str],
    words: dict[str, str],
    base: Decimal | None,
) -> list[Rate]:
    rows = list(found)
    return [
        Rate(
            key,
            words[key],
            sum(n for _, keys_of, n, _ in rows if keys_of[kind] == key),
            sum(lost for _, keys_of, _, lost in rows if keys_of[kind] == key),
            base,
        )
        for key in keys
    ]
