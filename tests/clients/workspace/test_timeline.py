from datetime import UTC, datetime, timedelta

import pytest

from clients.workspace.timeline import Kind, get_timeline, list_sources
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    ClientFactory,
    ContactFactory,
    ProposalFactory,
    RequestFactory,
    SurveyFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.queries import queries_of

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def ago(days):
    return NOW - timedelta(days=days)


def decided(status):
    return ProposalFactory(title="SEO", status=status, decided_at=NOW)


def timeline(client, **fields):
    return get_timeline(client=client, now=NOW, **fields)


def eventful(client, count=1):
    """A client with `count` events of each kind."""
    for number in range(count):
        TouchpointFactory(client=client, member=MemberFactory(), contact=ContactFactory(client=client))
        RequestFactory(client=client, opened_at=ago(number))
        SurveyResponseFactory(client=client, answered_at=ago(number))
        ProposalFactory(client=client, status="won", sent_at=ago(number + 2), decided_at=ago(number + 1))
    return client


def test_events_of_all_kinds_are_told_latest_first(agency):
    client = ClientFactory()
    proposal = ProposalFactory(client=client, status="won", sent_at=ago(4), decided_at=ago(1))
    request = RequestFactory(client=client, opened_at=ago(3))
    touchpoint = TouchpointFactory(client=client, occurred_at=ago(2))
    answer = SurveyResponseFactory(client=client, answered_at=ago(5))

    entries = [(entry.kind, entry.record, entry.at) for entry in timeline(client).entries]

    assert entries == [
        (Kind.PROPOSAL_DECIDED, proposal, ago(1)),
        (Kind.TOUCHPOINT, touchpoint, ago(2)),
        (Kind.REQUEST, request, ago(3)),
        (Kind.PROPOSAL_SENT, proposal, ago(4)),
        (Kind.SURVEY_ANSWER, answer, ago(5)),
    ]


def test_events_of_other_clients_are_not_told(agency):
    eventful(ClientFactory())

    assert timeline(ClientFactory()).entries == []


def test_what_lies_ahead_is_not_told(agency):
    client = ClientFactory()
    TouchpointFactory(client=client, occurred_at=NOW + timedelta(seconds=1))

    assert timeline(client).entries == []


def test_drafts_are_not_told(agency):
    client = ProposalFactory().client

    assert timeline(client).entries == []


def test_a_members_confidence_is_not_told(agency):
    pulse = SurveyFactory(kind="pulse", scale_min=1, scale_max=10)
    client = ClientFactory()
    SurveyResponseFactory(client=client, survey=pulse)

    assert timeline(client).entries == []


def test_a_touchpoint_reads_as_what_was_said_by_whom(agency):
    contact = ContactFactory(name="Jane")
    touchpoint = TouchpointFactory(
        client=contact.client, contact=contact, member=MemberFactory(name="Ada"), summary="Talked"
    )

    (entry,) = timeline(touchpoint.client).entries

    assert (entry.label, entry.title, entry.text) == ("Touchpoint", "Call", "Talked")
    assert (entry.member_name, entry.contact_name) == ("Ada", "Jane")


@pytest.mark.parametrize(
    ("row", "label", "title", "state", "tone"),
    [
        (
            lambda: TouchpointFactory(channel="", status="cancelled"),
            "Touchpoint",
            "Conversation",
            "Cancelled",
            "warn",
        ),
        (lambda: RequestFactory(subject="Broken", kind="complaint"), "Complaint", "Broken", "Open", "warn"),
        (lambda: RequestFactory(subject="Broken", resolved_at=NOW), "Other", "Broken", "Resolved", "good"),
        (lambda: SurveyResponseFactory(score=9), "Net promoter score", "9 of 10", "", ""),
        (lambda: ProposalFactory(title="SEO", status="sent", sent_at=NOW), "Proposal sent", "SEO", "", ""),
        (
            lambda: ProposalFactory(title="SEO", status="won", decided_at=NOW),
            "Proposal won",
            "SEO",
            "Won",
            "good",
        ),
        (
            lambda: ProposalFactory(title="SEO", status="lost", decided_at=NOW),
            "Proposal lost",
            "SEO",
            "Lost",
            "bad",
        ),
        (
            lambda: ProposalFactory(title="SEO", status="withdrawn", decided_at=NOW),
            "Proposal withdrawn",
            "SEO",
            "Withdrawn",
            "",
        ),
    ],
)
def test_an_event_reads_as_words(agency, row, label, title, state, tone):
    (entry,) = timeline(row().client).entries

    assert (entry.label, entry.title, entry.state, entry.tone) == (label, title, state, tone)


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        ("touchpoints", {Kind.TOUCHPOINT}),
        ("requests", {Kind.REQUEST}),
        ("surveys", {Kind.SURVEY_ANSWER}),
        ("proposals", {Kind.PROPOSAL_SENT, Kind.PROPOSAL_DECIDED}),
        ("", set(Kind)),
        ("everything", set(Kind)),
    ],
)
def test_a_filter_tells_one_kind_only(agency, only, kinds):
    client = eventful(ClientFactory())

    assert {entry.kind for entry in timeline(client, only=only).entries} == kinds


def test_every_kind_has_a_source_and_a_filter():
    own = [source for source in list_sources() if source.kind in set(Kind)]

    assert {source.kind for source in own} == set(Kind)
    assert all(source.group[0] and source.group[1] for source in list_sources())


def test_pages_follow_each_other_without_gap_or_repeat(agency):
    client = ClientFactory()
    touchpoints = [TouchpointFactory(client=client, occurred_at=ago(1)) for _ in range(5)]

    first, second, third = (timeline(client, page=number, page_size=2) for number in (1, 2, 3))

    told = [entry.record for page in (first, second, third) for entry in page.entries]
    assert told == touchpoints[::-1]
    assert (first.next_page, second.next_page, third.next_page) == (2, 3, None)


def test_a_page_before_the_first_is_the_first(agency):
    client = TouchpointFactory().client

    page = timeline(client, page=-3)

    assert (page.number, len(page.entries)) == (1, 1)


def test_a_long_timeline_takes_no_more_queries_than_a_short_one(agency):
    short = eventful(ClientFactory())
    long = eventful(ClientFactory(), count=30)

    assert len(queries_of(lambda: timeline(short))) == 5
    assert len(queries_of(lambda: timeline(long, page_size=150))) == 5
