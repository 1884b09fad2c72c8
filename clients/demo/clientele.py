"""The agency's clients: who comes when, who leaves why, and how content each one is."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sin

from agencyam.periods import add_months
from clients.demo import names, texts
from clients.demo.dice import Dice
from clients.demo.profiles import Profile

YEARLY_CHURN = 0.115
# Clients that the agency had when the book begins, as a share of all that it ever names.
OPENING_SHARE = 0.6


@dataclass(slots=True)
class Contact:
    """A person at a client, there from `since` until before `left_on`."""

    contact_id: str
    name: str
    email: str
    job_title: str
    buying_role: str
    since: date
    left_on: date | None = None


@dataclass(slots=True)
class Life:
    """A client through the years. `spans` are its times under contract, the last one open if it stayed."""

    client_id: str
    name: str
    tier: str
    industry: str
    segment: str
    time_zone: str
    currency: str
    charm: float
    phase: float
    spans: list[tuple[date, date | None]]
    leaving_reason: str = ""
    referred_by: str = ""
    tags: tuple[str, ...] = ()
    is_neglected: bool = False
    contacts: list[Contact] = field(default_factory=list)

    @property
    def joined(self) -> date:
        return self.spans[0][0]

    def is_client(self, day: date) -> bool:
        return any(begins <= day and (ends is None or day < ends) for begins, ends in self.spans)

    def leaving_on(self, day: date) -> date | None:
        """The end of the span that holds the day."""
        return next(
            (ends for begins, ends in self.spans if begins <= day and (ends is None or day < ends)), None
        )

    def mood(self, day: date) -> float:
        """How content the client is on a day, from 0 to 1; it sinks in the half year before leaving."""
        mood = self.charm + 0.07 * sin(day.toordinal() / 90 + self.phase)
        ends = self.leaving_on(day)
        if ends is not None and (ends - day).days < 200:
            mood -= 0.45 * (1 - (ends - day).days / 200)
        return min(max(mood, 0.03), 0.98)

    def people_on(self, day: date) -> list[Contact]:
        """The contacts who are there on the day."""
        return [
            one for one in self.contacts if one.since <= day and (one.left_on is None or day < one.left_on)
        ]


def make_clients(profile: Profile, dice: Dice, *, count: int, start: date, until: date) -> list[Life]:
    """All clients with their spans: joins spread over the months, departures near the yearly churn."""
    opening = max(1, round(count * OPENING_SHARE))
    companies = _companies(profile, dice, count)
    lives = []
    for number in range(count):
        own = dice.stream("client", number)
        joined = _joining_day(own, number, opening, count, start, until)
        lives.append(_client(profile, own, number, companies[number], joined))
    _part_ways(lives, dice.stream("leaving"), start, until)
    for number in range(max(1, count // 20)):
        still_here = [life for life in lives if life.spans[-1][1] is None]
        dice.stream("neglected", number).pick(still_here).is_neglected = True
    return lives


def _companies(profile: Profile, dice: Dice, count: int) -> list[tuple[str, str]]:
    """Names with their industries; after the profile's own list come made-up ones with a number."""
    pool = dice.stream("companies").shuffled(profile.companies)
    surnames = profile.people[1]
    for number in range(count - len(pool)):
        trade, industry = names.TRADES[number // len(surnames) % len(names.TRADES)]
        pool.append((f"{surnames[number % len(surnames)]} {trade} {number + 1}", industry))
    # The overlong name comes early, so that small books have it too.
    longest = max(pool, key=lambda company: len(company[0]))
    pool.remove(longest)
    pool.insert(min(7, count - 1), longest)
    return pool[:count]


def _joining_day(own: Dice, number: int, opening: int, count: int, start: date, until: date) -> date:
    if number < opening:
        return add_months(start, -own.whole(2, 40))
    months = (until.year - start.year) * 12 + until.month - start.month
    place = (number - opening + own.between(0.1, 0.9)) / max(count - opening, 1)
    day = add_months(start, int(place * months))
    return day if own.chance(0.75) else day + timedelta(days=own.whole(1, 20))


def _client(profile: Profile, own: Dice, number: int, company: tuple[str, str], joined: date) -> Life:
    currency, time_zone = "", ""
    point = own.between(0, 1)
    for code, zone, _rate, share in profile.foreign:
        if 0 <= point < share:
            currency, time_zone = code, zone
        point -= share
    return Life(
        client_id=f"C{number + 1:03}",
        name=company[0],
        tier=own.weighted((("A", 2), ("B", 5), ("C", 4))),
        industry=company[1],
        segment=own.weighted((("Mid-market", 5), ("Small business", 4), ("Enterprise", 2), ("", 0.4))),
        time_zone=time_zone,
        currency=currency,
        charm=min(max(own.normal(0.73, 0.13), 0.3), 0.95),
        phase=own.between(0, 6.28),
        spans=[(joined, None)],
        tags=tuple(tag for tag in texts.TAGS if own.chance(0.14)),
    )


def _part_ways(lives: list[Life], dice: Dice, start: date, until: date) -> None:
    """Ends spans month by month, the least content first, near the yearly churn whatever the seed.

    About one in seven comes back after a while.
    """
    debt, month = 0.25, start
    while month <= add_months(until, 1):
        following = add_months(month, 1)
        present = [life for life in lives if life.is_client(month) and (month - life.spans[-1][0]).days > 120]
        debt += len(present) * YEARLY_CHURN / 12
        while debt >= 1 and present:
            debt -= 1
            life = _who_leaves(present, dice)
            present.remove(life)
            leaves = following if dice.chance(0.8) else month + timedelta(days=dice.whole(9, 24))
            life.spans[-1] = (life.spans[-1][0], leaves)
            life.leaving_reason = dice.weighted(texts.LEAVING_REASONS)
            returns = add_months(leaves, dice.whole(3, 8))
            if dice.chance(0.14) and returns < until and len(life.spans) == 1:
                life.spans.append((returns, None))
        month = following


def _who_leaves(present: list[Life], dice: Dice) -> Life:
    weight = {"A": 0.35, "B": 0.9, "C": 1.5}
    return dice.weighted([(life, weight[life.tier] * (1.05 - life.charm) ** 2) for life in present])
