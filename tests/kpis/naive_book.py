"""The definitions of the contract KPIs once more, day by day and client by client.

slow, and plain to check.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

ONE_DAY = timedelta(days=1)
PER_MONTH = {
    "month": Fraction(1),
    "year": Fraction(1, 12),
    "quarter": Fraction(1, 3),
    "week": Fraction(52, 12),
}


@dataclass(frozen=True)
class NaiveLine:
    client: str
    service: str
    amount: int
    interval: str
    currency: str
    starts_on: date
    ends_on: date | None
    pauses: tuple[tuple[date, date | None], ...] = ()
    reason: str = ""

    def is_under_contract(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def is_paused(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self.pauses)

    def is_live(self, day: date) -> bool:
        return self.is_under_contract(day) and not self.is_paused(day)


@dataclass(frozen=True)
class NaiveBook:
    """`rates`: day and rate of the one foreign currency, by day."""

    lines: tuple[NaiveLine, ...]
    rates: tuple[tuple[date, Fraction], ...]
    max_pause_days: int

    @property
    def clients(self) -> list[str]:
        return sorted({line.client for line in self.lines})

    def rate(self, currency: str, day: date) -> Fraction:
        if currency == "EUR":
            return Fraction(1)
        return [rate for since, rate in self.rates if since <= day][-1]

    def services(self, client: str, day: date, rate_day: date) -> Counter:
        """MRR per service of the lines live on `day`, at the rates of `rate_day`."""
        found: Counter = Counter()
        for line in self.lines:
            if line.client == client and line.is_live(day):
                monthly = line.amount * PER_MONTH[line.interval]
                found[line.service] += monthly * self.rate(line.currency, rate_day)
        return found

    def mrr(self, client: str, day: date, rate_day: date | None = None) -> Fraction:
        return sum(self.services(client, day, rate_day or day).values(), Fraction(0))

    def is_active(self, client: str, day: date) -> bool:
        """Paying, or in a pause that broke off its paying and has not lasted too long."""
        for length in range(self.max_pause_days + 1):
            if self.mrr(client, day):
                return True
            lines = [line for line in self.lines if line.client == client]
            if not any(line.amount and line.is_under_contract(day) and line.is_paused(day) for line in lines):
                return False
            if length == self.max_pause_days:
                return False
            day -= ONE_DAY
        return False


def movements(book: NaiveBook, first: date, end: date) -> Counter:
    """Sums by class over the days of [first, end)."""
    sums: Counter = Counter()
    for client in book.clients:
        day = first
        while day < end:
            _add_day(book, client, day, sums)
            day += ONE_DAY
    return sums


def _add_day(book: NaiveBook, client: str, day: date, sums: Counter) -> None:
    eve = day - ONE_DAY
    before, after = book.services(client, eve, day), book.services(client, day, day)
    was, now = sum(before.values(), Fraction(0)), sum(after.values(), Fraction(0))
    if was == now:
        return
    if not was:
        sums[_class_of_return(book, client, day)] += now
    elif not now:
        sums["pause" if book.is_active(client, day) else "churn"] += was
    elif now < was:
        sums["contraction"] += was - now
    else:
        grew = {name: after[name] - before[name] for name in after if after[name] > before[name]}
        for name, growth in grew.items():
            kind = _class_of_growth(book, client, name, day)
            sums[kind] += (now - was) * growth / sum(grew.values())


def _class_of_return(book: NaiveBook, client: str, day: date) -> str:
    starts = [line.starts_on for line in book.lines if line.client == client]
    earlier = min(starts)
    while earlier < day:
        if book.mrr(client, earlier):
            return "resume" if book.is_active(client, day - ONE_DAY) else "reactivation"
        earlier += ONE_DAY
    return "new"


def _class_of_growth(book: NaiveBook, client: str, service: str, day: date) -> str:
    eve = day - ONE_DAY
    lines = [line for line in book.lines if line.client == client and line.service == service]
    has_resumed = any(
        line.is_live(day) and line.is_under_contract(eve) and line.is_paused(eve) for line in lines
    )
    if not any(line.is_live(eve) for line in lines):
        return "resume" if has_resumed else "cross_sell"
    if any(line.starts_on == day and line.reason == "price_change" and line.is_live(day) for line in lines):
        return "price_change"
    return "resume" if has_resumed else "upsell"


def figures(book: NaiveBook, first: date, end: date) -> dict[str, Fraction | None]:
    """The KPIs that the definitions give for [first, end)."""
    opening_day, closing_day = first - ONE_DAY, end - ONE_DAY
    ends = {
        client: (book.mrr(client, opening_day), book.mrr(client, closing_day, opening_day))
        for client in book.clients
    }
    cohort = {client: pair for client, pair in ends.items() if pair[0]}
    opening = sum((pair[0] for pair in cohort.values()), Fraction(0))
    logos = [client for client in book.clients if book.is_active(client, opening_day)]
    kept = [client for client in logos if book.is_active(client, closing_day)]
    sums = movements(book, first, end)
    closing = sum((book.mrr(client, closing_day) for client in book.clients), Fraction(0))
    expansion = sums["upsell"] + sums["cross_sell"] + sums["price_change"] + sums["resume"]
    lost = sums["contraction"] + sums["pause"]
    net_new = sums["new"] + sums["reactivation"] + expansion - lost - sums["churn"]
    return {
        "opening_mrr": opening,
        "mrr": closing,
        "new_mrr": Fraction(sums["new"]),
        "reactivation_mrr": Fraction(sums["reactivation"]),
        "upsell_mrr": Fraction(sums["upsell"]),
        "cross_sell_mrr": Fraction(sums["cross_sell"]),
        "price_change_mrr": Fraction(sums["price_change"]),
        "expansion_mrr": Fraction(expansion),
        "contraction_mrr": Fraction(lost),
        "churned_mrr": Fraction(sums["churn"]),
        "net_new_mrr": Fraction(net_new),
        "fx_effect": closing - opening - net_new,
        "opening_clients": Fraction(len(logos)),
        "client_retention_rate": Fraction(len(kept), len(logos)) if logos else None,
        "nrr": sum((pair[1] for pair in cohort.values()), Fraction(0)) / opening if opening else None,
        "grr": sum((min(pair) for pair in cohort.values()), Fraction(0)) / opening if opening else None,
    }
