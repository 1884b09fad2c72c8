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
from tests.factories.clients import (
    BusinessCalendarFactory,
    ClientFactory,
    ServiceFactory,
    SLAPolicyFactory,
)
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
        ("include_one_off", "True", True),
    ],
)
def test_each_choice_is_written_as_people_write_it(sign_in, name, written, kept):
    sign_in(OwnerFactory()).post(f"{LIST}{name}/", {"value": written, "from_on": "2026-11-01"})

    assert ChoiceChange.objects.get().new == kept


def test_cadence_asks_for_a_band_of_each_tier_and_segment_and_keeps_what_is_filled_in(sign_in):
    browser = sign_in(OwnerFactory())
    for tier in ("gold", "silver", ""):
        ClientFactory(tier=tier, segment="" if tier else "Retail")

    page = browser.get(f"{LIST}cadence/").content.decode()
    browser.post(
        f"{LIST}cadence/",
        {
            "value-key": ["", "gold", "silver", "segment:Retail"],
            "value-0": ["1", "3", "", "1"],
            "value-1": ["2", "6", "", "1"],
            "from_on": "2026-11-01",
        },
    )

    for asked in ("All other clients, at least", "Tier silver, at most", "Segment Retail, at most"):
        assert f'aria-label="{asked}"' in page
    row = shown(browser.get(LIST))["cadence"]
    assert get_settings().cadence == {"": [1, 2], "gold": [3, 6], "segment:Retail": [1, 1]}
    assert (row.now, row.usual) == (
        "1 to 2 a month; tier gold 3 to 6; segment Retail 1",
        "2 to 4 a month",
    )


def test_each_tier_may_weigh_what_it_likes(sign_in):
    browser = sign_in(OwnerFactory())
    for tier in ("gold", "silver", ""):
        ClientFactory(tier=tier)

    page = browser.get(f"{LIST}tier_weights/").content.decode()
    browser.post(
        f"{LIST}tier_weights/",
        {"value-key": ["gold", "silver"], "value-0": ["2.50", ""], "from_on": "2026-11-01"},
    )

    assert 'aria-label="Tier gold"' in page
    row = shown(browser.get(LIST))["tier_weights"]
    assert get_settings().tier_weights == {"gold": "2.5"}
    assert (row.now, row.usual, row.is_usual) == ("Tier gold 2.5", "Every client weighs 1", False)


def test_each_service_may_keep_its_own_share_and_is_called_by_its_name(sign_in):
    browser = sign_in(OwnerFactory())
    ServiceFactory(book_id="s1", name="Paid media")
    ServiceFactory(book_id="s2", name="Websites")

    browser.post(
        f"{LIST}service_margins/",
        {"value-key": ["s1", "s2"], "value-0": ["12.5", ""], "from_on": "2026-11-01"},
    )

    page = browser.get(f"{LIST}service_margins/").content.decode()
    row = shown(browser.get(LIST))["service_margins"]
    assert get_settings().service_margins == {"s1": "0.125"}
    assert (row.now, row.usual) == ("Paid media 12.5%", "The same for all")
    assert (row.history[0].new, row.history[0].old) == ("Paid media 12.5%", "The same for all")
    assert 'value="12.5"' in page


def test_what_was_stored_of_something_that_is_gone_can_still_be_taken_away(sign_in):
    browser = sign_in(OwnerFactory())
    change({"gone": "0.5"}, name="service_margins")

    page = browser.get(f"{LIST}service_margins/").content.decode()
    browser.post(f"{LIST}service_margins/", {"value-key": ["gone"], "value-0": [""], "from_on": "2026-11-01"})

    assert 'aria-label="gone, in %"' in page
    assert get_settings().service_margins == {}


def test_form_without_any_line_says_so(sign_in):
    page = sign_in(OwnerFactory()).get(f"{LIST}service_margins/").content.decode()

    assert "There is no service yet." in page


@pytest.mark.parametrize(
    ("name", "key", "number", "sentence"),
    [
        (
            "tier_weights",
            "gold",
            "heavy",
            "Tier gold: write a number from 0 to 100, with at most 2 decimals.",
        ),
        ("tier_weights", "gold", "-1", "Tier gold: write a number from 0 to 100"),
        ("tier_weights", "gold", "1.234", "Tier gold: write a number from 0 to 100"),
        ("tier_weights", "gold", "NaN", "Tier gold: write a number from 0 to 100"),
        ("tier_weights", "gold", "1e999999999", "Tier gold: write a number from 0 to 100"),
        ("tier_weights", "platinum", "2", "One of the lines is of something that is not there any more."),
        ("service_margins", "s1", "100.01", "Paid media: write a percentage from 0 to 100"),
        ("service_margins", "s1", "1e-9", "Paid media: write a percentage from 0 to 100"),
        ("service_margins", "s9", "40", "One of the lines is of something that is not there any more."),
        ("cadence", "gold", "3", "Tier gold: write two whole numbers."),
    ],
)
def test_a_line_that_makes_no_sense_is_told_by_its_name(sign_in, name, key, number, sentence):
    ClientFactory(tier="gold")
    ServiceFactory(book_id="s1", name="Paid media")
    posted = {"value-key": [key], "value-0": [number], "value-1": [""], "from_on": "2026-11-01"}

    response = sign_in(OwnerFactory()).post(f"{LIST}{name}/", posted, headers=HTMX)

    assert response.status_code == 422
    assert response.context["form"].errors["value"][0].startswith(sentence)
    assert f'value="{number}"' in response.content.decode()
    assert not ChoiceChange.objects.exists()


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
        ("cadence", {"value-key": "", "value-0": "3", "value-1": "2"}, "value"),
        ("cadence", {"value-key": "", "value-0": "three", "value-1": "4"}, "value"),
        ("cadence", {"value-key": "", "value-0": "", "value-1": ""}, "value"),
        ("cadence", {"value-key": "", "value-0": "2", "value-1": "4"}, "value"),
        ("include_one_off", {"value": "perhaps"}, "value"),
        ("include_one_off", {"value": "False"}, "value"),
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
