"""Contracts through the years: retainers, price rises, upsells, cross-sells, downgrades, pauses, the end."""

from dataclasses import dataclass
from datetime import date, timedelta

from agencyam.periods import add_months
from clients.demo.clientele import Life
from clients.demo.dice import Dice
from clients.demo.profiles import Offer, Profile

TIER_SIZE = {"A": 2.1, "B": 1.0, "C": 0.55}
INTERVAL_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "two_years": 24}
# Chances a year at a middling mood.
UPSELL, CROSS_SELL, DOWNGRADE, PAUSE, PROJECT = 0.30, 0.17, 0.12, 0.05, 0.38


@dataclass(slots=True)
class Line:
    """One line of a contract at one price."""

    client_id: str
    contract_id: str
    offer: Offer
    amount: int
    interval: str
    starts_on: date
    ends_on: date | None = None
    reason: str = ""
    ended_reason: str = ""
    notice_days: int | None = None
    is_auto_renewing: bool = False
    line_id: str = ""

    @property
    def service_id(self) -> str:
        return self.offer.service_id

    @property
    def monthly(self) -> float:
        return self.amount / INTERVAL_MONTHS[self.interval] if self.interval else 0.0


@dataclass(frozen=True, slots=True)
class Sale:
    """A change that somebody sold, or a project: what growth is made of. `monthly` may be 0 for a project."""

    client_id: str
    kind: str
    name: str
    on: date
    monthly: int = 0
    one_off: int = 0


@dataclass(slots=True)
class Commerce:
    """Everything that was agreed with one client or with all."""

    lines: list[Line]
    pauses: list[tuple[Line, date, date | None]]
    sales: list[Sale]

    def monthly_lines(self, client_id: str, day: date) -> list[Line]:
        """Recurring lines of the client on the day."""
        return [
            line
            for line in self.lines
            if line.client_id == client_id and line.interval and line.starts_on <= day
            and (line.ends_on is None or day < line.ends_on)
        ]  # fmt: skip


def trade(profile: Profile, lives: list[Life], dice: Dice, *, until: date) -> Commerce:
    """All contracts of all clients until a day; terms already agreed may end after it."""
    commerce = Commerce([], [], [])
    for life in lives:
        own = dice.stream("commerce", life.client_id)
        for number, (begins, ends) in enumerate(life.spans, start=1):
            contract_id = f"K{life.client_id[1:]}-{number}"
            _Term(profile, life, own.stream(number), commerce, contract_id, begins, ends, until).play()
    commerce.lines.sort(key=lambda line: (line.starts_on, line.client_id, line.service_id, line.reason))
    for number, line in enumerate(commerce.lines, start=1):
        line.line_id = f"L{number:04}"
    return commerce


class _Term:
    """One stay of one client: plays month after month and writes lines, pauses and sales."""

    def __init__(
        self, profile, life: Life, dice: Dice, commerce: Commerce, contract_id, begins, ends, until
    ) -> None:
        self.profile, self.life, self.dice, self.commerce = profile, life, dice, commerce
        self.contract_id, self.begins, self.ends, self.until = contract_id, begins, ends, until
        self.open: list[Line] = []
        self.paused_until = begins
        self.is_fixed_term = dice.chance(0.35)

    def play(self) -> None:
        wanted = self.dice.weighted(((1, 5), (2, 3), (3, 1.2)))
        for offer in self._offers(wanted):
            self._start(offer, self._price(offer), offer.interval, self.begins, "")
        month = add_months(self.begins.replace(day=1), 1)
        last = min(self.ends or self.until, self.until)
        while month <= last:
            if month >= self.paused_until and (self.ends is None or (self.ends - month).days > 150):
                self._month(month)
            month = add_months(month, 1)
        self._finish()

    def _month(self, day: date) -> None:
        mood = self.life.mood(day)
        months_in = (day.year - self.begins.year) * 12 + day.month - self.begins.month
        if months_in % 12 == 0:
            self._anniversary(day)
        elif months_in > 3:
            if self.dice.chance(UPSELL / 12 * mood / 0.7):
                self._upsell(self._moment(day))
            elif self.dice.chance(CROSS_SELL / 12 * mood / 0.7):
                self._cross_sell(self._moment(day))
            elif self.dice.chance(DOWNGRADE / 12 * (1.7 - mood)):
                self._change(day, self.dice.between(0.62, 0.87), "downgrade")
            elif self.dice.chance(PAUSE / 12):
                self._pause(day)
        if self.dice.chance(PROJECT / 12 * mood / 0.7):
            self._project(self._moment(day))

    def _moment(self, day: date) -> date:
        return day if self.dice.chance(0.7) else day + timedelta(days=self.dice.whole(3, 24))

    def _offers(self, wanted: int) -> list[Offer]:
        has = {line.service_id for line in self.open}
        left = [(offer, offer.weight) for offer in self.profile.offers if offer.service_id not in has]
        chosen: list[Offer] = []
        while left and len(chosen) < wanted:
            offer = self.dice.weighted(left)
            chosen.append(offer)
            left = [pair for pair in left if pair[0] is not offer]
        return chosen

    def _price(self, offer: Offer) -> int:
        amount = offer.price * TIER_SIZE[self.life.tier] * self.dice.skewed(1, 0.22)
        return max(round(amount * INTERVAL_MONTHS[offer.interval] / 10) * 10, 90)

    def _start(self, offer: Offer, amount: int, interval: str, day: date, reason: str) -> Line:
        line = Line(
            self.life.client_id, self.contract_id, offer, amount, interval, day,
            reason=reason, notice_days=self.dice.pick((30, 30, 60, 90)), is_auto_renewing=self.is_fixed_term,
        )  # fmt: skip
        self.open.append(line)
        self.commerce.lines.append(line)
        return line

    def _end(self, line: Line, day: date, reason: str) -> None:
        line.ends_on, line.ended_reason = day, reason
        self.open.remove(line)

    def _replace(self, line: Line, amount: int, day: date, reason: str) -> None:
        if line.starts_on < day and amount != line.amount:
            self._end(line, day, reason)
            self._start(line.offer, amount, line.interval, day, reason)

    def _anniversary(self, day: date) -> None:
        for line in list(self.open):
            if self.dice.chance(0.55):
                self._replace(
                    line, round(line.amount * self.dice.between(1.02, 1.055) / 5) * 5, day, "price_change"
                )
            elif self.is_fixed_term and line.starts_on < day:
                self._end(line, day, "renewal")
                self._start(line.offer, line.amount, line.interval, day, "renewal")

    def _upsell(self, day: date) -> None:
        before = sum(line.monthly for line in self.open)
        self._change(day, self.dice.between(1.12, 1.4), "upsell")
        gained = round(sum(line.monthly for line in self.open) - before)
        if gained > 0:
            name = f"More of {self.open[-1].offer.name}"
            self.commerce.sales.append(Sale(self.life.client_id, "upsell", name, day, monthly=gained))

    def _change(self, day: date, factor: float, reason: str) -> None:
        changeable = [line for line in self.open if line.starts_on < day]
        if changeable:
            line = max(changeable, key=lambda one: one.monthly)
            self._replace(line, max(round(line.amount * factor / 10) * 10, 90), day, reason)

    def _cross_sell(self, day: date) -> None:
        for offer in self._offers(1):
            line = self._start(offer, self._price(offer), offer.interval, day, "cross_sell")
            self.commerce.sales.append(
                Sale(self.life.client_id, "cross_sell", offer.name, day, monthly=round(line.monthly))
            )

    def _pause(self, day: date) -> None:
        back = add_months(day, self.dice.whole(1, 3))
        if self.ends is None or back < self.ends:
            self.paused_until = back
            self.commerce.pauses += [(line, day, back) for line in self.open if line.starts_on < day]

    def _project(self, day: date) -> None:
        name, price = self.dice.pick(self.profile.projects)
        amount = round(price * TIER_SIZE[self.life.tier] ** 0.5 * self.dice.skewed(1, 0.25) / 100) * 100
        offer = self.dice.pick(self.profile.offers)
        line = Line(self.life.client_id, self.contract_id, offer, amount, "", day, reason="project")
        line.ends_on = add_months(day, self.dice.whole(2, 5))
        self.commerce.lines.append(line)
        self.commerce.sales.append(Sale(self.life.client_id, "project", name, day, one_off=amount))

    def _finish(self) -> None:
        for line in list(self.open):
            if self.ends is not None:
                self._end(line, self.ends, self.life.leaving_reason)
            elif self.is_fixed_term:
                line.ends_on = self._next_term(line)

    def _next_term(self, line: Line) -> date:
        ends = add_months(self.begins.replace(day=1), 12)
        while ends <= max(self.until, line.starts_on):
            ends = add_months(ends, 12)
        return ends
