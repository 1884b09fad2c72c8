from datetime import UTC, datetime, timedelta

import pytest

from clients.models import Request
from clients.service.selectors import list_open_requests
from tests.factories.clients import (
    BusinessCalendarFactory,
    ClientFactory,
    MessageFactory,
    RequestFactory,
    SLAPolicyFactory,
)

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
AFTER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("opened_at", "resolved_at", "is_open"),
    [(NOW, None, True), (AFTER, None, False), (BEFORE, AFTER, True), (BEFORE, NOW, False)],
)
def test_a_request_is_open_from_its_opening_to_its_resolution(agency, opened_at, resolved_at, is_open):
    RequestFactory(opened_at=opened_at, resolved_at=resolved_at)

    assert Request.objects.open_at(NOW).exists() is is_open


def test_a_span_of_time_leaves_its_end_out(agency):
    request = RequestFactory(opened_at=BEFORE, resolved_at=NOW)

    assert list(Request.objects.opened_between(BEFORE, NOW)) == [request]
    assert list(Request.objects.opened_between(NOW, AFTER)) == []
    assert list(Request.objects.resolved_between(NOW, AFTER)) == [request]
    assert list(Request.objects.resolved_between(BEFORE, NOW)) == []


def test_the_longest_open_request_is_listed_first(agency):
    client = ClientFactory()
    newer = RequestFactory(client=client, opened_at=NOW)
    older = RequestFactory(client=client, opened_at=BEFORE)
    RequestFactory(client=client, opened_at=BEFORE, resolved_at=NOW)
    RequestFactory()

    assert list(list_open_requests(client=client, now=NOW)) == [older, newer]


def test_rows_name_themselves(agency):
    rows = [
        RequestFactory(subject="Broken"),
        RequestFactory(subject="", kind="change", opened_at=NOW),
        MessageFactory(sent_at=NOW),
        BusinessCalendarFactory(name="Office"),
        SLAPolicyFactory(name="Gold"),
    ]

    assert [str(row) for row in rows] == [
        "Broken",
        "Change of 2025-06-01",
        "From the client at 2025-06-01 12:00",
        "Office",
        "Gold",
    ]
