"""Every write of the book says which days of which client it tells about."""

from datetime import UTC, date, datetime

import pytest

from clients.book import services as book_services
from clients.models import Change
from clients.touchpoints import services as touchpoint_services
from tests.clients.exchange.books import load, write_book
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.usefixtures("agency")

AGENCY = {"time_zone": "Europe/Helsinki", "currency": "EUR"}
SERVICES = "service_id,name\ns1,SEO\n"
LINES = "line_id,client_id,service_id,kind,amount,interval,starts_on\n"
REQUESTS = "request_id,client_id,opened_at\nr1,c1,2026-03-01T08:00:00Z\n"
MESSAGES = "message_id,request_id,sent_at,direction\nx1,r1,2026-03-01T08:00:00Z,inbound\n"


def told() -> list[tuple]:
    """What the journal says: client, kind of row, row, first and last day."""
    rows = Change.objects.order_by("target_type", "target_id", "client__book_id")
    return [
        (row.client and row.client.book_id, row.target_type, row.target_id, row.first_on, row.last_on)
        for row in rows
    ]


@pytest.fixture
def leader():
    return LeaderFactory()


def test_touchpoint_tells_about_its_local_day(leader):
    client = ClientFactory()
    instant = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)

    touchpoint = touchpoint_services.log_touchpoint(
        by=leader,
        client=client,
        occurred_at=instant,
        channel="call",
        direction="upstream",
        summary="",
        now=instant,
    )
    touchpoint_services.cancel_touchpoint(by=leader, touchpoint=touchpoint)

    expected = (client.book_id, "touchpoint", touchpoint.book_id, date(2026, 3, 9), date(2026, 3, 9))
    assert told() == [expected, expected]
    assert [row.by for row in Change.objects.all()] == [leader, leader]


def test_hand_over_tells_about_every_day_from_it_on(leader):
    client = ClientFactory(book_id="c1")

    book_services.assign_primary_manager(
        by=leader, client=client, member=MemberFactory(), starts_on=date(2026, 3, 1)
    )

    assert [(row.client, row.first_on, row.last_on) for row in Change.objects.all()] == [
        (client, date(2026, 3, 1), None)
    ]


def test_refused_write_tells_nothing(leader):
    client = ClientFactory()
    later = datetime(2026, 3, 9, tzinfo=UTC)

    with pytest.raises(touchpoint_services.CannotLogTouchpoint):
        touchpoint_services.log_touchpoint(
            by=leader,
            client=client,
            occurred_at=later,
            channel="call",
            direction="upstream",
            summary="",
            now=datetime(2026, 3, 8, tzinfo=UTC),
        )

    assert told() == []


def test_import_tells_about_the_days_before_and_after(tmp_path):
    load(
        write_book(
            tmp_path / "first",
            agency=AGENCY,
            services=SERVICES,
            contract_lines=LINES + "l1,c1,s1,recurring,10,month,2026-03-01\n",
        )
    )
    Change.objects.all().delete()

    load(
        write_book(
            tmp_path / "second",
            agency=AGENCY,
            services=SERVICES,
            contract_lines=LINES + "l1,c1,s1,recurring,10,month,2026-05-01\n",
        )
    )

    assert told() == [("c1", "contract_lines.csv", "l1", date(2026, 3, 1), None)]


def test_import_of_what_is_known_tells_nothing(tmp_path):
    book = write_book(tmp_path, agency=AGENCY, requests=REQUESTS, messages=MESSAGES)
    load(book)
    Change.objects.all().delete()

    load(book)

    assert told() == []


def test_message_tells_about_the_days_since_its_request_was_opened(tmp_path):
    load(write_book(tmp_path / "first", agency=AGENCY, requests=REQUESTS, messages=MESSAGES))
    Change.objects.all().delete()

    reply = "message_id,request_id,sent_at,direction\nx2,r1,2026-03-03T22:30:00Z,outbound\n"
    load(write_book(tmp_path / "second", agency=AGENCY, requests=REQUESTS, messages=reply))

    assert told() == [("c1", "messages.csv", "x2", date(2026, 3, 1), date(2026, 3, 4))]


def test_answer_tells_about_the_day_of_its_invitation(tmp_path):
    surveys = "survey_id,kind\nv1,nps\n"
    contacts = "contact_id,client_id,name\nk1,c2,Kim\n"
    invitations = "invitation_id,survey_id,contact_id,sent_at\ni1,v1,k1,2026-02-20T08:00:00Z\n"
    load(
        write_book(
            tmp_path / "first",
            agency=AGENCY,
            surveys=surveys,
            contacts=contacts,
            survey_invitations=invitations,
        )
    )
    Change.objects.all().delete()

    answers = "response_id,survey_id,invitation_id,score,answered_at\na1,v1,i1,9,2026-03-02T08:00:00Z\n"
    load(write_book(tmp_path / "second", agency=AGENCY, survey_responses=answers))

    assert told() == [("c2", "survey_responses.csv", "a1", date(2026, 2, 20), date(2026, 3, 2))]


def test_many_rows_of_a_file_are_told_by_client(tmp_path):
    lines = "".join(
        f"t{number},c{1 + number % 2},2026-03-{1 + number % 20:02}T08:00:00Z\n" for number in range(600)
    )

    load(write_book(tmp_path, touchpoints="touchpoint_id,client_id,occurred_at\n" + lines))

    rows = Change.objects.filter(target_type="touchpoints.csv").order_by("client__book_id")
    assert [(row.client.book_id, row.label, row.first_on, row.last_on) for row in rows] == [
        ("c1", "300 rows of touchpoints.csv", date(2026, 3, 1), date(2026, 3, 19)),
        ("c2", "300 rows of touchpoints.csv", date(2026, 3, 2), date(2026, 3, 20)),
    ]


def test_exchange_rate_tells_about_all_clients(tmp_path):
    load(
        write_book(
            tmp_path, agency=AGENCY, fx_rates="currency,effective_on,rate_to_base\nGBP,2026-01-01,1.2\n"
        )
    )

    assert (None, "fx_rates.csv", "GBP/2026-01-01", date(2026, 1, 1), None) in told()
