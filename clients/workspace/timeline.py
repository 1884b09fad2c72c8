"""What happened with a client, latest first: touchpoints, requests, survey answers, proposals, and what apps above know."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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
from clients.workspace.extensions import EventSource, list_event_sources

PAGE_SIZE = 25


class Kind(StrEnum):
    """Events of this app's own."""

    TOUCHPOINT = "touchpoint"
    REQUEST = "request"
    SURVEY_ANSWER = "survey_answer"
    PROPOSAL_SENT = "proposal_sent"
    PROPOSAL_DECIDED = "proposal_decided"


CHANNEL_ICONS = {
    "meeting": "users",
    "call": "phone",
    "video": "video",
    "email": "mail",
    "review": "report-analytics",
}


@dataclass(frozen=True)
class TimelineEntry:
    """One event. `record` is the row itself: a Touchpoint, Request, SurveyResponse or Proposal, or another app's.

    `tone` is good, warn, bad or blank, and `state` says the same in words. `icon` is one of the sprite's.
    """

    kind: str
    at: datetime
    record: Any
    label: str
    title: str
    icon: str
    text: str = ""
    state: str = ""
    tone: str = ""
    member_name: str = ""
    contact_name: str = ""
    url: str = ""


@dataclass(frozen=True)
class TimelinePage:
    """Entries of one page; `next_page` is None on the last one."""

    entries: list[TimelineEntry]
    number: int
    next_page: int | None

    @property
    def previous_page(self) -> int:
        return self.number - 1


def list_sources() -> list[EventSource]:
    """Every kind of event: this app's own, then those of apps above."""
    return [*_OWN, *list_event_sources()]


def list_filters() -> dict[str, str]:
    """What a reader may filter by, in words."""
    return dict(source.group for source in list_sources())


def get_timeline(
    *, client: Client, now: datetime, only: str = "", page: int = 1, page_size: int = PAGE_SIZE
) -> TimelinePage:
    """A page of a client's events up to now. `only` is a key of the filters; anything else shows all.

    One query finds the page, one more fetches the rows of each sort on it, however long it is.
    """
    page = max(page, 1)
    sources = [source for source in list_sources() if source.group[0] == only] or list_sources()
    first = (page - 1) * page_size
    keys = list(_keys(client, now, sources)[first : first + page_size + 1])
    has_more = len(keys) > page_size
    entries = _entries(keys[:page_size], {source.kind: source for source in sources})
    return TimelinePage(entries=entries, number=page, next_page=page + 1 if has_more else None)


def _keys(client: Client, now: datetime, sources: Collection[EventSource]) -> QuerySet:
    """(kind, id, instant) of all events, latest first."""
    parts = [
        source.rows()
        .filter(**{source.client: client, f"{source.at}__lte": now})
        .order_by()
        .annotate(event=Value(str(source.kind)), event_at=F(source.at))
        .values_list("event", "pk", "event_at")
        for source in sources
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-event_at", "event", "-pk")


def _entries(
    keys: Iterable[tuple[str, int, datetime]], sources: Mapping[str, EventSource]
) -> list[TimelineEntry]:
    keys = list(keys)
    wanted = defaultdict(set)
    for kind, pk, _ in keys:
        wanted[sources[kind].rows].add(pk)
    found = {rows: rows().in_bulk(pks) for rows, pks in wanted.items()}
    return [_entry(sources[kind], at, found[sources[kind].rows][pk]) for kind, pk, at in keys]


def _entry(source: EventSource, at: datetime, row: Any) -> TimelineEntry:
    words = {
        "icon": source.icon,
        "member_name": _name_of(getattr(row, "member", None)),
        "contact_name": _name_of(getattr(row, "contact", None)),
        **source.describe(row),
    }
    return TimelineEntry(kind=source.kind, at=at, record=row, **words)


def _name_of(person: Any) -> str:
    return person.name if person else ""


def _touchpoints() -> QuerySet[Touchpoint]:
    return Touchpoint.objects.select_related("contact", "member")


def _requests() -> QuerySet[Request]:
    return Request.objects.select_related("contact", "member")


def _answers() -> QuerySet[SurveyResponse]:
    """Of clients; an account manager's own confidence is nobody's event."""
    answers = SurveyResponse.objects.exclude(survey__kind=Survey.Kind.PULSE)
    return answers.select_related("survey", "contact", "member")


def _proposals() -> QuerySet[Proposal]:
    return Proposal.objects.all()


def _describe_touchpoint(row: Touchpoint) -> dict[str, str]:
    cancelled = {} if row.is_held else {"state": "Cancelled", "tone": "warn"}
    return {
        "label": "Touchpoint",
        "title": row.channel_label or "Conversation",
        "text": row.summary,
        "icon": CHANNEL_ICONS.get(row.channel, "note"),
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


_PROPOSALS = ("proposals", "Proposals")
_OWN = (
    EventSource(
        kind=Kind.TOUCHPOINT,
        group=("touchpoints", "Touchpoints"),
        icon="note",
        rows=_touchpoints,
        at="occurred_at",
        describe=_describe_touchpoint,
    ),
    EventSource(
        kind=Kind.REQUEST,
        group=("requests", "Requests"),
        icon="message",
        rows=_requests,
        at="opened_at",
        describe=_describe_request,
    ),
    EventSource(
        kind=Kind.SURVEY_ANSWER,
        group=("surveys", "Surveys"),
        icon="star",
        rows=_answers,
        at="answered_at",
        describe=_describe_answer,
    ),
    EventSource(
        kind=Kind.PROPOSAL_SENT,
        group=_PROPOSALS,
        icon="send",
        rows=_proposals,
        at="sent_at",
        describe=_describe_proposal_sent,
    ),
    EventSource(
        kind=Kind.PROPOSAL_DECIDED,
        group=_PROPOSALS,
        icon="file-text",
        rows=_proposals,
        at="decided_at",
        describe=_describe_proposal_decided,
    ),
)
