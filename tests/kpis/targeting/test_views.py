"""The pages of targets: who sees what, setting, ending, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from accounts.services.settings import update_settings
from agencyam.jobs.models import Job
from kpis.models import Target
from tests.factories.accounts import LeaderFactory, MemberFactory, TeamFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory, ClientFactory
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
LIST, SET = "/kpis/targets/", "/kpis/targets/set/?kpi=client_retention_rate"


@pytest.fixture(autouse=True)
def _november(agency):
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        yield


def target(kpi="nps", low="60", **fields) -> Target:
    return Target.objects.create(**{"kpi": kpi, "low": Decimal(low), "starts_on": date(2026, 1, 1)} | fields)


def rows(response):
    """Each KPI's row on the page of all targets."""
    groups = response.context["groups"]
    return {row.definition.key: row for group in groups for row in (*group.aimed, *group.unaimed)}


def words(views):
    return [(view.label, view.words, view.state) for view in views]


def test_list_shows_usual_agency_and_own_targets(sign_in):
    ClientFactory(book_id="c1", name="Bluefin")
    target(low="60")
    target(low="80", scope="client", key="c1")
    target(low="75", starts_on=date(2027, 1, 1), scope="segment", key="retail")

    page = rows(sign_in(ViewerFactory()).get(LIST))

    assert page["nps"].usual == "at least 70"
    assert words(page["nps"].agency) == [("Northwind", "at least 60", "in force")]
    assert words(page["nps"].own) == [
        ("Bluefin", "at least 80", "in force"),
        ("retail", "at least 75", "planned"),
    ]
    assert page["client_retention_rate"].equivalent == "90% a year is 99.1% a month and 97.4% a quarter."


def test_list_has_what_is_counted_or_aimed_at(sign_in):
    target("weighted_load", low="4", high=Decimal(8))

    page = rows(sign_in(ViewerFactory()).get(LIST))

    assert ("weighted_load" in page, "project_cross_sell_rate" in page) == (True, False)


def test_list_hides_what_is_not_yours_where_portfolios_are_private(sign_in):
    update_settings(by=None, is_portfolio_private=True)
    ada = MemberFactory(book_id="ada", name="Ada")
    own = AssignmentFactory(member=ada, client__book_id="own", client__name="Own").client
    ClientFactory(book_id="other", name="Other")
    for scope, key in (
        ("am", "ada"),
        ("am", "bo"),
        ("client", own.book_id),
        ("client", "other"),
        ("segment", "x"),
    ):
        target(scope=scope, key=key)

    page = sign_in(ada).get(LIST)

    assert words(rows(page)["nps"].own) == [
        ("Ada", "at least 60", "in force"),
        ("Own", "at least 60", "in force"),
    ]


def test_list_asks_as_much_for_one_target_as_for_thirty(sign_in):
    browser = sign_in(LeaderFactory())
    target(scope="client", key=ClientFactory().book_id)
    few = queries_of(lambda: browser.get(LIST))
    for _ in range(29):
        target(scope="client", key=ClientFactory().book_id)

    many = queries_of(lambda: browser.get(LIST))

    assert len(many) == len(few)


def test_detail_shows_who_set_it_and_what_held_before(sign_in):
    leader = LeaderFactory(name="Grace")
    browser = sign_in(leader)
    target(low="50", starts_on=date(2025, 1, 1), ends_on=date(2026, 11, 1))
    browser.post("/kpis/targets/set/?kpi=nps", {"slice": "agency:", "low": "65", "starts_on": "2026-11-01"})

    page = browser.get("/kpis/targets/nps/").context["page"]

    assert words(page.views) == [
        ("Northwind", "at least 65", "in force"),
        ("Northwind", "at least 50", "over"),
    ]
    assert page.agency[0].set_by == "Grace"


def test_form_offers_the_slices_that_a_target_can_be_for(sign_in):
    MemberFactory(book_id="ada", name="Ada")
    TeamFactory(book_id="t", name="North")
    ClientFactory(book_id="c", name="Bluefin", segment="retail")

    form = sign_in(LeaderFactory(book_id="grace", name="Grace")).get(SET).context["form"]

    groups = dict(form.fields["slice"].choices)
    assert set(groups) == {"agency:", "Account manager", "Team", "Segment", "Client"}
    assert ("am:ada", "Ada") in groups["Account manager"]
    assert groups["Team"] == [("team:t", "North")]
    assert groups["Segment"] == [("segment:retail", "retail")]
    assert groups["Client"] == [("client:c", "Bluefin")]


def test_form_starts_with_the_slice_of_the_link(sign_in):
    MemberFactory(book_id="ada", name="Ada")

    form = sign_in(LeaderFactory()).get(f"{SET}&by=am&key=ada").context["form"]

    assert form["slice"].initial == "am:ada"


def test_percent_is_entered_as_percent(sign_in):
    browser = sign_in(LeaderFactory())

    shown = browser.get(SET).context["form"]["low"]
    browser.post(SET, {"slice": "agency:", "low": "92.5", "starts_on": "2026-11-01"})

    assert 'value="90"' in str(shown)
    assert Target.objects.get().low == Decimal("0.925")


def test_band_has_two_edges(sign_in):
    ClientFactory(book_id="c", name="Bluefin")
    data = {"slice": "client:c", "low": "1", "high": "3", "starts_on": "2026-11-01", "last_on": "2026-12-31"}

    sign_in(LeaderFactory()).post("/kpis/targets/set/?kpi=touchpoints_per_client_month", data)

    row = Target.objects.get()
    assert (row.scope, row.key, row.low, row.high, row.ends_on) == ("client", "c", 1, 3, date(2027, 1, 1))


def test_after_setting_one_the_page_is_fresh_and_the_numbers_are_judged_again(sign_in):
    data = {"slice": "agency:", "low": "92.5", "starts_on": "2026-11-01"}

    response = sign_in(LeaderFactory()).post(SET, data, headers=HTMX)

    assert response.headers["HX-Refresh"] == "true"
    assert Job.objects.get(kind="kpis.recompute_since").payload == {"since": "2026-11-01"}


@pytest.mark.parametrize(
    ("kpi", "changed", "field"),
    [
        ("client_retention_rate", {"low": "101"}, "low"),
        ("client_retention_rate", {"low": ""}, "low"),
        ("client_retention_rate", {"starts_on": "soon"}, "starts_on"),
        ("client_retention_rate", {"slice": "client:nobody"}, "slice"),
        ("client_retention_rate", {"last_on": "2026-10-31"}, "last_on"),
        ("touchpoints_per_client_month", {"low": "4", "high": "2"}, "high"),
    ],
)
def test_form_in_error_is_shown_again(sign_in, kpi, changed, field):
    data = {"slice": "agency:", "low": "50", "starts_on": "2026-11-01"} | changed

    response = sign_in(LeaderFactory()).post(f"/kpis/targets/set/?kpi={kpi}", data, headers=HTMX)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Target.objects.exists()


def test_target_is_ended_from_its_page(sign_in):
    row = target()

    response = sign_in(LeaderFactory()).post(f"/kpis/targets/{row.pk}/end/", {"ends_on": "2026-11-22"})

    row.refresh_from_db()
    assert (response.status_code, response.headers["Location"]) == (302, "/kpis/targets/nps/")
    assert row.ends_on == date(2026, 11, 22)


def test_ended_target_says_so(sign_in):
    row = target(ends_on=date(2026, 6, 1))

    response = sign_in(LeaderFactory()).post(f"/kpis/targets/{row.pk}/end/", {"ends_on": "2026-11-22"})

    assert response.status_code == 422
    assert "It ends on 1 June 2026 already." in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/kpis/targets/nonsense/", "/kpis/targets/set/", "/kpis/targets/999999/end/"]
)
def test_unknown_kpi_or_target_is_not_found(sign_in, path):
    assert sign_in(LeaderFactory()).get(path).status_code == 404


def test_account_manager_sets_no_target(sign_in):
    browser = sign_in(MemberFactory())

    answers = [browser.get(LIST).status_code, browser.get(SET).status_code]

    assert answers == [200, 403]
