from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import AuditEvent
from kpis.health import services
from kpis.health.components import DEFAULT_WEIGHTS
from kpis.health.models import ClientHealth
from kpis.health.weights import CannotSetWeights, load_weights, set_weights
from tests.factories.accounts import LeaderFactory
from tests.kpis.health.books import NOW, TODAY, answer, health_of, make_client, pulse, talk, wait
from tests.queries import queries_of


def test_a_refresh_touches_only_its_clients(agency):
    first, second = make_client("First"), make_client("Second")

    done = services.refresh(clients=[first.pk], today=TODAY, now=NOW)

    assert done == 1
    assert list(ClientHealth.objects.values_list("client", "day")) == [(first.pk, TODAY)]

    services.refresh(clients=[second.pk], today=TODAY, now=NOW + timedelta(hours=1))

    assert ClientHealth.objects.count() == 2


def test_a_refresh_replaces_the_day_and_takes_out_who_left(agency):
    client = make_client()
    answer(client, 9, 1)
    services.refresh(clients=None, today=TODAY, now=NOW)
    answer(client, 3, 0)

    services.refresh(clients=[client.pk], today=TODAY, now=NOW + timedelta(minutes=1))

    assert ClientHealth.objects.get().components["sentiment"]["score"] == "30"

    client.lines.update(ends_on=TODAY)
    services.refresh(clients=[client.pk], today=TODAY, now=NOW + timedelta(minutes=2))

    assert ClientHealth.objects.count() == 0


def test_statements_are_as_many_for_thirty_clients_and_days_as_for_one(agency):
    def fill(number):
        client = make_client(f"Client {number}")
        wait(client, 5, hours=1)
        talk(client, 3, 9)
        answer(client, 8, 7)
        pulse(client, 8, 7)

    fill(0)
    one = queries_of(lambda: services.store_days(days=[TODAY], today=TODAY, now=NOW))
    for number in range(1, 30):
        fill(number)
    days = [TODAY - timedelta(days=back) for back in range(30)]
    many = queries_of(lambda: services.store_days(days=days, today=TODAY, now=NOW))

    assert len(one) == len(many)
    assert ClientHealth.objects.count() == 900


def test_the_night_closes_yesterday_and_fills_the_past(agency):
    make_client()

    services.compute_nightly(today=TODAY, now=NOW)

    days = list(ClientHealth.objects.order_by("day").values_list("day", flat=True))
    month_ends, daily = days[:22], days[22:]
    assert month_ends[0] == date(2024, 6, 30)
    assert all((day + timedelta(days=1)).day == 1 for day in month_ends)
    assert daily == [TODAY - timedelta(days=back) for back in range(90, -1, -1)]


def test_the_night_leaves_past_days_as_they_were_stored(agency):
    client = make_client()
    services.compute_nightly(today=TODAY, now=NOW)
    answer(client, 1, 60)

    services.compute_nightly(today=TODAY + timedelta(days=1), now=NOW + timedelta(days=1))

    past = ClientHealth.objects.get(day=TODAY - timedelta(days=30))
    assert past.components["sentiment"]["score"] is None
    assert ClientHealth.objects.get(day=TODAY).components["sentiment"]["score"] == "10"


def test_the_past_can_be_worked_out_again(agency):
    client = make_client()
    services.compute_nightly(today=TODAY, now=NOW)
    answer(client, 1, 60)

    services.fill_past(today=TODAY, now=NOW + timedelta(hours=1), is_again=True)

    past = ClientHealth.objects.get(day=TODAY - timedelta(days=30))
    assert past.components["sentiment"]["score"] == "10"


def test_days_past_a_hundred_go_but_for_month_ends(agency):
    client = make_client()
    days = [date(2026, 3, 20), date(2026, 3, 21), date(2026, 3, 22), date(2026, 2, 28), date(2026, 2, 27)]
    services.store_days(days=days, today=TODAY, now=NOW)

    services.forget_old_days(today=TODAY)

    kept = ClientHealth.objects.filter(client=client).order_by("day").values_list("day", flat=True)
    assert list(kept) == [date(2026, 2, 28), date(2026, 3, 22)]


def test_who_left_within_ninety_days_of_a_month_end_is_noted(agency):
    make_client("Stayed")
    make_client("Left", ends_on=date(2026, 4, 30))
    make_client("Left later", ends_on=date(2026, 6, 30))
    make_client("Came back", ends_on=date(2026, 2, 15))
    day, late = date(2026, 1, 31), date(2026, 4, 30)
    services.store_days(days=[day, late], today=TODAY, now=NOW)

    services.record_leaving(today=TODAY)

    left = dict(ClientHealth.objects.on(day).values_list("client__name", "has_left"))
    # 1 May is the ninetieth day after 31 January.
    assert left == {"Stayed": False, "Left": True, "Left later": False, "Came back": True}
    assert set(ClientHealth.objects.on(late).values_list("has_left", flat=True)) == {None}


def test_the_outcome_follows_a_correction(agency):
    client = make_client(ends_on=date(2026, 2, 15))
    services.store_days(days=[date(2026, 1, 31)], today=TODAY, now=NOW)
    services.record_leaving(today=TODAY)
    client.lines.update(ends_on=None)

    assert services.record_leaving(today=TODAY) == 1
    assert ClientHealth.objects.get().has_left is False


def test_weights_hold_from_their_day_on(agency):
    client = make_client()
    answer(client, 9, 60)
    answer(client, 4, 0)
    leader = LeaderFactory()

    set_weights(weights={"sentiment": Decimal(10)}, from_on=TODAY, today=TODAY, by=leader)

    assert load_weights().on(TODAY - timedelta(days=1)) == DEFAULT_WEIGHTS
    assert health_of(client).score == 40
    # 20 x 90, 15 x 100 for the trend and 15 x 0 for the conversations, divided by 50
    assert health_of(client, TODAY - timedelta(days=1)).score == 66
    assert AuditEvent.objects.get(action="health_weights.set").changes["weights"] == {"sentiment": "10"}


@pytest.mark.parametrize(
    ("weights", "from_on", "words"),
    [
        ({"pulse": Decimal(10)}, TODAY - timedelta(days=1), "New weights hold from today"),
        ({"pulse": Decimal(-1)}, TODAY, "between 0 and 100"),
        ({"pulse": Decimal(0)}, TODAY, "needs weight"),
        ({"luck": Decimal(5)}, TODAY, "no such component"),
    ],
)
def test_weights_that_cannot_hold_are_refused(agency, weights, from_on, words):
    with pytest.raises(CannotSetWeights, match=words):
        set_weights(weights=weights, from_on=from_on, today=TODAY, by=None)
