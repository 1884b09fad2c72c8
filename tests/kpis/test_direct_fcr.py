from datetime import date, timedelta
from decimal import Decimal

import pytest

from agencyam.tenancy.context import tenant_context
from kpis.direct import service
from tests.factories.clients import AssignmentFactory, ClientFactory, MessageFactory, RequestFactory
from tests.kpis.asking import ask, at, only, values


@pytest.fixture
def noise(other_agency):
    """Another agency with a request that took three messages in the same month."""
    with tenant_context(other_agency):
        resolved(client=ClientFactory(), topic="Ads", messages=3)


@pytest.fixture
def agency(noise, agency):
    return agency


def resolved(
    *, client, topic="", messages=1, opened_at="2026-05-03T08:00Z", resolved_at="2026-05-03T12:00Z", **more
):
    request = RequestFactory(
        client=client, topic=topic, opened_at=at(opened_at), resolved_at=at(resolved_at), **more
    )
    for minute in range(messages):
        MessageFactory(request=request, sent_at=at(opened_at) + timedelta(minutes=minute))
    return request


def test_first_contact_resolution_counts_client_messages_only(agency):  # FCR-004
    client = ClientFactory()
    for outbound in (1, 4):
        request = resolved(client=client)
        MessageFactory.create_batch(
            outbound, request=request, direction="outbound", sent_at=at("2026-05-03T09:00Z")
        )
    resolved(client=client, messages=2)
    MessageFactory(request=RequestFactory(client=client), sent_at=at("2026-05-03T08:00Z"))

    figure = only(service, ask("2026-05"), "fcr")

    assert (figure.numerator, figure.denominator, figure.n) == (2, 3, 3)
    assert figure.value == Decimal(2) / 3


def test_first_contact_resolution_ignores_marked_thanks_and_messages_after_the_end(agency):
    request = resolved(client=ClientFactory())
    MessageFactory(request=request, sent_at=at("2026-05-03T10:00Z"), no_reply_needed=True)
    MessageFactory(request=request, sent_at=at("2026-05-03T10:00Z"), is_auto=True)
    MessageFactory(request=request, sent_at=at("2026-05-03T13:00Z"))

    assert values(service, ask("2026-05"), "fcr") == {None: 1}


def test_first_contact_resolution_needs_the_clients_message(agency):
    resolved(client=ClientFactory(), messages=0)

    assert values(service, ask("2026-05"), "fcr") == {None: 0}


def test_a_reopened_request_was_not_resolved_at_first_contact(agency):
    resolved(client=ClientFactory(), is_reopened=True)

    assert values(service, ask("2026-05"), "fcr") == {None: 0}


def test_a_request_that_is_not_eligible_is_left_out(agency):
    resolved(client=ClientFactory(), is_fcr_eligible=False)

    assert values(service, ask("2026-05"), "fcr") == {}


@pytest.mark.parametrize(
    ("topic", "later_topic", "later_at", "window", "value"),
    [
        pytest.param("Ads", " ads", "2026-05-10T12:00Z", 7, 0, id="same topic on the last moment"),
        pytest.param("Ads", "Ads", "2026-05-10T12:00:01Z", 7, 1, id="after the window"),
        pytest.param("Ads", "Ads", "2026-05-10T12:00:01Z", 8, 0, id="in a longer window"),
        pytest.param("Ads", "SEO", "2026-05-04T12:00Z", 7, 1, id="another topic"),
        pytest.param("", "", "2026-05-04T12:00Z", 7, 1, id="no topic repeats nothing"),
        pytest.param("Ads", "Ads", "2026-05-03T11:00Z", 7, 1, id="opened before the resolution"),
    ],
)
def test_a_new_request_on_the_topic_within_the_window_undoes_the_resolution(
    agency, topic, later_topic, later_at, window, value
):
    client = ClientFactory()
    request = resolved(client=client, topic=topic)
    RequestFactory(client=client, topic=later_topic, opened_at=at(later_at))
    RequestFactory(topic=topic, opened_at=at("2026-05-04T12:00Z"))

    query = ask("2026-05", fcr_window_days=window)

    assert values(service, query, "fcr") == {None: value}
    assert [row["request"] for row in service.rows(query, "fcr", None)] == [request.book_id]


@pytest.mark.parametrize(
    ("as_of", "provisional", "value"), [(date(2026, 5, 10), 0, 0), (date(2026, 5, 9), 1, 1)]
)
def test_a_resolution_within_the_window_of_as_of_is_provisional(agency, as_of, provisional, value):
    client = ClientFactory()
    resolved(client=client, topic="Ads")
    RequestFactory(client=client, topic="Ads", opened_at=at("2026-05-10T11:00Z"))

    figure = only(service, ask("2026-05", as_of=as_of), "fcr")

    assert figure.extra == {"provisional": provisional}
    assert figure.value == value


def test_first_contact_resolution_belongs_to_the_day_of_the_resolution(agency):
    client = ClientFactory(segment="Retail")
    member = AssignmentFactory(client=client, starts_on=date(2026, 5, 3)).member
    resolved(client=client, opened_at="2026-04-20T08:00Z", resolved_at="2026-05-03T12:00Z")

    assert values(service, ask("2026-04"), "fcr") == {}
    assert values(service, ask("2026-05", by="am"), "fcr") == {member.book_id: 1}
    assert values(service, ask("2026-05", by="segment"), "fcr") == {"Retail": 1}
