"""The agency's members and, over the years, who looks after whom."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from agencyam.periods import add_months
from clients.demo.clientele import Life
from clients.demo.dice import Dice
from clients.demo.profiles import Profile

# Letters that Unicode does not take apart into a plain one and an accent.
PLAIN_LETTERS: dict[str, str | int | None] = {
    "ł": "l", "ø": "o", "ß": "ss", "ı": "i", "æ": "ae", "’": "", "'": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """Someone at the agency. `pace` multiplies reply times, `care` the number of touchpoints."""

    member_id: str
    name: str
    email: str
    role: str
    starts_on: date
    ends_on: date | None = None
    fte: str = "1"
    pace: float = 1.0
    care: float = 1.0

    def is_there(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A member and a client, from a day until before another."""

    client_id: str
    member: Member
    role: str
    starts_on: date
    ends_on: date | None


TEAM_NAMES = ("Consumer brands", "Business clients")
TEAM_SIZE = 2


@dataclass(slots=True)
class Team:
    """Account managers who look after their clients together, from the first to the last of their days."""

    team_id: str
    name: str
    members: list[Member]


@dataclass(slots=True)
class Staff:
    """All members, and the history of assignments."""

    leadership: list[Member]
    managers: list[Member]
    assignments: list[Assignment]

    @property
    def teams(self) -> list[Team]:
        """Two halves of the account managers, where there are enough of them."""
        if len(self.managers) < TEAM_SIZE * len(TEAM_NAMES):
            return []
        return [
            Team(f"T{number}", name, self.managers[number - 1 :: len(TEAM_NAMES)])
            for number, name in enumerate(TEAM_NAMES, start=1)
        ]

    def primary(self, client_id: str, day: date) -> Member | None:
        """The account manager of the client on the day."""
        for item in self.assignments:
            is_theirs = item.client_id == client_id and item.role == "primary"
            if is_theirs and item.starts_on <= day and (item.ends_on is None or day < item.ends_on):
                return item.member
        return None


def mail_name(name: str) -> str:
    """The part of an address before the @, in plain letters."""
    plain = name.lower().translate(str.maketrans(PLAIN_LETTERS))
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return ".".join(plain.split())[:40].rstrip(".-")


def full_names(dice: Dice, pools: tuple[tuple[str, ...], tuple[str, ...]], taken: set[str]):
    """An endless row of different names; after the pool is used up they carry a number."""
    first, last = (dice.shuffled(pool) for pool in pools)
    index = 0
    while True:
        round_, place = divmod(index, len(first) * len(last))
        step = place // len(first)
        name = f"{first[place % len(first)]} {last[(place + step) % len(last)]}"
        name = name if round_ == 0 else f"{name} {round_ + 1}"
        index += 1
        if name not in taken:
            taken.add(name)
            yield name


def hire(
    profile: Profile, dice: Dice, *, count: int, start: date, until: date, taken: set[str]
) -> tuple[list[Member], list[Member]]:
    """Leadership and account managers. In teams of three or more one leaves midway and another comes."""
    names = full_names(dice.stream("names"), profile.people, taken)
    long_ago = add_months(start, -30)
    leadership = [
        _member(profile, number, name, role, starts_on=long_ago)
        for number, (name, role) in enumerate(
            ((profile.leadership[0], "owner"), (profile.leadership[1], "leader"), (next(names), "viewer")),
            start=1,
        )
    ]
    months = max((until.year - start.year) * 12 + until.month - start.month, 1)
    changes_on = add_months(start, months * 5 // 9)
    has_change = count >= 3 and months >= 6
    managers = []
    for number in range(1, count + 1):
        joins = (
            long_ago
            if number <= max(1, count * 3 // 4)
            else add_months(start, months * number // (count * 3))
        )
        leaves = changes_on if has_change and number == 2 else None
        managers.append(_manager(profile, dice, 3 + number, next(names), joins, leaves))
    if has_change:
        managers.append(
            _manager(profile, dice, 4 + count, next(names), changes_on - timedelta(days=14), None)
        )
    return leadership, managers


def _manager(
    profile: Profile, dice: Dice, number: int, name: str, joins: date, leaves: date | None
) -> Member:
    own = dice.stream("manager", number)
    return _member(
        profile,
        number,
        name,
        "account_manager",
        starts_on=joins,
        ends_on=leaves,
        fte=own.weighted((("1", 7), ("0.8", 2), ("0.6", 1))),
        pace=own.between(0.8, 1.25),
        care=own.between(0.82, 1.2),
    )


def _member(profile: Profile, number: int, name: str, role: str, **more) -> Member:
    return Member(f"M{number:02}", name, f"{mail_name(name)}@{profile.mail_domain}", role, **more)


def assign(lives: list[Life], managers: list[Member], dice: Dice, *, until: date) -> list[Assignment]:
    """Primary and secondary managers of every client, with hand-overs when somebody leaves, or just so."""
    load = dict.fromkeys((manager.member_id for manager in managers), 0)
    result: list[Assignment] = []
    for life in sorted(lives, key=lambda one: (one.spans[0][0], one.client_id)):
        own = dice.stream("assign", life.client_id)
        for begins, ends in life.spans:
            result += _primaries(life, begins, ends, managers, load, own, until)
        result += _secondary(life, result, managers, own)
    return _leave_one_open(result, until)


def _primaries(
    life: Life, begins: date, ends: date | None, managers, load, own: Dice, until: date
) -> list[Assignment]:
    result, day = [], begins
    last = min(ends or until, until)
    while day < last:
        there = [manager for manager in managers if manager.is_there(day)] or managers[:1]
        manager = min(there, key=lambda one: (load[one.member_id] / float(one.fte), one.member_id))
        load[manager.member_id] += 1
        hand_over = day + timedelta(days=int(own.waiting(365 * 5)) + 150)
        stops = [
            stop
            for stop in (manager.ends_on, ends, hand_over if hand_over < last else None)
            if stop and stop > day
        ]
        stop = min(stops, default=None)
        result.append(Assignment(life.client_id, manager, "primary", day, stop))
        if stop is None:
            break
        load[manager.member_id] -= 1
        day = stop
    return result


def _secondary(
    life: Life, assignments: list[Assignment], managers: list[Member], own: Dice
) -> list[Assignment]:
    if life.tier != "A" or not own.chance(0.6):
        return []
    first = next(item for item in assignments if item.client_id == life.client_id)
    others = [one for one in managers if one.is_there(first.starts_on) and one is not first.member]
    if not others:
        return []
    member = own.pick(others)
    ends = min((day for day in (member.ends_on, life.spans[0][1]) if day), default=None)
    return [Assignment(life.client_id, member, "secondary", first.starts_on, ends)]


def _leave_one_open(assignments: list[Assignment], until: date) -> list[Assignment]:
    """One hand-over is still pending: its client has nobody for the last fortnight."""
    gap = until - timedelta(days=13)
    for index, item in enumerate(assignments):
        if item.role == "primary" and item.ends_on is None and (gap - item.starts_on).days > 700:
            closed = Assignment(item.client_id, item.member, item.role, item.starts_on, gap)
            return [*assignments[:index], closed, *assignments[index + 1 :]]
    return assignments
