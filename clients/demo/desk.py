"""Requests and their threads, inside and outside business hours."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clients.demo import texts
from clients.demo.clientele import Contact, Life
from clients.demo.dice import Dice
from clients.demo.people import Member, Staff
from clients.demo.profiles import Profile
from clients.service.business_time import Calendar, add_business_seconds, business_seconds

REQUESTS_A_MONTH = {"A": 5.0, "B": 3.0, "C": 1.6}
KINDS = (("question", 9.0), ("change", 8.0), ("complaint", 1.6), ("other", 2.0))
# The hours at which clients write, in the agency's zone, with their weights.
HOURS = (
    (9, 10), (10, 13), (11, 12), (12, 6), (13, 8), (14, 11), (15, 10), (16, 8), (17, 5),
    (7, 2), (8, 5), (18, 3), (20, 3), (22, 1.5), (2, 0.3),
)  # fmt: skip
MEDIAN_REPLY_HOURS, REPLY_SPREAD = 2.2, 0.62


@dataclass(slots=True)
class Message:
    """One message of a thread."""

    sent_at: datetime
    is_inbound: bool
    body: str
    is_auto: bool = False
    is_public: bool = True
    no_reply_needed: bool = False


@dataclass(slots=True)
class Request:
    """A request with its thread, cut at the book's last moment."""

    client_id: str
    contact: Contact
    member: Member | None
    subject: str
    topic: str
    kind: str
    priority: str
    opened_at: datetime
    resolved_at: datetime | None = None
    is_reopened: bool = False
    is_fcr_eligible: bool = True
    messages: list[Message] = field(default_factory=list)

    @property
    def status(self) -> str:
        if self.resolved_at is not None:
            return "resolved"
        return "open" if not self.messages or self.messages[-1].is_inbound else "waiting_for_client"


class Desk:
    """Writes the requests of clients over the months."""

    def __init__(self, profile: Profile, staff: Staff, calendars: dict[str, Calendar], now: datetime) -> None:
        self.profile, self.staff, self.now = profile, staff, now
        self.zone = ZoneInfo(profile.time_zone)
        self.calendars = calendars
        self.usual = next(iter(calendars.values()))

    def month_of(
        self, life: Life, dice: Dice, start: date, end: date, services: list[str], calendar: Calendar
    ) -> list[Request]:
        """The requests of one client opened in `[start, end)`."""
        mean = REQUESTS_A_MONTH[life.tier] * (1.45 - 0.6 * life.mood(start))
        result = []
        for _ in range(dice.count(mean)):
            day = dice.workday(start, end) if dice.chance(0.93) else dice.day(start, end)
            opened_at = self._moment(dice, day)
            people = life.people_on(day)
            if opened_at < self.now and people and life.is_client(day):
                result.append(self._request(life, dice, opened_at, dice.pick(people), services, calendar))
        return result

    def _moment(self, dice: Dice, day: date) -> datetime:
        """Mostly in office hours, sometimes early, in the evening or at night."""
        hour = dice.weighted(HOURS)
        local = datetime.combine(day, time(hour, dice.whole(0, 59), dice.whole(0, 59)), tzinfo=self.zone)
        return local.astimezone(UTC)

    def _request(
        self, life: Life, dice: Dice, opened_at: datetime, contact: Contact, services: list[str], calendar
    ) -> Request:
        kind = dice.weighted(KINDS)
        offers = [
            offer for offer in self.profile.offers if offer.service_id in services
        ] or self.profile.offers
        topic = dice.pick(dice.pick(offers).topics)
        request = Request(
            life.client_id,
            contact,
            self.staff.primary(life.client_id, opened_at.date()),
            _sentence(dice.pick(texts.SUBJECTS[kind]), topic),
            topic.capitalize(),
            kind,
            "urgent" if kind == "complaint" and dice.chance(0.3) else dice.weighted(texts.PRIORITIES),
            opened_at,
            is_fcr_eligible=not dice.chance(0.04),
        )
        pace = (request.member.pace if request.member else 1.6) * (1.35 - 0.45 * life.mood(opened_at.date()))
        _Thread(self, request, dice, calendar, pace).write()
        request.messages = [message for message in request.messages if message.sent_at <= self.now]
        if request.resolved_at is not None and request.resolved_at > self.now:
            request.resolved_at = None
        return request


class _Thread:
    """Writes one request's messages up to its solution."""

    def __init__(self, desk: Desk, request: Request, dice: Dice, calendar: Calendar, pace: float) -> None:
        self.desk, self.request, self.dice, self.calendar, self.pace = desk, request, dice, calendar, pace

    def write(self) -> None:
        request, dice = self.request, self.dice
        opening = _sentence(dice.pick(texts.INBOUND), request.topic.lower())
        self._say(request.opened_at, True, opening)
        self._auto_reply(request.opened_at)
        overlooked_for = timedelta(days=dice.whole(4, 24)) if dice.chance(0.01) else timedelta(0)
        replied_at = self._reply(request.opened_at + overlooked_for)
        while dice.chance(0.34) and len(request.messages) < 12:
            asked_at = self._client_writes(replied_at, texts.FOLLOW_UPS)
            replied_at = self._reply(asked_at)
        request.resolved_at = replied_at + timedelta(minutes=dice.whole(0, 90))
        if dice.chance(0.22):
            self._client_writes(request.resolved_at, texts.THANKS, no_reply_needed=True)
        if dice.chance(0.05):
            request.is_reopened = True
            asked_at = self._client_writes(request.resolved_at + timedelta(days=1), texts.FOLLOW_UPS)
            request.resolved_at = self._reply(asked_at) + timedelta(minutes=dice.whole(5, 200))

    def _say(self, at: datetime, is_inbound: bool, body: str, **more) -> None:
        self.request.messages.append(Message(at.replace(microsecond=0), is_inbound, body, **more))

    def _auto_reply(self, at: datetime) -> None:
        soon = at + timedelta(minutes=10)
        if business_seconds(self.calendar, at, soon) == 0 and self.dice.chance(0.6):
            self._say(at + timedelta(seconds=self.dice.whole(5, 50)), False, texts.AUTO_REPLY, is_auto=True)

    def _reply(self, asked_at: datetime) -> datetime:
        """The agency's answer, some business hours later; a second question or a note may come between."""
        dice = self.dice
        hours = min(dice.skewed(MEDIAN_REPLY_HOURS * self.pace, REPLY_SPREAD), 40)
        at = add_business_seconds(self.calendar, asked_at, int(hours * 3600))
        if hours > 5 and dice.chance(0.25):
            self._say(asked_at + (at - asked_at) * 0.8, True, texts.FOLLOW_UPS[-1])
        if dice.chance(0.12):
            self._say(asked_at + (at - asked_at) * 0.5, False, dice.pick(texts.NOTES), is_public=False)
            self.request.messages.sort(key=lambda message: message.sent_at)
        self._say(at, False, dice.pick(texts.REPLIES))
        return at

    def _client_writes(self, after: datetime, pool: tuple[str, ...], **more) -> datetime:
        hours = self.dice.skewed(3.0, 0.9)
        at = add_business_seconds(self.desk.usual, after, int(min(hours, 60) * 3600))
        self._say(at, True, self.dice.pick(pool), **more)
        return at


def _sentence(pattern: str, topic: str) -> str:
    text = pattern.format(topic=topic)
    return text[0].upper() + text[1:]
