"""How both sides answered, and what was complained about."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.clients import MessageFactory, RequestFactory
from tests.reports.qbr.writing.documents import document_of


def answer_back(request, *, ours, theirs):
    """A message of ours so many hours after the request was opened, and the client's answer to it."""
    MessageFactory(request=request, sent_at=request.opened_at + timedelta(hours=ours), direction="outbound")
    MessageFactory(request=request, sent_at=request.opened_at + timedelta(hours=theirs))


def opened(client, day, **fields):
    request = RequestFactory(client=client, opened_at=datetime(2026, *day, 8, tzinfo=UTC), **fields)
    MessageFactory(request=request, sent_at=request.opened_at)
    return request


def test_the_clients_own_answers_are_timed_from_our_first_message_that_waited(client, settings):
    first, second = opened(client, (7, 6)), opened(client, (8, 3))
    answer_back(first, ours=1, theirs=4)
    MessageFactory(request=second, sent_at=second.opened_at + timedelta(hours=1), direction="outbound")
    answer_back(second, ours=2, theirs=12)

    assert document_of(client, settings).service.theirs == (
        "You answered two messages of ours, half of them within 7.0\u00a0h."
    )


@pytest.mark.parametrize(
    "message", [{"is_auto": True}, {"is_public": False}], ids=["automatic", "internal note"]
)
def test_what_no_person_sent_to_the_client_waits_for_nothing(client, settings, message):
    request = opened(client, (7, 6))
    MessageFactory(
        request=request, sent_at=request.opened_at + timedelta(hours=1), direction="outbound", **message
    )
    MessageFactory(request=request, sent_at=request.opened_at + timedelta(hours=9))

    assert document_of(client, settings).service.theirs == ""


def test_both_sides_are_drawn_by_month_from_three_months_on(client, settings):
    for month in (5, 7, 9):
        answer_back(opened(client, (month, 6)), ours=2, theirs=7)

    replies = document_of(client, settings).service.replies

    assert [(row.label, row.ours, row.theirs) for row in replies.months if row.ours] == [
        ("May 2026", 2, 5),
        ("Jul 2026", 2, 5),
        ("Sept 2026", 2, 5),
    ]
    assert len(replies.months) == 6


@pytest.mark.parametrize(
    ("solved", "words"),
    [
        ((True,), "You complained once; that is solved."),
        ((True, True), "You complained two times; all of that is solved."),
        ((True, False), "You complained two times. One complaint is still open."),
        ((), ""),
    ],
)
def test_complaints_are_owned_up_to(client, settings, solved, words):
    opened(client, (7, 1), kind="question")
    for number, is_solved in enumerate(solved):
        request = opened(client, (8, 3 + number), kind="complaint")
        request.resolved_at = request.opened_at + timedelta(days=2) if is_solved else None
        request.save()

    assert document_of(client, settings).service.complaints == words
