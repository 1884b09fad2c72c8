"""The invented agency's contract lines, pauses and exchange rates."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from agencyam.periods import add_months
from bench.kpis.copying import Rows
from bench.kpis.people import LEAD_DAYS, SERVICES, Life, People
from bench.kpis.sizes import Sizes
from clients.models import ContractLine, FxRate, LinePause

INTERVALS = (("month", 60), ("quarter", 12), ("year", 10), ("half_year", 5), ("week", 4), ("four_weeks", 4),
             ("two_years", 3), ("three_years", 2))  # fmt: skip
PRICE_OF = {
    "week": 1, "four_weeks": 4, "month": 4, "quarter": 13, "half_year": 26, "year": 50, "two_years": 98,
    "three_years": 144,
}  # fmt: skip
CENTS = Decimal("0.01")


class Commerce:
    """About three lines a client: price changes, cut-backs, pauses, cross-sells, losses and returns."""

    def __init__(self, sizes: Sizes, dice: Random, people: People) -> None:
        self._sizes = sizes
        self._dice = dice
        self.lines = Rows(
            ContractLine,
            ("book_id", "client_id", "service_id", "kind", "currency", "amount", "interval", "starts_on",
             "ends_on", "reason", "is_void"),
        )  # fmt: skip
        self.pauses = Rows(LinePause, ("line_id", "starts_on", "ends_on"))
        self.rates = Rows(FxRate, ("currency", "effective_on", "rate_to_base"))
        self._add_rates()
        for life in people.lives:
            self._add_client(life)

    @property
    def tables(self) -> list[Rows]:
        return [self.lines, self.pauses, self.rates]

    def _add_rates(self) -> None:
        day = add_months((self._sizes.opens_on - timedelta(days=LEAD_DAYS + 60)).replace(day=1), -1)
        rates = {"USD": Decimal("0.92"), "GBP": Decimal("1.17")}
        while day <= self._sizes.as_of + timedelta(days=40):
            for currency in rates:
                rates[currency] *= 1 + Decimal(self._dice.randrange(-200, 201)) / 10_000
                rates[currency] = rates[currency].quantize(Decimal("0.0000000001"))
                self.rates.add(currency, day, rates[currency])
            day = add_months(day, 1)

    def _add_client(self, life: Life) -> None:
        dice = self._dice
        services = dice.sample(range(1, len(SERVICES) + 1), 3)
        self._add_chain(life, services[0], life.joined_on, life.ends_on)
        if dice.random() < 0.35:  # a second service, often later
            since = life.joined_on + timedelta(days=dice.randrange(400) if dice.random() < 0.8 else 0)
            if since < life.ends_on:
                self._add_chain(life, services[1], since, life.ends_on, reason="cross_sell")
        if dice.random() < 0.25:  # comes back
            back = life.ends_on + timedelta(days=1 + dice.randrange(90))
            self._add_chain(life, services[2], back, back + timedelta(days=200 + dice.randrange(700)))
        if dice.random() < 0.1:  # a trial that comes and goes within the month
            since = life.joined_on + timedelta(days=dice.randrange(300))
            self._add_line(life, services[2], since, since + timedelta(days=9), Decimal(300), "month", "")
        if dice.random() < 0.04:
            self._add_line(life, services[0], life.joined_on, life.ends_on, Decimal(-25), "month", "discount")
        if dice.random() < 0.05:
            self._add_line(life, services[1], life.joined_on, None, Decimal(700), "month", "", is_void=True)
        if dice.random() < 0.1:
            self._add_project(life, services[2])

    def _add_chain(self, life: Life, service: int, start: date, end: date, reason: str = "") -> None:
        """Lines that follow each other: the price goes up, the scope grows or shrinks, the service changes."""
        dice = self._dice
        interval = dice.choices([name for name, _ in INTERVALS], [weight for _, weight in INTERVALS])[0]
        amount = (Decimal(dice.randrange(4_000, 150_000)) / 400 * PRICE_OF[interval]).quantize(CENTS)
        last = self._sizes.as_of + timedelta(days=60)
        while start < min(end, last):
            until = min(start + timedelta(days=90 + int(dice.expovariate(1 / 420))), end)
            line = self._add_line(
                life, service, start, None if until > last else until, amount, interval, reason
            )
            if dice.random() < 0.14 and (until - start).days > 60:
                self._add_pause(line, start, until, last)
            step, reason = dice.choice(
                (
                    (105, "price_change"),
                    (105, "price_change"),
                    (130, "upsell"),
                    (70, "downgrade"),
                    (100, "renewal"),
                )
            )
            amount = (amount * step / 100).quantize(CENTS)
            start = until

    def _add_pause(self, line: int, start: date, until: date, last: date) -> None:
        dice = self._dice
        first = start + timedelta(days=dice.randrange((min(until, last) - start).days or 1))
        length = dice.choice((5, 20, 45, 90, 185, 260))
        self.pauses.add(line, first, None if dice.random() < 0.1 else first + timedelta(days=length))

    def _add_line(self, life: Life, service: int, start: date, end: date | None, amount: Decimal,
                  interval: str, reason: str, is_void: bool = False) -> int:  # fmt: skip
        number = len(self.lines.rows) + 1
        return self.lines.add(
            f"line-{number}", life.id, service, "recurring", life.currency, amount, interval, start, end, reason,
            is_void,
        )  # fmt: skip

    def _add_project(self, life: Life, service: int) -> None:
        number = len(self.lines.rows) + 1
        self.lines.add(
            f"line-{number}", life.id, service, "one_off", life.currency, Decimal(9000), "", life.joined_on,
            life.joined_on + timedelta(days=60), "", False,
        )  # fmt: skip
