"""What happened with a client, latest first: touchpoints, requests, survey answers, proposals."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import F, QuerySet, Value

from clients.book.models import Client
from clients.feedback.models import Survey, SurveyResponse
from clients.growth.models import Proposal
from clients.service.models import Request
from clients.touchpoints.models import Touchpoint

PAGE_SIZE = 25


class Kind(StrEnum):
    TOUCHPOINT = "touchpoint"
    REQUEST = "request"
    SURVEY_ANSWER = "survey_answer"
    PROPOSAL_SENT = "proposal_sent"
    PROPOSAL_DECIDED = "proposal_decided"


ICONS = {
    Kind.REQUEST: "message",
    Kind.SURVEY_ANSWER: "star",
    Kind.PROPOSAL_SENT: "send",
    Kind.PROPOSAL_DECIDED: "file-text",
}
CHANNEL_ICONS = {
    "meeting": "users",
    "call": "phone",
    "video": "video",
    "email": "mail",
    "review": "report-analytics",
}

# What a reader may filter by, in words.
FILTERS = {
    "touchpoints": ("Touchpoints", frozenset({Kind.TOUCHPOINT})),
    "requests": ("Requests", frozenset({Kind.REQUEST})),
    "surveys": ("Surveys", frozenset({Kind.SURVEY_ANSWER})),
    "proposals": ("Proposals", frozenset({Kind.PROPOSAL_SENT, Kind.PROPOSAL_DECIDED})),
}


@dataclass(frozen=True)
class TimelineEntry:
    """One event. `record` is the row itself: a Touchpoint, Request, SurveyResponse or Proposal.

    `tone` is good, warn, bad or blank, and `state` says the same in words.
    """

    kind: Kind
    at: datetime
    record: Any
    label: str
    title: str
    text: str = ""
    state: str = ""
    tone: str = ""
    member_name: str = ""
    contact_name: str = ""

    @property
    def icon(self) -> str:
        """The sprite's icon for this kind of event; for a touchpoint, for its channel."""
        if self.kind == Kind.TOUCHPOINT:
            return CHANNEL_ICONS.get(self.record.channel, "note")
        return ICONS[self.kind]


@dataclass(frozen=True)
class TimelinePage:
    """Entries of one page; `next_page` is None on the last one."""

    entries: list[TimelineEntry]
    number: int
    next_page: int | None

    @property
    def previous_page(self) -> int:
        return self.number - 1


def get_timeline(
    *, client: Client, now: datetime, only: str = "", page: int = 1, page_size: int = PAGE_SIZE
) -> TimelinePage:
    """A page of a client's events up to now. `only` is a key of FILTERS; anything else shows all.

    One query finds the page, one more fetches the rows of each kind on it: five at most, however long it is.
    """
    page = max(page, 1)
    kinds = FILTERS[only][1] if only in FILTERS else frozenset(Kind)
    first = (page - 1) * page_size
    keys = list(_keys(client, now, kinds)[first : first + page_size + 1])
    has_more = len(keys) > page_size
    entries = _entries(keys[:page_size])
    return TimelinePage(entries=entries, number=page, next_page=page + 1 if has_more else None)


def _keys(client: Client, now: datetime, kinds: Collection[Kind]) -> QuerySet:
    """(kind, id, instant) of all events, latest first."""
    answers = SurveyResponse.objects.exclude(survey__kind=Survey.Kind.PULSE)
    sources: dict[Kind, tuple[QuerySet[Any], str]] = {
        Kind.TOUCHPOINT: (Touchpoint.objects.all(), "occurred_at"),
        Kind.REQUEST: (Request.objects.all(), "opened_at"),
        Kind.SURVEY_ANSWER: (answers, "answered_at"),
        Kind.PROPOSAL_SENT: (Proposal.objects.all(), "sent_at"),
        Kind.PROPOSAL_DECIDED: (Proposal.objects.all(), "decided_at"),
    }
    parts = [
        rows.filter(client=client, **{f"{field}__lte": now})
        .order_by()
        .annotate(event=Value(kind.value), event_at=F(field))
        .values_list("event", "pk", "event_at")
        for kind, (rows, field) in sources.items()
        if kind in kinds
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-event_at", "event", "-pk")


def _entries(keys: Iterable[tuple[str, int, datetime]]) -> list[TimelineEntry]:
    keys = list(keys)
    wanted = defaultdict(set)
    for kind, pk, _ in keys:
        wanted[_FETCH[Kind(kind)]].add(pk)
    rows = {fetch: {row.pk: row for row in fetch(pks)} for fetch, pks in wanted.items()}
    return [_describe(Kind(kind), at, rows[_FETCH[Kind(kind)]][pk]) for kind, pk, at in keys]


def _touchpoints(pks: Collection[int]) -> QuerySet[Touchpoint]:
    return Touchpoint.objects.filter(pk__in=pks).select_related("contact", "member")


def _requests(pks: Collection[int]) -> QuerySet[Request]:
    return Request.objects.filter(pk__in=pks).select_related("contact", "member")


def _answers(pks: Collection[int]) -> QuerySet[SurveyResponse]:
    return SurveyResponse.objects.filter(pk__in=pks).select_related("survey", "contact", "member")


def _proposals(pks: Collection[int]) -> QuerySet[Proposal]:
    return Proposal.objects.filter(pk__in=pks)


_FETCH: dict[Kind, Callable[[Collection[int]], QuerySet]] = {
    Kind.TOUCHPOINT: _touchpoints,
    Kind.REQUEST: _requests,
    Kind.SURVEY_ANSWER: _answers,
    Kind.PROPOSAL_SENT: _proposals,
    Kind.PROPOSAL_DECIDED: _proposals,
}


def _describe(kind: Kind, at: datetime, row: Any) -> TimelineEntry:
    describe: dict[Kind, Callable[[Any], dict[str, str]]] = {
        Kind.TOUCHPOINT: _describe_touchpoint,
        Kind.REQUEST: _describe_request,
        Kind.SURVEY_ANSWER: _describe_answer,
        Kind.PROPOSAL_SENT: _describe_proposal_sent,
        Kind.PROPOSAL_DECIDED: _describe_proposal_decided,
    }
    people = {
        "member_name": _name_of(getattr(row, "member", None)),
        "contact_name": _name_of(getattr(row, "contact", None)),
    }
    return TimelineEntry(kind=kind, at=at, record=row, **people, **describe[kind](row))


def _name_of(person: Any) -> str:
    return person.name if person else ""


def _describe_touchpoint(row: Touchpoint) -> dict[str, str]:
    cancelled = {} if row.is_held else {"state": "Cancelled", "tone": "warn"}
    return {
        "label": "Touchpoint",
        "title": row.channel_label or "Conversation",
        "text": row.summary,
        **cancelled,
    }


def _describe_request(row: Request) -> dict[str, str]:
    state, tone = ("Resolved", "good") if row.is_resolved else ("Open", "warn")
    return {
        "label": row.get_kind_display(),
        "title": str(row),
        "text": row.topic,
        "state": state,
        "tone": tone,
    }


def _describe_answer(row: SurveyResponse) -> dict[str, str]:
    return {
        "label": row.survey.get_kind_display(),
        "title": f"{row.score} of {row.survey.scale_max}",
        "text": row.comment,
    }


def _describe_proposal_sent(row: Proposal) -> dict[str, str]:
    return {"label": "Proposal sent", "title": row.title}


def _describe_proposal_decided(row: Proposal) -> dict[str, str]:
    tone = {"won": "good", "lost": "bad", "expired": "warn"}.get(row.status, "")
    return {
        "label": f"Proposal {row.get_status_display().lower()}",
        "title": row.title,
        "text": row.lost_reason,
        "state": row.get_status_display(),
        "tone": tone,
    }
