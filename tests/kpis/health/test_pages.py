import csv
import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.utils.html import strip_tags
from time_machine import travel

from accounts.models import AgencySettings
from kpis.health import services
from kpis.health.models import ClientHealth, HealthWeights
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import AssignmentFactory, ClientFactory, ContactFactory
from tests.kpis.health.books import NOW, TODAY, ago, answer, make_client, pulse, talk, wait
from tests.kpis.health.test_back_test import past
from tests.queries import queries_of


@pytest.fixture(autouse=True)
def frozen():
    with travel(NOW, tick=False):
        yield


def store(*days_ago):
    services.store_days(
        days=[TODAY - timedelta(days=days) for days in days_ago or (0,)], today=TODAY, now=NOW
    )


def text_of(response):
    return re.sub(r"\s+", " ", strip_tags(response.content.decode().replace("<", " <")))


def make_fading(name="Fading", manager=None):
    """Well 30 days ago, then two late first replies and a bad answer."""
    client = make_client(name)
    AssignmentFactory(client=client, member=manager or MemberFactory())
    pulse(client, 9, 35)
    answer(client, 9, 50)
    talk(client, 1, 2, 32, 33, 62, 63)
    for days_ago in (40, 41):
        wait(client, days_ago, hours=1)
    for days_ago in (10, 12):
        wait(client, days_ago, hours=9)
    answer(client, 5, 0)
    return client


def test_the_sentence_says_what_moved_the_score(agency, sign_in):
    client = make_fading()
    store(30, 0)

    page = text_of(sign_in(LeaderFactory()).get(f"/clients/{client.pk}/"))

    # 30 days ago 88.89 x 20 + 90 x 20 + (100 + 66.67 + 100) x 15 over 85, the third for conversations in two
    # of three months; today 50 for the answer, 50 for replies and 100 for conversations.
    assert (
        "77 , down 12 in 30 days: −9 two late first replies , −9 NPS answer of 5 , "
        "+6 enough conversations in 3 of 3 months ; +12 possible by following up the NPS answer of 5 ."
    ) in page
    assert "Based on 5 of 6 signals, 85% of the weight" in page


def test_each_part_leads_to_its_rows(agency, sign_in):
    client = make_fading()
    store(30, 0)

    page = sign_in(LeaderFactory()).get(f"/clients/{client.pk}/").content.decode()

    assert (
        f'<a href="/clients/{client.pk}/?show=requests#story"><span class="tone nowrap" data-tone="bad">'
        in page
    )
    assert f'<a href="/clients/{client.pk}/?show=surveys#story">' in page


def test_a_client_of_which_nothing_is_stored_says_so(agency, sign_in):
    client = ClientFactory()
    browser = sign_in(LeaderFactory())

    assert "Nothing is measured" in text_of(browser.get(f"/clients/{client.pk}/"))
    assert "Nothing is measured" in text_of(browser.get(f"/kpis/clients/{client.pk}/health/"))


def test_too_little_data_is_no_bad_health(agency, sign_in):
    client = make_client()
    store()

    page = text_of(sign_in(LeaderFactory()).get(f"/clients/{client.pk}/"))

    assert "Not known" in page
    assert "Too little is known for a score: less than half of its weight has data" in page


def test_the_health_page_shows_every_component_and_the_late_rows(agency, sign_in):
    client = make_fading()
    store(30, 0)

    page = text_of(sign_in(LeaderFactory()).get(f"/kpis/clients/{client.pk}/health/"))

    assert page.count("signal only") == 7
    assert "First reply after 9.0 h" in page
    assert "NPS answer of 5, not followed up since 30 Jun" in page


def test_a_notice_explains_the_red(agency, sign_in):
    client = make_client(ends_on=TODAY + timedelta(days=20), ended_reason="budget_cut")
    store()

    page = text_of(sign_in(LeaderFactory()).get(f"/clients/{client.pk}/"))

    assert "red because notice was given" in page
    assert "Notice given, ends 20 Jul 2026: budget cut" in page


def risky(name, mrr, manager):
    client = make_client(name, amount=Decimal(mrr), ends_on=TODAY + timedelta(days=20), ended_reason="gone")
    AssignmentFactory(client=client, member=manager)
    return client


def test_the_risk_page_lists_those_first_that_may_cost_most(agency, sign_in):
    ana, ben = MemberFactory(name="Ana"), MemberFactory(name="Ben")
    past("high", "red", 30, 15)
    past("medium", "amber", 30, 3)
    risky("Small", 500, ana)
    quiet = make_client("Quiet", amount=Decimal(9000))
    AssignmentFactory(client=quiet, member=ben)
    risky("Large", 3000, ben)
    well = make_client("Well")
    talk(well, 1)
    store()
    browser = sign_in(LeaderFactory())

    page = text_of(browser.get("/kpis/risk/"))
    rows = list(csv.DictReader(StringIO(browser.get("/kpis/risk/csv/").content.decode())))

    # 3,000 x 15.5/31, then 9,000 x 3.5/31, then 500 x 15.5/31
    assert [(row["client"], row["mrr_at_risk"]) for row in rows] == [
        ("Large", "1500.000000"),
        ("Quiet", "1016.129032"),
        ("Small", "250.000000"),
    ]
    assert [row["account_manager"] for row in rows] == ["Ben", "Ben", "Ana"]
    assert "€2,766" in page
    assert page.index("Large") < page.index("Quiet") < page.index("Small")
    assert "Well" not in page


def test_the_risk_page_without_history_tells_no_probability(agency, sign_in):
    risky("Large", 3000, MemberFactory())
    store()
    browser = sign_in(LeaderFactory())

    rows = list(csv.DictReader(StringIO(browser.get("/kpis/risk/csv/").content.decode())))

    assert [(row["probability"], row["mrr_at_risk"]) for row in rows] == [("", "")]
    assert "less than 30 client-quarters" in text_of(browser.get("/kpis/risk/"))


def test_the_risk_page_narrows_to_an_account_manager(agency, sign_in):
    ana = MemberFactory(name="Ana")
    risky("Hers", 500, ana)
    risky("Another", 3000, MemberFactory())
    store()
    browser = sign_in(LeaderFactory())

    rows = csv.DictReader(StringIO(browser.get(f"/kpis/risk/csv/?manager={ana.pk}").content.decode()))

    assert [row["client"] for row in rows] == ["Hers"]
    assert browser.get("/kpis/risk/?manager=99999999999999999999").status_code == 200


def test_with_private_portfolios_an_account_manager_sees_only_their_own(agency, sign_in):
    AgencySettings.objects.update_or_create(pk=1, defaults={"is_portfolio_private": True})
    ana = MemberFactory(name="Ana")
    risky("Hers", 500, ana)
    other = risky("Zebra", 3000, MemberFactory())
    store()
    past("high", "red", 40, 20)
    browser = sign_in(ana)

    rows = csv.DictReader(StringIO(browser.get("/kpis/risk/csv/").content.decode()))
    assert [row["client"] for row in rows] == ["Hers"]
    assert "Zebra" not in text_of(browser.get("/kpis/risk/"))
    assert "Zebra" not in text_of(browser.get("/clients/?sort=health"))
    assert browser.get(f"/kpis/clients/{other.pk}/health/").status_code == 404
    assert "There is no quarter yet" in text_of(browser.get("/kpis/back-test/"))


def test_the_back_test_page_shows_the_shares(agency, sign_in):
    past("high", "red", 30, 15)
    past("low", "green", 60, 0)

    page = text_of(sign_in(LeaderFactory()).get("/kpis/back-test/"))

    assert "Red clients left more often than green ones: 15 of 30 red and 0 of 60 green" in page
    assert "High risk 30 15 50.0% 33.2% to 66.8% 3.0 0.2500 50.0%" in page


def test_an_account_manager_sees_only_their_own_word(agency, sign_in):
    ana, ben = MemberFactory(name="Ana"), MemberFactory(name="Ben")
    end = TODAY - timedelta(days=5)
    for member in (ana, ben):
        client = make_client(f"Client of {member.name}", ends_on=end)
        pulse(client, 8, 20, member=member)

    page = text_of(sign_in(ana).get("/kpis/back-test/"))

    assert "Ana said safe on 1 renewal, 0 renewed." in page
    assert "Ben said" not in page
    assert "Ben said safe" in text_of(sign_in(LeaderFactory()).get("/kpis/back-test/"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sort=health", ["Fading", "Steady", "Unknown"]),
        ("sort=-health", ["Steady", "Fading", "Unknown"]),
        ("health=green", ["Fading", "Steady"]),
        ("health=unknown", ["Unknown"]),
        ("health=risk-medium", ["Fading", "Unknown"]),
        ("health=nonsense", ["Fading", "Steady", "Unknown"]),
    ],
)
def test_the_list_sorts_and_narrows_by_health(agency, sign_in, query, names):
    make_fading()
    steady = make_client("Steady")
    pulse(steady, 9, 35)
    answer(steady, 10, 50)
    talk(steady, 1, 2, 32, 33, 62, 63)
    make_client("Unknown")
    store(30, 0)

    page = sign_in(LeaderFactory()).get(f"/clients/?{query}").content.decode()

    assert re.findall(r'row-link" href="[^"]*">([^<]*)<', page) == names


def test_the_list_shows_score_band_change_and_risk(agency, sign_in):
    make_fading()
    store(30, 0)

    page = text_of(sign_in(LeaderFactory()).get("/clients/"))

    assert "77 Healthy −12 in 30 days · medium risk" in page


def test_the_list_shows_the_risk_alone_where_no_earlier_score_is_known(agency, sign_in):
    make_fading()
    store(0)

    page = text_of(sign_in(LeaderFactory()).get("/clients/"))

    assert "77 Healthy medium risk" in page


@pytest.mark.parametrize("path", ["/clients/", "/clients/?sort=-health&health=red", "/kpis/risk/"])
def test_pages_ask_as_often_for_one_row_as_for_thirty(agency, sign_in, path):
    browser = sign_in(LeaderFactory())
    risky("First", 100, MemberFactory())
    store(30, 0)
    one = queries_of(lambda: browser.get(path))
    for number in range(30):
        client = risky(f"Client {number}", 100 + number, MemberFactory())
        ContactFactory(client=client, buying_role="sponsor", left_on=TODAY)
    store(30, 0)

    assert len(queries_of(lambda: browser.get(path))) == len(one)


def test_a_clients_page_asks_as_often_for_many_days_as_for_one(agency, sign_in):
    browser, client = sign_in(LeaderFactory()), make_fading()
    store()
    path = f"/kpis/clients/{client.pk}/health/"
    one = queries_of(lambda: browser.get(path))
    store(*range(40))

    assert len(queries_of(lambda: browser.get(path))) == len(one)


def weights_form(**changed):
    keys = ("pulse", "sentiment", "replies", "delivery", "touchpoints", "commercial", "retainer", "overdue")
    more = ("approval", "our_pace", "client_pace", "stakeholders", "silence")
    return {"from_on": TODAY.isoformat(), **dict.fromkeys((*keys, *more), "0"), **changed}


def test_weights_are_set_from_a_page_that_shows_their_sum(agency, sign_in):
    browser = sign_in(LeaderFactory())

    assert "Together 100" in text_of(browser.get("/kpis/health-weights/"))

    response = browser.post("/kpis/health-weights/", weights_form(sentiment="60", silence="20"))

    assert response.status_code == 302
    assert HealthWeights.objects.get().weights["silence"] == "20"
    assert "Together 80" in text_of(browser.get("/kpis/health-weights/"))


def test_a_preview_stores_nothing_and_shows_what_would_be(agency, sign_in):
    make_fading()
    store()

    page = text_of(
        sign_in(LeaderFactory()).get(
            "/kpis/health-weights/", weights_form(sentiment="100") | {"preview": "1"}
        )
    )

    assert "Fading now 77, Healthy 50 Needs attention" in page
    assert HealthWeights.objects.count() == 0


@pytest.mark.parametrize("changed", [{}, {"pulse": "101"}, {"pulse": "-1"}, {"pulse": "x"}, {"from_on": ""}])
def test_weights_in_error_are_shown_again(agency, sign_in, changed):
    response = sign_in(LeaderFactory()).post("/kpis/health-weights/", weights_form(**changed))

    assert response.status_code == 422
    assert HealthWeights.objects.count() == 0


def test_an_account_manager_may_not_set_weights(agency, sign_in):
    assert sign_in(MemberFactory()).get("/kpis/health-weights/").status_code == 403


def test_a_stored_day_that_is_not_today_is_dated(agency, sign_in):
    client = make_fading()
    store(3)

    assert "as of 27 Jun" in text_of(sign_in(LeaderFactory()).get(f"/clients/{client.pk}/"))
    assert ClientHealth.objects.get(client=client).day == ago(3).date()
