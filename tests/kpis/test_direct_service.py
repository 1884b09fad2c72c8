from datetime import date, timedelta
from decimal import Decimal

import pytest

from agencyam.tenancy.context import tenant_context
from kpis.direct import service
from tests.factories.clients import (
    AssignmentFactory,
    BusinessCalendarFactory,
    ClientFactory,
    MessageFactory,
    RequestFactory,
    SLAPolicyFactory,
)
from tests.kpis.asking import ask, at, only, values

MAY_1 = "2026-05-01..2026-05-02"


@pytest.fixture
def noise(other_agency):
    """Another agency with slow replies on the same day."""
    with tenant_context(other_agency):
        thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-03T08:00Z"), ("in", "2026-05-03T09:00Z"))


@pytest.fixture
def agency(noise, agency):
    return agency


def thread(*messages, client=None, opened_at=None):
    """A request with its messages: ("in" or "out", instant, flags...)."""
    opened = at(opened_at or messages[0][1])
    request = RequestFactory(client=client or ClientFactory(), opened_at=opened)
    for direction, sent_at, *flags in messages:
        MessageFactory(
            request=request,
            direction={"in": "inbound", "out": "outbound"}[direction],
            sent_at=at(sent_at),
            is_auto="auto" in flags,
            is_public="internal" not in flags,
            no_reply_needed="no reply needed" in flags,
        )
    return request


def reply_rows(query, key="reply_hours"):
    return [
        (row["inbound_at"][11:16], row["replied_at"] and row["replied_at"][11:16], row["hours"])
        for row in service.rows(query, key, None)
    ]


def test_a_single_reply_is_median_p90_and_mean(agency):  # FRT-001
    thread(("in", "2026-05-01T10:00Z"), ("out", "2026-05-01T12:00Z"))

    figures = service.compute(ask(MAY_1, as_of=date(2026, 5, 1)), service.KEYS)

    assert {key: figures[key][None].value for key in service.KEYS if key != "fcr"} == {
        "first_response_hours": 2,
        "first_response_hours_p90": 2,
        "first_response_hours_mean": 2,
        "reply_hours": 2,
        "sla_attainment": 1,
        "sla_breached": 0,
        "sla_pending": 0,
    }
    assert figures["first_response_hours"][None].n == 1
    assert figures["fcr"] == {}


@pytest.mark.parametrize(("day", "hours"), [("2026-05-01..2026-05-02", 3), ("2026-05-02..2026-05-03", 6)])
def test_a_wait_belongs_to_the_day_of_the_clients_message(agency, day, hours):  # FRT-004
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T11:00Z"))
    thread(("in", "2026-05-02T08:00Z"), ("out", "2026-05-02T14:00Z"))

    assert values(service, ask(day), "first_response_hours") == {None: hours}


def test_seconds_are_kept(agency):  # FRT-007
    thread(("in", "2026-05-01T10:00:20Z"), ("out", "2026-05-01T10:01:02Z"))

    assert only(service, ask(MAY_1), "first_response_hours").value == Decimal(42) / 3600


def test_the_day_of_a_wait_is_the_agencys_local_day(agency):
    thread(("in", "2026-05-01T22:30Z"), ("out", "2026-05-01T23:00Z"))

    assert values(service, ask(MAY_1, time_zone="Europe/Paris"), "reply_hours") == {}
    assert values(service, ask("2026-05-02..2026-05-03", time_zone="Europe/Paris"), "reply_hours") == {
        None: Decimal("0.5")
    }


def test_the_clock_runs_from_the_oldest_unanswered_message(agency):
    thread(
        ("in", "2026-05-01T08:00Z"),
        ("in", "2026-05-01T09:00Z"),
        ("out", "2026-05-01T10:00Z"),
        ("out", "2026-05-01T11:00Z"),
        ("in", "2026-05-01T12:00Z"),
        ("out", "2026-05-01T13:00Z"),
    )

    assert reply_rows(ask(MAY_1)) == [("08:00", "10:00", "2"), ("12:00", "13:00", "1")]
    assert reply_rows(ask(MAY_1), "first_response_hours") == [("08:00", "10:00", "2")]


def test_automatic_messages_and_internal_notes_neither_open_nor_close(agency):
    thread(
        ("in", "2026-05-01T07:00Z", "auto"),
        ("in", "2026-05-01T08:00Z"),
        ("out", "2026-05-01T08:01Z", "auto"),
        ("out", "2026-05-01T08:30Z", "internal"),
        ("out", "2026-05-01T11:00Z"),
        ("in", "2026-05-01T12:00Z", "auto"),
    )

    assert reply_rows(ask(MAY_1)) == [("08:00", "11:00", "3")]


def test_a_later_message_without_need_of_a_reply_closes_the_wait_and_removes_the_pair(agency):
    thread(
        ("in", "2026-05-01T08:00Z"),
        ("in", "2026-05-01T09:00Z", "no reply needed"),
        ("out", "2026-05-01T20:00Z"),
        ("in", "2026-05-01T21:00Z"),
        ("out", "2026-05-01T22:00Z"),
    )

    figure = only(service, ask(MAY_1), "sla_attainment")

    assert reply_rows(ask(MAY_1)) == [("21:00", "22:00", "1")]
    assert (figure.numerator, figure.denominator, figure.extra["no_reply_needed"]) == (1, 1, 1)


def test_the_first_pair_that_counts_is_the_first_response(agency):
    thread(
        ("in", "2026-05-01T08:00Z"),
        ("out", "2026-05-01T08:05Z", "internal", "no reply needed"),
        ("in", "2026-05-01T21:00Z"),
        ("out", "2026-05-01T22:00Z"),
    )

    assert reply_rows(ask(MAY_1), "first_response_hours") == [("21:00", "22:00", "1")]


def test_a_message_without_need_of_a_reply_opens_no_wait(agency):
    thread(("in", "2026-05-01T08:00Z", "no reply needed"))

    assert service.compute(ask(MAY_1), ["sla_pending", "sla_breached"]) == {
        "sla_pending": {},
        "sla_breached": {},
    }


def test_a_message_after_an_earlier_mail_of_ours_waits_for_the_next(agency):
    thread(("out", "2026-05-01T05:00Z"), ("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T09:00Z"))

    assert reply_rows(ask(MAY_1)) == [("08:00", "09:00", "1")]


def test_a_reply_dated_before_its_request_took_no_time_and_is_flagged(agency):
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T07:58Z"))

    figure = only(service, ask(MAY_1), "reply_hours")
    row = service.rows(ask(MAY_1), "reply_hours", None)[0]

    assert (figure.value, figure.extra["clock_skewed"]) == (0, 1)
    assert (row["replied_at"], row["is_skewed"]) == ("2026-05-01T07:58:00+00:00", True)


def test_an_unanswered_message_over_its_target_is_breached_and_within_it_pending(agency):
    thread(("in", "2026-05-01T19:59:59Z"))
    thread(("in", "2026-05-01T20:00:00Z"))

    query = ask(MAY_1, as_of=date(2026, 5, 1))

    assert service.compute(query, ["sla_breached", "sla_pending", "sla_attainment", "reply_hours"]) == {
        "sla_breached": {None: figure(value=1, n=2)},
        "sla_pending": {None: figure(value=1, n=2)},
        "sla_attainment": {None: figure(value=0, numerator=0, denominator=1, n=1, pending=1)},
        "reply_hours": {},
    }


def figure(*, value, n, numerator=None, denominator=None, **extra):
    notes = {"no_reply_needed": 0, "clock_skewed": 0}
    count = value if numerator is None else numerator
    return service.Figure(Decimal(count), denominator, n, Decimal(value), extra=extra | notes)


def test_a_reply_after_as_of_does_not_exist_yet(agency):
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-02T00:00Z"))

    before = service.compute(ask(MAY_1, as_of=date(2026, 5, 1)), ["reply_hours", "sla_breached"])
    after = service.compute(ask(MAY_1, as_of=date(2026, 5, 2)), ["reply_hours", "sla_breached"])

    assert before["reply_hours"] == {}
    assert before["sla_breached"][None].value == 1
    assert after["reply_hours"][None].value == 16
    assert after["sla_breached"][None].value == 1


def test_a_client_message_after_as_of_does_not_exist_yet(agency):
    thread(("in", "2026-05-02T08:00Z"), ("out", "2026-05-02T09:00Z"))

    query = ask("2026-05", as_of=date(2026, 5, 1))

    assert service.compute(query, ["reply_hours", "sla_pending"]) == {"reply_hours": {}, "sla_pending": {}}


def test_a_reply_exactly_on_target_is_met(agency):
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T12:00Z"))
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T12:00:00.000001Z"))

    figure = only(service, ask(MAY_1), "sla_attainment")

    assert (figure.numerator, figure.denominator, figure.value) == (1, 2, Decimal("0.5"))


def test_the_clients_policy_goes_before_the_default_and_that_before_round_the_clock(agency):
    office = BusinessCalendarFactory(spec={"time_zone": "UTC", "hours": {"fri": [["09:00", "17:00"]]}})
    own = SLAPolicyFactory(reply_hours=1, calendar=office)
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T11:00Z"), client=ClientFactory(sla_policy=own))
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T11:00Z"))

    without_default = service.rows(ask(MAY_1), "sla_attainment", None)
    SLAPolicyFactory(reply_hours=2, calendar=office, is_default=True)
    with_default = service.rows(ask(MAY_1), "sla_attainment", None)

    cells = ("hours", "target_hours", "outcome")
    assert sorted(tuple(row[cell] for cell in cells) for row in without_default) == [
        ("2", "1", "breached"),
        ("3", "4", "met"),
    ]
    assert sorted(tuple(row[cell] for cell in cells) for row in with_default) == [
        ("2", "1", "breached"),
        ("2", "2", "met"),
    ]


def test_the_agencys_own_hours_stand_for_those_of_the_default_policy_alone(agency):
    default, own = SLAPolicyFactory(reply_hours=1, is_default=True), SLAPolicyFactory(reply_hours=1)
    for policy in (default, None, own):
        thread(
            ("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T10:00Z"), client=ClientFactory(sla_policy=policy)
        )

    usual = only(service, ask(MAY_1), "sla_attainment")
    chosen = only(service, ask(MAY_1, reply_hours=Decimal(2)), "sla_attainment")

    assert (usual.numerator, chosen.numerator, chosen.denominator) == (0, 2, 3)


def test_percentiles_interpolate_and_the_mean_adds_up(agency):
    for hours in range(1, 11):
        thread(
            ("in", "2026-05-01T08:00Z"),
            ("out", (at("2026-05-01T08:00Z") + timedelta(hours=hours)).isoformat()),
        )

    query = ask(MAY_1)
    figures = service.compute(query, service.KEYS)
    rows = service.rows(query, "first_response_hours_mean", None)

    assert figures["first_response_hours"][None].value == Decimal("5.5")
    assert figures["first_response_hours_p90"][None].value == Decimal("9.1")  # FRT-008
    assert figures["first_response_hours_mean"][None].value == Decimal("5.5")
    assert (
        sum(Decimal(row["numerator"]) for row in rows) == figures["first_response_hours_mean"][None].numerator
    )
    assert sum(row["denominator"] for row in rows) == figures["first_response_hours_mean"][None].denominator


@pytest.mark.parametrize("key", [key for key in service.KEYS if key != "fcr"])
def test_the_rows_behind_a_wait_figure_add_up_to_it(agency, key):
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T09:00Z"), ("in", "2026-05-01T10:00Z"))
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T20:00Z"), ("in", "2026-05-01T21:00Z"))
    query = ask(MAY_1, as_of=date(2026, 5, 1))

    figure = only(service, query, key)
    rows = service.rows(query, key, None)

    if figure.numerator is None:
        assert sum(row["n"] for row in rows) == figure.n
    else:
        assert sum(Decimal(row["numerator"]) for row in rows) == figure.numerator
        assert figure.denominator in (None, sum(row.get("denominator", 0) for row in rows))


def test_waits_fall_to_the_account_manager_of_the_day_and_slices_add_up(agency):
    client, orphan = ClientFactory(segment="Retail"), ClientFactory()
    first = AssignmentFactory(client=client, starts_on=date(2026, 1, 1), ends_on=date(2026, 5, 2)).member
    second = AssignmentFactory(client=client, starts_on=date(2026, 5, 2)).member
    for day in ("2026-05-01", "2026-05-02"):
        thread(("in", f"{day}T08:00Z"), ("out", f"{day}T09:00Z"), client=client)
    thread(("in", "2026-05-02T08:00Z"), ("out", "2026-05-03T09:00Z"), client=orphan)

    by_manager = service.compute(ask("2026-05", by="am"), ["sla_attainment"])["sla_attainment"]
    by_segment = values(service, ask("2026-05", by="segment"), "reply_hours")
    by_client = values(service, ask("2026-05", by="client"), "sla_breached")

    assert {key: (figure.numerator, figure.denominator) for key, figure in by_manager.items()} == {
        first.book_id: (1, 1),
        second.book_id: (1, 1),
        "unassigned": (0, 1),
    }
    assert by_segment == {"Retail": 1, "unassigned": 25}
    assert by_client == {client.book_id: 0, orphan.book_id: 1}


def test_waits_have_no_service(agency):
    thread(("in", "2026-05-01T08:00Z"), ("out", "2026-05-01T09:00Z"))
    query = ask(MAY_1, by="service")

    assert service.compute(query, service.KEYS) == {}
    assert service.rows(query, "reply_hours", None) == []
