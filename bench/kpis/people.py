"""The invented agency's members, teams, services and clients."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from accounts.models import Team, TeamMembership, User
from bench.kpis.copying import Rows
from bench.kpis.sizes import Sizes
from clients.models import Assignment, Client, Contact, Service

SEGMENTS = ("Retail", "Software", "Health", "Finance", "Hospitality")
SERVICES = ("SEO", "PPC", "Content", "Social", "Email", "Web care", "Analytics", "Design")
BUYING_ROLES = ("decision maker", "sponsor", "champion", "user", "")
TEAMS = ("North", "South", "Digital")
CURRENCIES = (("EUR", 74), ("USD", 16), ("GBP", 10))
LEAD_DAYS = 540  # clients join up to so many days before the first measured month


@dataclass(frozen=True)
class Life:
    """One client: when it joined, and until when it stays at most."""

    id: int
    currency: str
    joined_on: date
    ends_on: date


class People:
    """Writes the rows of members and clients; `lives` is what the other generators go by."""

    def __init__(self, sizes: Sizes, dice: Random, policies: int) -> None:
        self.sizes = sizes
        self._dice = dice
        self._policies = policies
        self.members = Rows(
            User,
            ("book_id", "email", "name", "role", "starts_on", "ends_on", "is_active", "is_carrying_clients"),
        )
        self.teams = Rows(Team, ("book_id", "name"))
        self.memberships = Rows(TeamMembership, ("team_id", "member_id", "starts_on", "ends_on"))
        self.services = Rows(Service, ("book_id", "name"))
        self.clients = Rows(Client, ("book_id", "name", "tier", "segment", "sla_policy_id", "referred_by_id"))
        self.contacts = Rows(Contact, ("book_id", "client_id", "name", "email", "buying_role"))
        self.assignments = Rows(Assignment, ("client_id", "member_id", "role", "starts_on", "ends_on"))
        self.lives: list[Life] = []
        self._add_members()
        for name in SERVICES:
            self.services.add(f"service-{name.lower().replace(' ', '-')}", name)
        for number in range(1, sizes.clients + 1):
            self._add_client(number)

    @property
    def tables(self) -> list[Rows]:
        return [
            self.members, self.teams, self.memberships, self.services, self.clients, self.contacts,
            self.assignments,
        ]  # fmt: skip

    def contact_of(self, client: int) -> int:
        """One of the client's two contacts."""
        return 2 * client - self._dice.randrange(2)

    def day(self, first: date, last: date) -> date:
        """A day of `[first, last]`."""
        return first + timedelta(days=self._dice.randrange(max((last - first).days, 0) + 1))

    def _add_members(self) -> None:
        first, as_of = self.sizes.opens_on, self.sizes.as_of
        for number in range(1, self.sizes.members + 1):
            # The second account manager leaves in the middle, the third joins late, the fourth stands by.
            ends_on = first + (as_of - first) / 2 if number == 2 else None
            starts_on = first + timedelta(days=200) if number == 3 else None
            self.members.add(
                f"am-{number}", f"am{number}@example.com", f"Manager {number}", "account_manager",
                starts_on, ends_on, ends_on is None, number != 4,
            )  # fmt: skip
        for role in ("owner", "leader", "viewer"):
            self.members.add(role, f"{role}@example.com", role.title(), role, None, None, True, True)
        for name in TEAMS:
            self.teams.add(f"team-{name.lower()}", name)
        start = first - timedelta(days=LEAD_DAYS)
        for number in range(1, self.sizes.members):  # the last one is in no team
            team = number % len(TEAMS) + 1
            moves_on = first + timedelta(days=401) if number % 5 == 0 else None
            self.memberships.add(team, number, start, moves_on)
            if moves_on:
                self.memberships.add(team % len(TEAMS) + 1, number, moves_on, None)

    def _add_client(self, number: int) -> None:
        dice, sizes = self._dice, self.sizes
        begins = sizes.opens_on - timedelta(days=LEAD_DAYS)
        segment = "" if dice.random() < 0.03 else dice.choice(SEGMENTS)
        policy = None if dice.random() < 0.3 else dice.randrange(self._policies) + 1
        referrer = dice.randrange(1, number) if number > 1 and dice.random() < 0.1 else None
        self.clients.add(
            f"client-{number}", f"Client {number}", dice.choice("ABC"), segment, policy, referrer
        )
        for seat in (1, 2):
            self.contacts.add(
                f"contact-{number}-{seat}",
                number,
                f"Contact {number}-{seat}",
                f"c{number}-{seat}@example.org",
                dice.choice(BUYING_ROLES),
            )
        joined = self.day(begins, sizes.as_of + timedelta(days=20))
        currency = dice.choices([name for name, _ in CURRENCIES], [weight for _, weight in CURRENCIES])[0]
        leaves = joined + timedelta(days=30 + int(dice.expovariate(1 / 1100)))
        self.lives.append(Life(number, currency, joined, leaves))
        self._add_assignments(number, joined)

    def _add_assignments(self, client: int, joined: date) -> None:
        """A chain of account managers, now and then with days between them on which there is none."""
        start, dice = joined - timedelta(days=dice_days(self._dice, 20)), self._dice
        last = self.sizes.as_of + timedelta(days=40)
        while start < last:
            member = dice.randrange(self.sizes.members) + 1
            end = start + timedelta(days=1 + int(dice.expovariate(1 / 600)))
            self.assignments.add(client, member, "primary", start, end if end < last else None)
            if dice.random() < 0.2:
                self.assignments.add(client, member % self.sizes.members + 1, "secondary", start, end)
            start = end + timedelta(days=dice_days(dice, 40) if dice.random() < 0.2 else 0)


def dice_days(dice: Random, most: int) -> int:
    """Up to `most` days."""
    return dice.randrange(most + 1)
