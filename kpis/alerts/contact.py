"""Causes in the contact with clients: too few conversations, none for long, unhappy answers left alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from accounts.cadence import Cadence, read_cadence
from agencyam.periods import day_start, local_day, month_of
from clients.models import SurveyResponse, Touchpoint
from kpis.alerts.cause import Asking, Cause, Link, client_link, days_words, in_words
from kpis.alerts.rules import GRAVE, RULES, Rule
from kpis.direct.touchpoints import ACTIVE_DAYS
from kpis.facts.money.models import ClientPresence
from kpis.models import AnswerFact

DETRACTOR_UNTIL = 6
_ANSWER_DAYS = 180


@dataclass(frozen=True)
class _Contact:
    """An active client since when, its last conversation, and how many there were this month."""

    client_id: int
    name: str
    tier: str
    segment: str
    since: date
    last_at: datetime | None
    this_month: int


def read_contact(asked: Asking) -> list[Cause]:
    """Active clients with too few conversations as the month ends, or without any for long."""
    cadence = read_cadence(asked.settings.cadence)
    causes = []
    for contact in _list_contacts(asked):
        few = _too_few(contact, cadence, asked)
        quiet = _quiet(contact, asked)
        causes += [cause for cause in (few, quiet) if cause is not None]
    return causes


def _list_contacts(asked: Asking) -> list[_Contact]:
    month = month_of(asked.today)
    presences = ClientPresence.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=asked.today),
        kind=ClientPresence.Kind.ACTIVE,
        starts_on__lte=asked.today,
    ).select_related("client")
    held = Touchpoint.objects.held().filter(occurred_at__lte=asked.now)
    if asked.clients is not None:
        presences, held = presences.filter(client__in=asked.clients), held.filter(client__in=asked.clients)
    this_month = Q(occurred_at__gte=day_start(month.start, asked.settings.time_zone))
    talks: Mapping[int, Any] = {
        row["client_id"]: row
        for row in held.values("client_id").annotate(
            last_at=Max("occurred_at"), number=Count("pk", filter=this_month)
        )
    }
    none = {"last_at": None, "number": 0}
    return [
        _Contact(
            client_id=row.client_id,
            name=row.client.name,
            tier=row.client.tier,
            segment=row.client.segment,
            since=row.starts_on,
            last_at=talks.get(row.client_id, none)["last_at"],
            this_month=talks.get(row.client_id, none)["number"],
        )
        for row in presences
        if row.client.archived_on is None or row.client.archived_on > asked.today
    ]


def _too_few(contact: _Contact, cadence: Cadence, asked: Asking) -> Cause | None:
    """A client of less than half a month is not expected to have had its conversations."""
    month = month_of(asked.today)
    left = (month.end - asked.today).days - 1
    minimum = cadence.of(contact.tier, contact.segment).minimum
    is_new = (month.end - max(contact.since, month.start)).days < ACTIVE_DAYS
    if is_new or left > RULES[Rule.CADENCE].widest or contact.this_month >= minimum:
        return None
    when = "ends today" if left == 0 else f"has {days_words(left)} left"
    had = {0: "no conversation", 1: "one conversation"}.get(
        contact.this_month, f"{contact.this_month} conversations"
    )
    return Cause(
        key=f"cadence:{contact.client_id}:{month.start:%Y-%m}",
        rule=Rule.CADENCE,
        measure=left,
        tone="warn",
        title=f"{contact.name}: {had} in {month.label}, at least {minimum} should be",
        detail=f"{month.label} {when}. The cadence{_whose(contact, cadence)} is {minimum} or more a month.",
        row=_talks(contact.client_id),
        action=client_link(contact.client_id, "Log a touchpoint", "#touchpoint"),
        client_id=contact.client_id,
    )


def _whose(contact: _Contact, cadence: Cadence) -> str:
    """For which clients the cadence was decided, where not for all."""
    if contact.tier in cadence.tiers:
        return f" for tier {contact.tier}"
    return f" for segment {contact.segment}" if contact.segment in cadence.segments else ""


def _quiet(contact: _Contact, asked: Asking) -> Cause | None:
    zone = asked.settings.time_zone
    last_on = None if contact.last_at is None else local_day(contact.last_at, zone)
    start = max(contact.since, last_on) if last_on else contact.since
    days = (asked.today - start).days
    if days < RULES[Rule.QUIET].widest:
        return None
    said = f"The last conversation was on {in_words(last_on)}." if last_on else "No conversation is logged."
    return Cause(
        key=f"quiet:{contact.client_id}:{start}",
        rule=Rule.QUIET,
        measure=days,
        tone="bad" if days >= 90 else "warn",
        title=f"{contact.name}: no contact for {days_words(days)}",
        detail=said,
        row=_talks(contact.client_id),
        action=client_link(contact.client_id, "Log a touchpoint", "#touchpoint"),
        client_id=contact.client_id,
    )


def _talks(client_id: int) -> Link:
    return client_link(client_id, "Conversations", "?show=touchpoints#story")


def read_detractors(asked: Asking) -> list[Cause]:
    """Answers of 0 to 6 that are still the person's latest, without a conversation since."""
    answers = AnswerFact.objects.filter(
        kind="nps",
        client__isnull=False,
        day__gt=asked.today - timedelta(days=_ANSWER_DAYS),
        known_from__lte=asked.today,
    ).filter(Q(known_until__isnull=True) | Q(known_until__gt=asked.today))
    if asked.clients is not None:
        answers = answers.filter(client__in=asked.clients)
    latest = answers.order_by("client_id", "respondent", "-day", "-first_answered_at", "-pk").distinct(
        "client_id", "respondent"
    )
    bad = [row for row in latest.select_related("client") if row.score <= DETRACTOR_UNTIL]
    since = min((row.first_answered_at for row in bad), default=asked.now)
    spoken = dict(
        Touchpoint.objects.held()
        .filter(client__in={row.client_id for row in bad}, occurred_at__gt=since, occurred_at__lte=asked.now)
        .values_list("client_id")
        .annotate(last_at=Max("occurred_at"))
    )
    alone = [
        row for row in bad if row.client_id not in spoken or spoken[row.client_id] <= row.first_answered_at
    ]
    responses = SurveyResponse.objects.select_related("contact", "invitation__contact").in_bulk(
        [row.pk for row in alone]
    )
    return [
        _detractor(row, row.client_id, responses[row.pk])
        for row in alone
        if row.pk in responses and row.client_id is not None
    ]


def _detractor(row: AnswerFact, client_id: int, response: SurveyResponse) -> Cause:
    name = row.client.name if row.client else ""
    contact = response.contact or (response.invitation.contact if response.invitation else None)
    who = f"{contact.name} of {name}" if contact else name
    said = f" “{response.comment.strip()[:300]}”" if response.comment.strip() else ""
    return Cause(
        key=f"nps:{row.client_id}:{row.respondent}:{row.first_answered_at:%Y%m%dT%H%M%S}",
        rule=Rule.DETRACTOR,
        measure=GRAVE,
        tone="bad",
        title=f"{who} answered {row.score} of 10"[:300],
        detail=f"On {in_words(row.day)}, and nobody has spoken with them since.{said}",
        row=client_link(client_id, "The answer", "?show=surveys#story"),
        action=client_link(client_id, "Speak with them and log it", "#touchpoint"),
        client_id=client_id,
        at=row.first_answered_at,
    )
