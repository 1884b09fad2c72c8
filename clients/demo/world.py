"""One invented agency with its years: its people, clients and contracts, in the order of their making."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from agencyam.periods import add_months
from clients.demo import commerce as trading
from clients.demo import growth
from clients.demo.clientele import Contact, Life, make_clients
from clients.demo.dice import Dice
from clients.demo.names import JOB_TITLES
from clients.demo.people import Staff, assign, full_names, hire, mail_name
from clients.demo.profiles import Profile
from clients.service.business_time import Calendar

Row = dict[str, Any]


class World:
    """The lasting things of an agency, made in the order in which they depend on each other."""

    def __init__(
        self, profile: Profile, dice: Dice, clients: int, members: int, months: int, until: date
    ) -> None:
        self.profile, self.dice, self.until = profile, dice, until
        self.zone = profile.time_zone
        self.start = add_months(until.replace(day=1), 1 - months)
        self.months = [(add_months(self.start, n), add_months(self.start, n + 1)) for n in range(months)]
        # The last moment of the book: the evening of its last day.
        self.now = datetime.combine(until, time(19), tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        span = {"start": self.start, "until": until}
        self.lives = make_clients(profile, dice.stream("clients"), count=clients, **span)
        taken = set(profile.leadership)
        leadership, managers = hire(profile, dice.stream("staff"), count=members, taken=taken, **span)
        self.staff = Staff(
            leadership, managers, assign(self.lives, managers, dice.stream("teams"), until=until)
        )
        self._meet_contacts(taken)
        self.commerce = trading.trade(profile, self.lives, dice.stream("trade"), until=until)
        self.referrals = growth.referrals(self.lives, dice.stream("referrals"), **span)
        self.calendar_documents = self._calendar_documents()
        self.calendars = {name: Calendar.from_spec(spec) for name, spec in self.calendar_documents.items()}

    def _meet_contacts(self, taken: set[str]) -> None:
        """Two to five people at each client; now and then one leaves."""
        names = full_names(self.dice.stream("contacts"), self.profile.people, taken)
        number = 0
        for life in self.lives:
            own = self.dice.stream("contacts", life.client_id)
            jobs = [JOB_TITLES[0], *own.shuffled(JOB_TITLES[1:])][: own.whole(2, 4) + (life.tier == "A")]
            firm = mail_name(life.name).split(".")[0].strip("-&,") or "client"
            domain = f"{firm}-{life.client_id[1:]}.example"
            for title, role in jobs:
                number += 1
                name = next(names)
                contact = Contact(
                    f"P{number:04}", name, f"{mail_name(name)}@{domain}", title, role, life.joined
                )
                if own.chance(0.14):
                    contact.left_on = own.workday(
                        max(life.joined, self.start) + timedelta(days=60), self.until
                    )
                life.contacts.append(contact)

    def _calendar_documents(self) -> dict[str, Row]:
        years = range(self.start.year - 1, self.until.year + 2)
        subdivision = "ENG" if self.profile.country == "GB" else None
        free = holidays.country_holidays(self.profile.country, subdiv=subdivision, years=years)
        return {
            name: {
                "time_zone": self.zone,
                "hours": hours,
                "holidays": [day.isoformat() for day in sorted(free)],
                "special_days": {
                    f"{year}-12-{day}": [["09:00", "12:00"]] for year in years for day in (24, 31)
                },
            }
            for name, hours in self.profile.hours.items()
        }

    def agency_document(self) -> Row:
        """The content of `agency.json`."""
        return {
            "name": self.profile.name,
            "time_zone": self.zone,
            "currency": self.profile.currency,
            "fiscal_year_start_month": self.profile.fiscal_year_start_month,
            "settings": {
                "gross_margin": self.profile.gross_margin,
                "clv_window_months": 12,
                "max_pause_days": 180,
                "proposal_expiry_days": 90,
                "fcr_window_days": 7,
                "client_basis": "recurring",
            },
        }

    def currency_of(self, client_id: str) -> str:
        """The currency in which a client is billed."""
        return self.client(client_id).currency or self.profile.currency

    def client(self, client_id: str) -> Life:
        return self.lives[int(client_id[1:]) - 1]

    def policy_of(self, life: Life) -> str:
        """A client's service charter: the big ones have a better one, some small ones none of their own."""
        if life.tier == "A" and len(self.calendars) > 1:
            return "sla-priority"
        return (
            ""
            if life.tier == "C" and self.dice.stream("policy", life.client_id).chance(0.5)
            else "sla-standard"
        )

    def calendar_of(self, life: Life) -> Calendar:
        """The opening hours that hold for a client."""
        calendars = list(self.calendars.values())
        return calendars[-1] if self.policy_of(life) == "sla-priority" else calendars[0]
