from datetime import date, timedelta
from decimal import Decimal

import pytest

from kpis.formulas.wilson import wilson_interval
from kpis.health.back_test import get_back_test, get_rates, list_quarter_ends
from kpis.health.models import ClientHealth
from kpis.health.word_kept import list_words
from tests.factories.accounts import MemberFactory
from tests.factories.clients import ClientFactory, ContractLineFactory
from tests.kpis.health.books import NOW, TODAY, make_client, pulse

QUARTERS = (date(2025, 12, 31), date(2025, 9, 30))


def past(level, band, n, lost, day=QUARTERS[0]):
    """Client-quarters with a known outcome."""
    for number in range(n):
        ClientHealth.objects.create(
            client=ClientFactory(),
            day=day,
            score=50,
            band=band,
            confidence=1,
            risk_level=level,
            mrr=1000,
            has_left=number < lost,
            computed_at=NOW,
        )


def test_the_quarters_of_the_last_two_years(agency):
    ends = list_quarter_ends(today=TODAY)

    assert (ends[0], ends[-1], len(ends)) == (date(2024, 6, 30), date(2026, 3, 31), 8)


def test_shares_lift_and_brier_by_hand(agency):
    past("high", "red", 10, 5)
    past("low", "green", 20, 1)
    past("low", "green", 20, 1, day=QUARTERS[1])

    page = get_back_test(today=TODAY)

    high, medium, low = page.levels
    assert (page.n, page.lost) == (50, 7)
    assert (high.n, high.lost, high.share, high.lift) == (
        10,
        5,
        Decimal("0.5"),
        Decimal("0.5") / Decimal("0.14"),
    )
    assert (medium.n, medium.share, medium.interval, medium.lift) == (0, None, None, None)
    assert low.interval == wilson_interval(2, 40)
    # Estimates 5.5/11 and 2.5/41, of everybody 7.5/51.
    high_error = 10 * Decimal("0.25")
    low_error = 2 * (1 - Decimal("2.5") / 41) ** 2 + 38 * (Decimal("2.5") / 41) ** 2
    assert (high.brier, medium.brier, low.brier) == (Decimal("0.25"), None, low_error / 40)
    assert page.brier == (high_error + low_error) / 50
    assert page.brier_without == (7 * (1 - Decimal("7.5") / 51) ** 2 + 43 * (Decimal("7.5") / 51) ** 2) / 50


@pytest.mark.parametrize(("n", "probability"), [(29, None), (30, Decimal("3.5") / 31)])
def test_a_probability_needs_thirty_client_quarters(agency, n, probability):
    past("medium", "amber", n, 3)

    assert get_rates(today=TODAY)["medium"].probability == probability


def test_days_that_are_no_end_of_a_quarter_do_not_count(agency):
    past("low", "green", 3, 0)
    past("low", "green", 5, 5, day=date(2025, 11, 30))
    past("low", "green", 5, 5, day=date(2024, 3, 31))

    page = get_back_test(today=TODAY)

    assert (page.n, page.lost, page.quarters) == (3, 0, [QUARTERS[0]])


def test_it_says_that_red_left_more_often(agency):
    past("high", "red", 10, 6)
    past("low", "green", 40, 1)

    assert get_back_test(today=TODAY).sentence == (
        "Red clients left more often than green ones: 6 of 10 red and 1 of 40 green client-quarters ended "
        "with the client gone."
    )


def test_it_says_that_the_weights_are_wrong(agency):
    past("high", "red", 40, 0)
    past("low", "green", 10, 6)

    assert get_back_test(today=TODAY).sentence.startswith("Red clients left less often than green ones, so")


def test_it_says_when_intervals_overlap(agency):
    past("high", "red", 3, 1)
    past("low", "green", 10, 1)

    page = get_back_test(today=TODAY)

    assert page.sentence.startswith("It cannot be told whether red clients leave more often")
    assert page.warning == "Only 13 client-quarters are known; 30 a level are needed for a probability."


def test_it_says_when_there_is_nothing(agency):
    page = get_back_test(today=TODAY)

    assert page.sentence == "There is no quarter yet whose outcome is known."
    assert page.brier is None


def test_it_says_when_hardly_anybody_left(agency):
    past("low", "green", 60, 2)

    page = get_back_test(today=TODAY)

    assert page.sentence == "It cannot be told yet: no client was red at the end of a quarter."
    assert page.warning.startswith("Only 2 of 60 client-quarters ended with the client gone")


def ended(name, ends_on, *, renewed, reason="renewal"):
    client = make_client(name, ends_on=ends_on, ended_reason=reason)
    if renewed:
        ContractLineFactory(client=client, service=client.lines.get().service, starts_on=ends_on)
    return client


def test_what_came_of_an_account_managers_word(agency):
    ana, ben = MemberFactory(name="Ana"), MemberFactory(name="Ben")
    end = TODAY - timedelta(days=30)
    pulse(ended("Renewed", end, renewed=True), 8, 60, member=ana)
    lost = ended("Lost", end, renewed=False, reason="Budget cut")
    pulse(lost, 4, 100, member=ana)
    pulse(lost, 7, 50, member=ana)
    pulse(ended("Doubted", end, renewed=True), 5, 40, member=ben)
    pulse(ended("Run out", end, renewed=False), 9, 121, member=ben)
    pulse(ended("Extreme run out", end, renewed=False), 10, 61, member=ben)
    pulse(ended("After", end, renewed=False), 9, 30, member=ben)
    pulse(ended("No renewal", end, renewed=True, reason="price_change"), 9, 40, member=ben)
    pulse(ended("Ahead", TODAY + timedelta(days=1), renewed=False), 9, 1, member=ben)

    words = list_words(today=TODAY, zone="UTC")

    assert [word.sentence for word in words] == [
        "Ana said safe on 2 renewals, 1 renewed.",
        "Ben said unsure on 1 renewal, 1 renewed.",
    ]
    assert [word.name for word in list_words(today=TODAY, zone="UTC", member_id=ben.pk)] == ["Ben"]
