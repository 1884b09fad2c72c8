"""The invented agency's touchpoints, requests and messages."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from bench.kpis.copying import Rows
from bench.kpis.people import Life, People
from bench.kpis.sizes import Sizes
from clients.models import BusinessCalendar, Message, Request, SLAPolicy, Touchpoint

TIME_ZONE = "Europe/Berlin"
OFFICE = [["09:00", "12:30"], ["13:30", "18:00"]]
TOPICS = (
    "Invoice",
    "invoice ",
    "Banner",
    "Report",
    "Access",
    "Landing page",
    "Tracking",
    "Budget",
    "Copy",
    "",
)
TEXT = (
    "Thank you for the note. We looked at the figures of last week and will come back with a plan by Friday. "
)
GAPS = (2, 10, 35, 90, 180, 400, 1_500, 4_000, 9_000)  # minutes between messages, about
POLICIES = (("Standard", 0, "4", True), ("Priority", 1, "2", False), ("Round the clock", None, "1.5", False))


class Desk:
    """Conversations of the clients, mostly within the time in which they were clients."""

    def __init__(self, sizes: Sizes, dice: Random) -> None:
        self._sizes = sizes
        self._dice = dice
        self.calendars = Rows(BusinessCalendar, ("name", "spec"))
        self.policies = Rows(SLAPolicy, ("book_id", "name", "calendar_id", "reply_hours", "is_default"))
        self.touchpoints = Rows(
            Touchpoint,
            ("book_id", "client_id", "contact_id", "member_id", "occurred_at", "channel", "direction", "status",
             "summary"),
        )  # fmt: skip
        self.requests = Rows(
            Request,
            ("book_id", "client_id", "contact_id", "member_id", "subject", "topic", "kind", "opened_at",
             "resolved_at", "is_reopened", "is_fcr_eligible"),
        )  # fmt: skip
        self.messages = Rows(
            Message,
            ("book_id", "request_id", "sent_at", "direction", "is_auto", "is_public", "no_reply_needed", "body"),
        )  # fmt: skip
        self._add_policies()

    @property
    def tables(self) -> list[Rows]:
        return [self.touchpoints, self.requests, self.messages]

    def talk(self, people: People) -> None:
        """Fill in what was said."""
        for number in range(1, self._sizes.touchpoints + 1):
            self._add_touchpoint(number, people)
        for number, count in enumerate(self._lengths(), start=1):
            self._add_request(number, count, people)

    def instant(self, life: Life) -> datetime:
        """A moment of the client's life, by day rather than by night."""
        first = max(life.joined_on, self._sizes.opens_on - timedelta(days=60))
        last = min(life.ends_on + timedelta(days=20), self._sizes.as_of + timedelta(days=4))
        day = first + timedelta(days=self._dice.randrange(max((last - first).days, 1)))
        return self.moment_of(day)

    def moment_of(self, day: date) -> datetime:
        """A moment of the day; every tenth at night."""
        hour = self._dice.randrange(24) if self._dice.random() < 0.1 else self._dice.randrange(7, 18)
        seconds = timedelta(seconds=self._dice.randrange(3600), microseconds=self._dice.randrange(1_000_000))
        return datetime.combine(day, time(hour), UTC) + seconds

    def _add_policies(self) -> None:
        years = range(self._sizes.opens_on.year - 2, self._sizes.as_of.year + 2)
        holidays = [
            f"{year}-{day}" for year in years for day in ("01-01", "05-01", "10-03", "12-25", "12-26")
        ]
        weekdays = ("mon", "tue", "wed", "thu", "fri")
        office = {"time_zone": TIME_ZONE, "hours": dict.fromkeys(weekdays, OFFICE), "holidays": holidays}
        special = {f"{year}-12-24": [["09:00", "12:00"]] for year in years}
        late = {day: [["08:00", "20:00"]] for day in weekdays} | {"sat": [["10:00", "14:00"]]}
        spare = {"time_zone": TIME_ZONE, "hours": late, "holidays": holidays[:-1], "special_days": special}
        self.calendars.add("Office", json.dumps(office | {"special_days": special}))
        self.calendars.add("Extended", json.dumps(spare))
        for name, calendar, hours, is_default in POLICIES:
            which = None if calendar is None else calendar + 1
            self.policies.add(f"sla-{name.split()[0].lower()}", name, which, Decimal(hours), is_default)

    def _add_touchpoint(self, number: int, people: People) -> None:
        dice = self._dice
        life = dice.choice(people.lives)
        self.touchpoints.add(
            f"touchpoint-{number}", life.id, people.contact_of(life.id), dice.randrange(self._sizes.members) + 1,
            self.instant(life), dice.choice(("meeting", "call", "video", "email", "review")),
            dice.choice(("upstream", "downstream", "downstream", "")), "cancelled" if dice.random() < 0.04 else "held",
            TEXT[: 20 + dice.randrange(60)],
        )  # fmt: skip

    def _lengths(self) -> list[int]:
        """How many messages each request has: at least one, together as many as asked for."""
        lengths = [1] * self._sizes.requests
        for _ in range(self._sizes.messages - self._sizes.requests):
            lengths[self._dice.randrange(len(lengths))] += 1
        return lengths

    def _add_request(self, number: int, count: int, people: People) -> None:
        dice = self._dice
        life = dice.choice(people.lives)
        opened = self.instant(life)
        sent = self._add_messages(number, count, opened)
        resolved = None
        if dice.random() < 0.92:
            resolved = max(opened, dice.choice(sent) + timedelta(minutes=dice.choice(GAPS)))
        self.requests.add(
            f"request-{number}", life.id, people.contact_of(life.id), dice.randrange(self._sizes.members) + 1,
            "About " + dice.choice(TOPICS), dice.choice(TOPICS), dice.choice(("question", "change", "complaint", "other")),
            opened, resolved, dice.random() < 0.05, dice.random() < 0.95,
        )  # fmt: skip

    def _add_messages(self, request: int, count: int, opened: datetime) -> list[datetime]:
        """A thread: questions, replies, automatic ones, internal notes and thanks. Returns when they were sent."""
        dice, at, is_waiting, sent = self._dice, opened, False, []
        for place in range(count):
            is_inbound = dice.random() < (0.97 if place == 0 else 0.15 if is_waiting else 0.6)
            is_auto = not is_inbound and dice.random() < 0.1
            is_public = is_inbound or dice.random() > 0.08
            is_thanks = (is_inbound and place > 0 and dice.random() < 0.25) or dice.random() < 0.01
            # A few replies bear the time of a wrong clock.
            shown = opened - timedelta(minutes=dice.randrange(70)) if dice.random() < 0.004 else at
            self.messages.add(
                f"message-{len(self.messages.rows) + 1}", request, shown, "inbound" if is_inbound else "outbound",
                is_auto, is_public, is_thanks, (TEXT * 2)[: 30 + dice.randrange(150)],
            )  # fmt: skip
            sent.append(shown)
            if not is_auto and is_public:
                is_waiting = is_inbound and not is_thanks
            at += timedelta(minutes=dice.choice(GAPS) * (0.5 + dice.random()))
        return sent
