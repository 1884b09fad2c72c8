"""Touchpoints, and what clients and members say in surveys."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agencyam.periods import add_months
from clients.demo import texts
from clients.demo.clientele import Contact, Life
from clients.demo.desk import Request
from clients.demo.dice import Dice
from clients.demo.people import Member, Staff
from clients.feedback.pulse import SAFE_FROM

TOUCHPOINTS_A_MONTH = {"A": 3.5, "B": 2.9, "C": 2.3}
NPS_ANSWERED, CSAT_ASKED, CSAT_ANSWERED, PULSE_ANSWERED = 0.46, 0.55, 0.34, 0.9
CONFIDENCE_GIVEN = 0.8


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A logged conversation."""

    client_id: str
    contact: Contact | None
    member: Member | None
    at: datetime
    channel: str
    direction: str
    status: str
    summary: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An invitation and, where `score` is not None, its answer."""

    survey_id: str
    client_id: str
    contact: Contact | None
    member: Member | None
    sent_at: datetime
    score: int | None = None
    answered_at: datetime | None = None
    comment: str = ""


def at_hour(day: date, zone: str, hour: int, minute: int = 0) -> datetime:
    """A local time of a day as a UTC instant."""
    return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def touchpoints_of_month(
    life: Life, staff: Staff, dice: Dice, zone: str, start: date, end: date, services: list[str]
) -> list[Touchpoint]:
    """One to five conversations, fewer with a neglected client or one that is about to go."""
    member = staff.primary(life.client_id, start)
    mean = TOUCHPOINTS_A_MONTH[life.tier] * (member.care if member else 0.6)
    mean *= 0.3 if life.is_neglected else 0.65 + 0.5 * life.mood(start)
    wanted = min(max(round(dice.normal(mean, 1.05)), 0 if life.is_neglected else 1), 5)
    days = [dice.workday(start, end) for _ in range(wanted)]
    return [_touchpoint(life, staff, dice, zone, day, dice.pick(services)) for day in days]


def _touchpoint(life: Life, staff: Staff, dice: Dice, zone: str, day: date, service: str) -> Touchpoint:
    direction = dice.weighted((("downstream", 6.3), ("upstream", 3.7)))
    channels = (("call", 4.0), ("video", 3.0), ("meeting", 2.0), ("email", 1.0))
    people = life.people_on(day)
    return Touchpoint(
        life.client_id,
        dice.pick(people) if people else None,
        staff.primary(life.client_id, day),
        at_hour(day, zone, dice.whole(9, 16), dice.pick((0, 0, 15, 30, 30, 45))),
        "review" if direction == "upstream" and dice.chance(0.2) else dice.weighted(channels),
        direction,
        "cancelled" if dice.chance(0.04) else "held",
        " ".join(filter(None, map(dice.pick, texts.SUMMARIES[direction]))).format(service=service),
    )


def nps_of_quarter(lives: list[Life], dice: Dice, zone: str, quarter: date, survey_id: str) -> list[Answer]:
    """Asks up to four contacts of each client in the second month of the quarter."""
    answers = []
    asked_on = add_months(quarter, 1) + timedelta(days=11)
    for life in lives:
        own = dice.stream(survey_id, life.client_id)
        for contact in life.people_on(asked_on)[:4] if life.is_client(asked_on) else ():
            sent_at = at_hour(asked_on, zone, 10, own.whole(0, 20))
            score, comment = None, ""
            if own.chance(NPS_ANSWERED):
                score, comment = _nps_score(own, life.mood(asked_on))
            answers.append(_answer(own, survey_id, life.client_id, contact, None, sent_at, score, comment))
    return answers


def _nps_score(dice: Dice, mood: float) -> tuple[int, str]:
    score = min(max(round(dice.normal(4.5 + 6.0 * mood, 1.45)), 0), 10)
    kind = "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"
    return score, dice.pick(texts.NPS_COMMENTS[kind]) if dice.chance(0.45) else ""


def csat_of_request(request: Request, dice: Dice, survey_id: str, mood: float) -> Answer | None:
    """After most solved requests the contact is asked once."""
    if request.resolved_at is None or not dice.chance(CSAT_ASKED):
        return None
    sent_at = request.resolved_at + timedelta(hours=1)
    score, comment = None, ""
    if dice.chance(CSAT_ANSWERED):
        slow = 0.35 if request.is_reopened or request.kind == "complaint" else 0.0
        score = min(max(round(dice.normal(3.55 + 1.4 * mood - slow, 0.72)), 1), 5)
        comment = dice.pick(texts.CSAT_COMMENTS["good" if score >= 4 else "bad"]) if dice.chance(0.3) else ""
    return _answer(
        dice, survey_id, request.client_id, request.contact, request.member, sent_at, score, comment
    )


def pulse_of_month(
    managers: list[Member], dice: Dice, zone: str, month: date, survey_id: str
) -> list[Answer]:
    """How account managers feel about their own work."""
    asked_on = month + timedelta(days=19)
    answers = []
    for member in managers:
        own = dice.stream(survey_id, member.member_id)
        if member.is_there(asked_on):
            score = (
                min(max(round(own.normal(9.1 - 1.6 * member.pace, 1.3)), 1), 10)
                if own.chance(PULSE_ANSWERED)
                else None
            )
            comment = own.pick(texts.PULSE_COMMENTS) if own.chance(0.4) else ""
            answers.append(
                _answer(own, survey_id, "", None, member, at_hour(asked_on, zone, 9), score, comment)
            )
    return answers


def confidence_of_quarter(
    lives: list[Life], staff: Staff, dice: Dice, zone: str, month: date, survey_id: str
) -> list[Answer]:
    """How safe each account manager believes their clients to be, with a note: mostly right, a little hopeful."""
    asked_on = month + timedelta(days=21)
    answers = []
    for life in lives:
        own = dice.stream(survey_id, life.client_id)
        member = staff.primary(life.client_id, asked_on) if life.is_client(asked_on) else None
        if member is not None and member.is_there(asked_on) and own.chance(CONFIDENCE_GIVEN):
            score = min(max(round(own.normal(3.4 + 6.2 * life.mood(asked_on), 1.2)), 2), 10)
            note = own.pick(texts.CONFIDENCE_NOTES["safe" if score >= SAFE_FROM else "unsure"])
            sent_at = at_hour(asked_on, zone, 9)
            answers.append(_answer(own, survey_id, life.client_id, None, member, sent_at, score, note))
    return answers


def _answer(dice: Dice, survey_id, client_id, contact, member, sent_at, score, comment) -> Answer:
    answered_at = sent_at + timedelta(hours=min(dice.skewed(14, 1.1), 400)) if score is not None else None
    if answered_at is not None:
        answered_at = answered_at.replace(microsecond=0)
    return Answer(survey_id, client_id, contact, member, sent_at, score, answered_at, comment)
