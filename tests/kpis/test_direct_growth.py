from datetime import date
from decimal import Decimal

import pytest

from agencyam.tenancy.context import tenant_context
from kpis.direct import growth
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContractLineFactory,
    FxRateFactory,
    LinePauseFactory,
    OneOffLineFactory,
    ProposalFactory,
    ReferralFactory,
    TestimonialFactory,
)
from tests.kpis.asking import ask, at, only, values

CONVERSION, BY_VALUE = "proposal_conversion_rate", "proposal_conversion_value_rate"
SHARE = "referral_share_of_new_clients"


@pytest.fixture
def noise(other_agency):
    """Another agency with rows of every kind in the same month."""
    with tenant_context(other_agency):
        client = paying(starts_on=date(2026, 5, 1))
        decided("won", client=client, amount=999)
        ReferralFactory(client=client, made_on=date(2026, 5, 2))
        TestimonialFactory(client=client, received_on=date(2026, 5, 2))


@pytest.fixture
def agency(noise, agency):
    return agency


def paying(starts_on=date(2025, 1, 1), **client):
    """A client with a retainer from the day on."""
    return ContractLineFactory(client=ClientFactory(**client), starts_on=starts_on).client


def decided(status, decided_at="2026-05-10T12:00Z", **more):
    return ProposalFactory(status=status, decided_at=at(decided_at), **more)


def sent(sent_at, **more):
    return ProposalFactory(status="sent", sent_at=at(sent_at), **more)


def test_conversion_is_won_by_decided(agency):  # PROP-003, a twentieth of it
    for status, count in (("won", 3), ("lost", 1), ("expired", 1), ("withdrawn", 2)):
        for _ in range(count):
            decided(status)
    ProposalFactory(status="draft", sent_at=at("2026-01-01T12:00Z"))
    decided("won", "2026-04-30T23:59Z")
    decided("won", "2026-06-01T00:00Z")

    figure = only(growth, ask("2026-05"), CONVERSION)

    assert (figure.numerator, figure.denominator, figure.n, figure.value) == (3, 5, 5, Decimal("0.6"))
    assert figure.extra == {"won": 3, "lost": 1, "expired": 1}


def test_a_decision_falls_on_the_agencys_local_day(agency):
    decided("won", "2026-04-30T23:00Z")

    assert values(growth, ask("2026-05", time_zone="Europe/Paris"), CONVERSION) == {None: 1}
    assert values(growth, ask("2026-05"), CONVERSION) == {}


@pytest.mark.parametrize(
    ("days", "as_of", "expired_on"),
    [
        pytest.param(90, date(2026, 5, 1), None, id="a day before its expiry"),
        pytest.param(90, date(2026, 5, 2), "2026-05-02", id="on the day of its expiry"),
        pytest.param(60, date(2026, 12, 31), "2026-04-02", id="by the agency's own number of days"),
    ],
)
def test_a_proposal_without_an_answer_expires_by_itself(agency, days, as_of, expired_on):
    sent("2026-02-01T12:00Z")

    rows = growth.rows(ask("2026", as_of=as_of, proposal_expiry_days=days), CONVERSION, None)

    assert [row["decided_on"] for row in rows] == ([expired_on] if expired_on else [])


def test_a_late_answer_replaces_the_expiry_once_it_is_known(agency):
    decided("won", "2026-06-20T12:00Z", sent_at=at("2026-02-01T12:00Z"))

    before = growth.rows(ask("2026", as_of=date(2026, 6, 19)), CONVERSION, None)
    after = growth.rows(ask("2026", as_of=date(2026, 6, 20)), CONVERSION, None)

    assert [(row["outcome"], row["decided_on"]) for row in before] == [("expired", "2026-05-02")]
    assert [(row["outcome"], row["decided_on"]) for row in after] == [("won", "2026-06-20")]


def test_a_proposal_sent_after_as_of_is_not_known(agency):
    sent("2026-05-10T12:00Z")

    assert growth.rows(ask("2026-05", as_of=date(2026, 5, 9), proposal_expiry_days=1), CONVERSION, None) == []


def test_a_withdrawal_is_no_decision_and_before_it_the_proposal_was_open(agency):
    ProposalFactory(status="withdrawn", sent_at=at("2026-01-01T12:00Z"))
    ProposalFactory(status="withdrawn", sent_at=at("2026-01-01T12:00Z"), decided_at=at("2026-05-01T12:00Z"))

    before = growth.rows(ask("2026", as_of=date(2026, 4, 30)), CONVERSION, None)

    assert [(row["outcome"], row["decided_on"]) for row in before] == [("expired", "2026-04-01")]
    assert growth.rows(ask("2026"), CONVERSION, None) == []


def test_conversion_by_value_is_in_the_agencys_currency_at_the_rate_of_the_decision(agency):
    FxRateFactory(currency="USD", effective_on=date(2026, 1, 1), rate_to_base=Decimal("0.9"))
    FxRateFactory(currency="USD", effective_on=date(2026, 5, 10), rate_to_base=Decimal("0.8"))
    FxRateFactory(currency="USD", effective_on=date(2026, 5, 11), rate_to_base=Decimal("0.7"))
    decided("won", amount=1000, currency="USD")
    decided("lost", amount=200)
    decided("won")

    query = ask("2026-05")
    figure = only(growth, query, BY_VALUE)
    rows = growth.rows(query, BY_VALUE, None)

    assert (figure.numerator, figure.denominator, figure.value) == (800, 1000, Decimal("0.8"))
    assert (figure.n, figure.extra) == (2, {"without_amount": 1})
    assert sum(Decimal(row["numerator"]) for row in rows if "numerator" in row) == 800
    assert sum(Decimal(row["denominator"]) for row in rows if "denominator" in row) == 1000


def test_conversion_by_value_says_when_a_rate_is_missing(agency):
    decided("won", amount=1000, currency="USD")

    figure = only(growth, ask("2026-05"), BY_VALUE)

    assert (figure.value, figure.reason) == (None, "missing_fx_rate")


def test_conversion_by_value_without_any_value_is_undefined(agency):
    decided("won", amount=0)

    assert growth.compute(ask("2026-05"), [BY_VALUE]) == {BY_VALUE: {}}


def test_referral_rate_counts_clients_and_not_referrals(agency):  # REF-001, a twenty-fifth of it
    referrer = paying()
    for _ in range(2):
        ReferralFactory(client=referrer, made_on=date(2026, 5, 10))
    for _ in range(3):
        paying()

    figure = only(growth, ask("2026-05"), "referral_rate")

    assert (figure.numerator, figure.denominator, figure.n, figure.value) == (1, 4, 4, Decimal("0.25"))
    assert figure.extra == {"referrals": 2}


@pytest.mark.parametrize(
    ("made_on", "counts"),
    [
        (date(2025, 5, 31), 0),
        (date(2025, 6, 1), 1),
        (date(2026, 5, 31), 1),
        (date(2026, 6, 1), 0),
    ],
)
def test_referral_rate_looks_back_twelve_months_from_the_close(agency, made_on, counts):
    ReferralFactory(client=paying(), made_on=made_on)

    assert only(growth, ask("2026-05"), "referral_rate").numerator == counts


def test_referral_rate_asks_clients_active_at_the_close(agency):
    left = ContractLineFactory(starts_on=date(2025, 1, 1), ends_on=date(2026, 5, 31)).client
    paused = LinePauseFactory(line__starts_on=date(2025, 1, 1), starts_on=date(2026, 5, 1)).line.client
    project = OneOffLineFactory(starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 20)).client
    for client in (left, paused, project):
        ReferralFactory(client=client, made_on=date(2026, 5, 10))
    ClientFactory()

    recurring = growth.rows(ask("2026-05"), "referral_rate", None)
    any_work = growth.rows(ask("2026-05", client_basis="any"), "referral_rate", None)
    a_day_earlier = growth.rows(ask("2026-05", as_of=date(2026, 5, 30)), "referral_rate", None)

    assert {row["client"] for row in recurring} == {paused.book_id}
    assert {row["client"] for row in any_work} == {paused.book_id, project.book_id}
    assert {row["client"] for row in a_day_earlier} == {left.book_id, paused.book_id}


def test_new_clients_came_by_referral_if_the_book_or_a_referral_says_so(agency):
    friend = paying()
    paying(date(2026, 5, 1), referred_by=friend)
    ReferralFactory(client=friend, made_on=date(2026, 4, 1), became_client=paying(date(2026, 5, 31)))
    paying(date(2026, 5, 15))
    paying(date(2026, 6, 1), referred_by=friend)

    figure = only(growth, ask("2026-05"), SHARE)

    assert (figure.numerator, figure.denominator) == (2, 3)


def test_a_client_that_comes_back_is_not_new(agency):
    client = ContractLineFactory(starts_on=date(2025, 1, 1), ends_on=date(2025, 6, 1)).client
    ContractLineFactory(client=client, starts_on=date(2026, 5, 5))

    assert growth.compute(ask("2026-05"), [SHARE]) == {SHARE: {}}


def test_testimonials_count_usable_ones_of_the_period(agency):
    for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)):
        TestimonialFactory(received_on=day)
    TestimonialFactory(received_on=date(2026, 5, 2), is_usable=False)

    assert values(growth, ask("2026-05"), "testimonials") == {None: 2}
    assert values(growth, ask("2026-05", as_of=date(2026, 5, 30)), "testimonials") == {None: 1}


def test_events_fall_to_the_account_manager_of_their_day_and_slices_add_up(agency):
    client = paying(starts_on=date(2026, 5, 9), segment="Retail")
    first = AssignmentFactory(client=client, starts_on=date(2026, 1, 1), ends_on=date(2026, 5, 10)).member
    second = AssignmentFactory(client=client, starts_on=date(2026, 5, 10)).member
    decided("won", "2026-05-09T12:00Z", client=client, amount=10)
    decided("lost", "2026-05-10T12:00Z", client=client, amount=10)
    ReferralFactory(client=client, made_on=date(2026, 5, 2))
    TestimonialFactory(client=client, received_on=date(2026, 5, 9))
    decided("won", "2026-05-10T12:00Z", client=paying(), amount=10)

    answers = growth.compute(ask("2026-05", by="am"), growth.KEYS)
    totals = growth.compute(ask("2026-05"), growth.KEYS)

    assert {
        key: {name: figure.value for name, figure in slices.items()} for key, slices in answers.items()
    } == {
        CONVERSION: {first.book_id: 1, second.book_id: 0, "unassigned": 1},
        BY_VALUE: {first.book_id: 1, second.book_id: 0, "unassigned": 1},
        "referral_rate": {second.book_id: 1, "unassigned": 0},
        SHARE: {first.book_id: 0},
        "testimonials": {first.book_id: 1},
    }
    for key, slices in answers.items():
        assert sum(figure.numerator for figure in slices.values()) == totals[key][None].numerator


@pytest.mark.parametrize("key", growth.KEYS)
def test_the_rows_behind_a_figure_add_up_to_it(agency, key):
    client = paying(date(2026, 5, 9), segment="Retail", referred_by=ClientFactory())
    decided("won", client=client, amount=10)
    decided("lost", client=client, amount=30)
    ReferralFactory(client=client, made_on=date(2026, 5, 2))
    TestimonialFactory(client=client, received_on=date(2026, 5, 9))
    query = ask("2026-05", by="segment")

    figure = growth.compute(query, [key])[key]["Retail"]
    rows = growth.rows(query, key, "Retail")

    assert sum(Decimal(row["numerator"]) for row in rows) == figure.numerator
    assert figure.denominator in (None, sum(Decimal(row.get("denominator", 0)) for row in rows))
    assert growth.rows(query, key, "unassigned") == []


def test_growth_has_no_service(agency):
    decided("won", client=paying())
    query = ask("2026-05", by="service")

    assert growth.compute(query, growth.KEYS) == {}
    assert growth.rows(query, CONVERSION, None) == []
