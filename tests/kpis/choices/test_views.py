"""The page of choices: what it says, changing, taking back, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from accounts.models import AuditEvent
from accounts.selectors import get_settings
from agencyam.jobs.models import Job
from kpis.choices import services
from kpis.choices.registry import CHOICES
from kpis.models import ChoiceChange
from tests.factories.accounts import LeaderFactory, MemberFactory, OwnerFactory
from tests.factories.clients import BusinessCalendarFactory, ClientFactory, SLAPolicyFactory
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
LIST = "/settings/numbers/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _november(agency):
    with time_machine.travel(NOW, tick=False):
        yield


def change(value=90, name="max_pause_days", from_on=date(2026, 11, 1)) -> ChoiceChange:
    return services.change_choice(by=None, name=name, value=value, from_on=from_on, today=NOW.date(), now=NOW)


def shown(response):
    return {row.choice.name: row for row in response.context["rows"]}


def test_page_shows_every_choice_with_its_value_and_since_when(sign_in):
    change()

    rows = shown(sign_in(MemberFactory()).get(LIST))

    assert set(rows) == set(CHOICES)
    pause, fcr = rows["max_pause_days"], rows["fcr_window_days"]
    assert (pause.now, pause.usual, pause.since, pause.version) == (
        "90 days",
        "180 days",
        date(2026, 11, 1),
        2,
    )
    assert (fcr.now, fcr.is_usual, fcr.since, fcr.version) == ("7 days", True, None, 1)


def test_page_shows_what_is_planned(sign_in):
    change(from_on=date(2027, 1, 1))

    row = shown(sign_in(MemberFactory()).get(LIST))["max_pause_days"]

    assert (row.now, row.planned.new, row.planned.can_be_withdrawn) == ("180 days", "90 days", True)


def test_page_asks_as_much_for_one_change_as_for_thirty(sign_in):
    browser = sign_in(OwnerFactory())
    change(100)
    few = queries_of(lambda: browser.get(LIST))
    for days in range(101, 130):
        change(days)

    many = queries_of(lambda: browser.get(LIST))

    assert len(many) == len(few)


def test_change_holds_from_its_day_and_the_numbers_follow(sign_in):
    owner = OwnerFactory()

    response = sign_in(owner).post(f"{LIST}max_pause_days/", {"value": "90", "from_on": "2026-11-01"})

    row = ChoiceChange.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"{LIST}#max_pause_days")
    assert (row.new, row.from_on, row.by) == (90, date(2026, 11, 1), owner)
    assert get_settings().max_pause_days == 90
    assert Job.objects.get(kind="kpis.recompute_since").payload == {"since": "2026-11-01"}
    assert AuditEvent.objects.filter(action="choice.change", actor=owner).count() == 1


@pytest.mark.parametrize(
    ("name", "written", "kept"),
    [
        ("gross_margin", "62.5", "0.625"),
        ("csat_satisfied_scores", "5, 4", [4, 5]),
        ("client_basis", "any", "any"),
        ("fiscal_year_start_month", "4", 4),
        ("proposal_expiry_days", "60", 60),
        ("reply_hours", "2.50", "2.5"),
    ],
)
def test_each_choice_is_written_as_people_write_it(sign_in, name, written, kept):
    sign_in(OwnerFactory()).post(f"{LIST}{name}/", {"value": written, "from_on": "2026-11-01"})

    assert ChoiceChange.objects.get().new == kept


def test_cadence_asks_for_a_band_of_each_tier_and_keeps_what_is_filled_in(sign_in):
    browser = sign_in(OwnerFactory())
    for tier in ("gold", "silver", ""):
        ClientFactory(tier=tier)

    page = browser.get(f"{LIST}cadence/").content.decode()
    browser.post(
        f"{LIST}cadence/",
        {
            "value-tier": ["", "gold", "silver"],
            "value-minimum": ["1", "3", ""],
            "value-maximum": ["2", "6", ""],
            "from_on": "2026-11-01",
        },
    )

    for asked in ("All other clients, at least", "Tier gold, at least", "Tier silver, at most"):
        assert f'aria-label="{asked}"' in page
    row = shown(browser.get(LIST))["cadence"]
    assert get_settings().cadence == {"": [1, 2], "gold": [3, 6]}
    assert (row.now, row.usual) == ("1 to 2 a month; tier gold 3 to 6", "2 to 4 a month")


def test_page_tells_what_each_policy_promises_today(sign_in):
    SLAPolicyFactory(name="Standard", reply_hours=8, is_default=True, calendar=None)
    SLAPolicyFactory(name="Priority", reply_hours=1, calendar=BusinessCalendarFactory(name="Office"))
    change(Decimal(6), name="reply_hours")

    promises = sign_in(MemberFactory()).get(LIST).context["promises"]

    assert [(each.name, each.hours, each.calendar, each.is_default) for each in promises] == [
        ("Standard", 6, "", True),
        ("Priority", 1, "Office", False),
    ]


def test_form_starts_with_what_holds(sign_in):
    change(5, name="clv_window_months")

    form = sign_in(OwnerFactory()).get(f"{LIST}clv_window_months/").context["form"]

    assert (form["value"].value(), form["from_on"].value()) == (5, date(2026, 11, 1))


def test_form_shows_percent_as_percent(sign_in):
    page = sign_in(OwnerFactory()).get(f"{LIST}gross_margin/").content.decode()

    assert 'name="value" value="100"' in page


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("max_pause_days", {"value": "180"}, "value"),
        ("max_pause_days", {"value": "-1"}, "value"),
        ("max_pause_days", {"from_on": "soon"}, "from_on"),
        ("gross_margin", {"value": "101"}, "value"),
        ("csat_satisfied_scores", {"value": "four"}, "value"),
        ("csat_satisfied_scores", {"value": "4, 50"}, "value"),
        ("reply_hours", {"value": "0"}, "value"),
        ("cadence", {"value-tier": "", "value-minimum": "3", "value-maximum": "2"}, "value"),
        ("cadence", {"value-tier": "", "value-minimum": "three", "value-maximum": "4"}, "value"),
        ("cadence", {"value-tier": "", "value-minimum": "2", "value-maximum": "4"}, "value"),
    ],
)
def test_form_in_error_is_shown_again(sign_in, name, data, field):
    posted = {"value": "90", "from_on": "2026-11-01"} | data

    response = sign_in(OwnerFactory()).post(f"{LIST}{name}/", posted, headers=HTMX)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not ChoiceChange.objects.exists()


def test_day_before_the_latest_change_is_refused_in_the_form(sign_in):
    change()

    response = sign_in(OwnerFactory()).post(
        f"{LIST}max_pause_days/", {"value": "60", "from_on": "2026-10-01"}
    )

    assert response.status_code == 422
    assert "It was changed from 1 November 2026 on." in response.content.decode()


def test_dialog_makes_the_page_afresh(sign_in):
    response = sign_in(OwnerFactory()).post(
        f"{LIST}max_pause_days/", {"value": "90", "from_on": "2026-11-01"}, headers=HTMX
    )

    assert response.headers["HX-Refresh"] == "true"


def test_planned_change_is_taken_back(sign_in):
    change(from_on=date(2027, 1, 1))

    response = sign_in(OwnerFactory()).post(f"{LIST}max_pause_days/2/withdraw/")

    assert (response.status_code, response["Location"]) == (302, f"{LIST}#max_pause_days")
    assert not ChoiceChange.objects.exists()


def test_change_that_has_begun_is_not_taken_back(sign_in):
    change()

    page = sign_in(OwnerFactory()).post(f"{LIST}max_pause_days/2/withdraw/", follow=True).content.decode()

    assert "Only the latest change can be taken back" in page
    assert ChoiceChange.objects.count() == 1


@pytest.mark.parametrize("path", ["nonsense/", "max_pause_days/9/withdraw/"])
def test_unknown_choice_or_version_is_not_found(sign_in, path):
    assert sign_in(OwnerFactory()).post(LIST + path).status_code == 404


def test_leader_reads_and_does_not_change(sign_in):
    browser = sign_in(LeaderFactory())

    answers = [browser.get(LIST).status_code, browser.get(f"{LIST}max_pause_days/").status_code]

    assert answers == [200, 403]
