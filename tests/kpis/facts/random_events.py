"""Random books of everything but contracts: dense, small, and full of edges. A seed makes the same book again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import AgencySettings, Team, TeamMembership, User
from agencyam.periods import Period, add_months
from clients import models

ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Africa/Cairo", "America/Havana", "Europe/Lisbon")
# Days around the clock changes of these zones.
FIRST_DAYS = (date(2026, 2, 20), date(2026, 10, 5))
LENGTH = 60
CADENCES: tuple[dict[str, list[int]], ...] = (
    {},
    {"": [1, 2]},
    {"gold": [3, 5], "segment:big": [1, 1]},
    {"": [1, 1], "gold": [2, 2], "segment:small": [3, 3]},
)


class RandomBook:
    """Rows of the agency, made from a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.first = self.dice.choice(FIRST_DAYS)
        self.zone = self.dice.choice(ZONES)
        self.settings = AgencySettings(
            pk=AgencySettings.ONLY_ID,
            name="Northwind",
            currency="EUR",
            time_zone=self.zone,
            proposal_expiry_days=self.dice.choice((3, 10, 30)),
            fcr_window_days=self.dice.choice((0, 1, 7)),
            max_pause_days=self.dice.choice((5, 180)),
            client_basis=self.dice.choice(("recurring", "any")),
            csat_satisfied_scores=self.dice.choice((None, [4, 5], [1, 2])),
            reply_hours=self.dice.choice((None, None, Decimal("0.5"), Decimal(6))),
            cadence=self.dice.choice(CADENCES),
            tier_weights=self.dice.choice(({}, {"gold": "2"}, {"gold": "0.33", "silver": "0"})),
        )

    def plant(self) -> None:
        """Write the rows."""
        self._people()
        self._clients()
        self._lines()
        for kind in (self._requests, self._surveys, self._proposals, self._deliverables, self._talk):
            kind()

    # What is drawn

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def day(self, low: int = -10, high: int = LENGTH + 10) -> date:
        return self.first + timedelta(days=self.dice.randint(low, high))

    def later(self, start: date, most: int = 30) -> date:
        return start + timedelta(days=self.dice.randint(1, most))

    def instant(self, day: date | None = None) -> datetime:
        """Any time of a day: often on the hour, sometimes at midnight or a microsecond beside it."""
        local = datetime.combine(day or self.day(0, LENGTH), datetime.min.time(), ZoneInfo(self.zone))
        moment = local.astimezone(UTC) + timedelta(minutes=15 * self.dice.randint(0, 4 * 23))
        if self.chance(0.1):
            moment = local.astimezone(UTC)
        return moment + timedelta(microseconds=self.dice.choice((0, 0, 0, 1, -1, 123_457)))

    def soon(self, moment: datetime) -> datetime:
        """Minutes, hours or days later; now and then a little earlier."""
        hours = self.dice.choice((-0.5, 0, 0.25, 1, 4, 4, 9, 26, 75))
        return moment + timedelta(hours=hours, microseconds=self.dice.choice((0, 0, 1)))

    def periods(self) -> list[Period]:
        month = self.first.replace(day=1)
        whole = [Period(add_months(month, number), add_months(month, number + 1)) for number in range(3)]
        starts = [self.day(-5, LENGTH) for _number in range(2)]
        return [*whole, *(Period(start, self.later(start, 70)) for start in starts)]

    # Who

    def _people(self) -> None:
        self.members = User.objects.bulk_create(
            User(
                email=f"m{number}@agency.example",
                name=f"Member {number}",
                book_id=f"m{number}",
                is_carrying_clients=self.chance(0.7),
                is_active=self.chance(0.8),
                fte=self.dice.choice((1, 1, Decimal("0.75"), 0)),
                starts_on=self.dice.choice((None, self.day(-20, 20))),
                ends_on=self.dice.choice((None, None, self.day(21, LENGTH))),
            )
            for number in range(4)
        )
        self.teams = Team.objects.bulk_create(Team(name=f"Team {name}", book_id=name) for name in "xy")
        places = []
        for member in self.members:
            start = self.day(-40, 10)
            while self.chance(0.7):
                end = None if self.chance(0.3) else self.later(start)
                places.append(
                    TeamMembership(
                        team=self.dice.choice(self.teams), member=member, starts_on=start, ends_on=end
                    )
                )
                if end is None:
                    break
                start = end + timedelta(days=self.dice.choice((0, 0, 4)))
        TeamMembership.objects.bulk_create(places)

    def _clients(self) -> None:
        self.policies = self._policies()
        self.clients: list[models.Client] = []
        for number in range(5):
            self.clients.append(
                models.Client.objects.create(
                    name=f"Client {number}",
                    book_id=f"c{number}",
                    segment=self.dice.choice(("", "big", "small")),
                    tier=self.dice.choice(("", "gold", "silver")),
                    sla_policy=self.dice.choice((None, *self.policies)),
                    referred_by=self.dice.choice((None, None, *self.clients)),
                )
            )
        self.contacts = models.Contact.objects.bulk_create(
            models.Contact(
                client=self.dice.choice(self.clients), name=f"Contact {number}", book_id=f"k{number}"
            )
            for number in range(6)
        )
        self._assignments()

    def _assignments(self) -> None:
        rows = []
        for client in self.clients:
            start = self.day(-30, 20)
            while self.chance(0.8):
                end = None if self.chance(0.3) else self.later(start)
                rows.append(
                    models.Assignment(
                        client=client, member=self.dice.choice(self.members), starts_on=start, ends_on=end
                    )
                )
                if end is None:
                    break
                start = end + timedelta(days=self.dice.choice((0, 0, 3)))
        models.Assignment.objects.bulk_create(rows)

    def _policies(self) -> list[models.SLAPolicy]:
        calendars = [
            models.BusinessCalendar.objects.create(name=f"Calendar {number}", spec=self.spec())
            for number in range(2)
        ]
        default = self.dice.choice((0, 1, 2, None))
        return [
            models.SLAPolicy.objects.create(
                name=f"Policy {number}",
                book_id=f"p{number}",
                calendar=self.dice.choice((None, *calendars, *calendars)),
                reply_hours=self.dice.choice((Decimal("0.25"), Decimal(4), Decimal("33.33"))),
                is_default=number == default,
            )
            for number in range(3)
        ]

    def spec(self) -> dict:
        """Opening hours: by day, by night, overlapping, round the clock on some days, or never."""
        windows = (
            [["09:00", "17:30"]],
            [["08:00", "12:00"], ["13:00", "24:00"]],
            [["22:00", "06:00"]],
            [["00:00", "24:00"]],
            [["09:00", "13:00"], ["12:00", "18:00"]],
            [["01:30", "03:30"]],
            [],
        )
        days = self.dice.sample(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), self.dice.randint(0, 7))
        special = self.day(0, LENGTH).isoformat()
        return {
            "time_zone": self.dice.choice(ZONES),
            "hours": {name: self.dice.choice(windows) for name in days},
            "holidays": [self.day(0, LENGTH).isoformat() for _number in range(3)],
            "special_days": {special: self.dice.choice(windows)} if self.chance(0.5) else {},
        }

    def _lines(self) -> None:
        service = models.Service.objects.create(name="SEO", book_id="seo")
        models.FxRate.objects.create(
            currency="USD", effective_on=self.first, rate_to_base=Decimal("0.9123456789")
        )
        models.FxRate.objects.create(
            currency="USD", effective_on=self.day(5, 40), rate_to_base=Decimal("1.1")
        )
        for client in self.clients:
            for _number in range(self.dice.randint(0, 2)):
                start = self.day(-40, 40)
                is_recurring = self.chance(0.8)
                line = models.ContractLine.objects.create(
                    client=client,
                    service=service,
                    kind="recurring" if is_recurring else "one_off",
                    interval="month" if is_recurring else "",
                    currency="EUR",
                    amount=self.dice.choice((0, 100, 250)),
                    starts_on=start,
                    ends_on=self.dice.choice((None, self.later(start, 60))),
                )
                if is_recurring and self.chance(0.4):
                    pause = self.later(start, 20)
                    models.LinePause.objects.create(
                        line=line, starts_on=pause, ends_on=self.dice.choice((None, self.later(pause)))
                    )

    # What happened

    def _requests(self) -> None:
        messages = []
        for number in range(14):
            opened = self.instant()
            request = models.Request.objects.create(
                client=self.dice.choice(self.clients),
                book_id=f"r{number}",
                topic=self.dice.choice(("", "Invoice", " invoice", "Logo")),
                opened_at=opened,
                resolved_at=self.dice.choice(
                    (None, opened + timedelta(hours=self.dice.choice((0, 5, 50, 170))))
                ),
                is_reopened=self.chance(0.15),
                is_fcr_eligible=self.chance(0.9),
            )
            sent = opened
            for _turn in range(self.dice.randint(0, 6)):
                sent = self.soon(sent)
                messages.append(
                    models.Message(
                        request=request,
                        book_id=f"g{len(messages)}",
                        sent_at=sent,
                        direction=self.dice.choice(("inbound", "inbound", "outbound")),
                        is_auto=self.chance(0.1),
                        is_public=self.chance(0.9),
                        no_reply_needed=self.chance(0.12),
                    )
                )
        models.Message.objects.bulk_create(messages)

    def _surveys(self) -> None:
        scales = (("nps", 0, 10), ("csat", 1, 5), ("csat", 1, 3), ("pulse", 1, 10), ("pulse", 0, 7))
        for place, (kind, low, high) in enumerate(scales):
            survey = models.Survey.objects.create(
                kind=kind, book_id=f"s{place}", scale_min=low, scale_max=high
            )
            for number in range(10 if kind == "nps" else 6):
                invitation = self._invitation(survey, number) if self.chance(0.6) else None
                for edit in range(self.dice.choice((1, 1, 2, 3)) if invitation else 1):
                    self._response(survey, invitation, f"a{place}-{number}-{edit}")
            self._invitation(survey, 99)

    def _who(self, kind: str) -> dict:
        """The one who is asked or answers: known in full, in part, or not at all."""
        if kind == "pulse":
            client = self.dice.choice((None, None, None, *self.clients[:1]))
            return {"member": self.dice.choice((None, *self.members)), "client": client}
        contact = self.dice.choice((None, *self.contacts))
        return {"contact": contact, "client": self.dice.choice((None, *self.clients))}

    def _invitation(self, survey: models.Survey, number: int) -> models.SurveyInvitation:
        return models.SurveyInvitation.objects.create(
            survey=survey,
            book_id=f"i{survey.book_id}-{number}",
            sent_at=self.instant(),
            **self._who(survey.kind),
        )

    def _response(self, survey, invitation: models.SurveyInvitation | None, name: str) -> None:
        answered_at = self.soon(invitation.sent_at) if invitation else self.instant()
        who = self._who(survey.kind) if self.chance(0.6) or invitation is None else {}
        models.SurveyResponse.objects.create(
            survey=survey,
            invitation=invitation,
            book_id=name,
            answered_at=answered_at,
            score=self.dice.randint(survey.scale_min, survey.scale_max),
            **who,
        )

    def _proposals(self) -> None:
        for number in range(14):
            status = self.dice.choice(("draft", "sent", "won", "won", "lost", "expired", "withdrawn"))
            sent = self.dice.choice((None, self.instant()))
            decided = (sent or self.instant()) + timedelta(days=self.dice.choice((0, 2, 10, 11, 40)))
            is_decided = status in ("won", "lost", "expired") or (status == "withdrawn" and self.chance(0.5))
            models.Proposal.objects.create(
                client=self.dice.choice(self.clients),
                title=f"Proposal {number}",
                book_id=f"o{number}",
                amount=self.dice.choice((None, 0, Decimal("1234.567891"), 5000)),
                currency=self.dice.choice(("EUR", "EUR", "USD", "JPY" if self.chance(0.2) else "EUR")),
                status=status,
                sent_at=sent,
                decided_at=decided if is_decided else None,
            )

    def _deliverables(self) -> None:
        rows = []
        for number in range(14):
            due = self.day(0, LENGTH)
            rows.append(
                models.Deliverable(
                    client=self.dice.choice(self.clients),
                    title=f"Work {number}",
                    book_id=f"d{number}",
                    baseline_due_on=due,
                    due_on=self.dice.choice((None, self.later(due))),
                    delivered_on=self.dice.choice((None, due, self.later(due), due - timedelta(days=2))),
                    status=self.dice.choice(("", "", "done", "Cancelled")),
                    delay_cause=self.dice.choice(("", "ours", "client", "agreed")),
                )
            )
        models.Deliverable.objects.bulk_create(rows)

    def _talk(self) -> None:
        models.Touchpoint.objects.bulk_create(
            models.Touchpoint(
                client=self.dice.choice(self.clients),
                book_id=f"t{number}",
                occurred_at=self.instant(),
                direction=self.dice.choice(("", "upstream", "downstream")),
                status=self.dice.choice(("held", "held", "held", "cancelled")),
            )
            for number in range(40)
        )
        models.Testimonial.objects.bulk_create(
            models.Testimonial(
                client=self.dice.choice(self.clients),
                book_id=f"q{number}",
                received_on=self.day(),
                is_usable=self.chance(0.7),
            )
            for number in range(6)
        )
        for number in range(8):
            giver, taker = self.dice.sample(self.clients, 2)
            models.Referral.objects.create(
                client=giver,
                lead_name=f"Lead {number}",
                book_id=f"f{number}",
                made_on=self.dice.choice((self.day(), self.day() - timedelta(days=365))),
                became_client=self.dice.choice((None, None, taker)),
            )
