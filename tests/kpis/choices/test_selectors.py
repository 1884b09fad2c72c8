"""Questions asked with the choices of their closing day, and what the registry claims about each choice."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import AgencySettings
from accounts.selectors import get_settings
from agencyam.periods import parse_period
from kpis import services as kpi_services
from kpis.choices import selectors, services
from kpis.choices.registry import CHOICES
from kpis.engine import evaluate
from kpis.formulas.catalogue import DEFINITIONS
from kpis.models import KPIValue
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    MessageFactory,
    OneOffLineFactory,
    ProposalFactory,
    RequestFactory,
    SurveyFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.kpis.books import client, line, question
from tests.kpis.storing import compute_and_store
from tests.queries import queries_of

pytestmark = pytest.mark.usefixtures("agency")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()


def change(name, value, from_on):
    services.change_choice(by=None, name=name, value=value, from_on=from_on, today=TODAY, now=NOW)


def ask(period: str, kpi: str, as_of: date = TODAY):
    query = selectors.query_for(period=parse_period(period, as_of=as_of), as_of=as_of, by="agency")
    return evaluate(query, [kpi])[0]


def test_settings_are_the_stored_ones_while_nothing_changed():
    stored = get_settings()

    assert selectors.settings_on(TODAY, settings=stored) is stored


def test_settings_of_a_day_cost_one_query_more():
    stored = get_settings()
    change("max_pause_days", 90, date(2026, 11, 1))

    statements = queries_of(lambda: selectors.settings_on(TODAY, settings=stored))

    assert len(statements) == 1


def test_period_is_counted_with_the_choices_of_its_closing_day():
    line("a", 100, "2025-01-01", pauses=[("2026-07-01", None)])
    change("max_pause_days", 30, date(2026, 9, 1))

    august, september = ask("2026-08", "closing_clients"), ask("2026-09", "closing_clients")

    assert (august.value, september.value) == (1, 0)
    assert august.as_json()["definition_version"] == 1
    assert september.as_json()["definition_version"] == 2


def test_running_period_is_counted_with_the_choices_of_the_last_day_that_counts():
    change("gross_margin", Decimal("0.5"), date(2026, 11, 10))

    early = selectors.query_for(
        period=parse_period("2026-11", as_of=date(2026, 11, 9)), as_of=date(2026, 11, 9), by="agency"
    )

    assert early.settings.gross_margin == 1


def test_what_an_agency_begins_to_count_is_not_counted_before():
    line("a", 100, "2025-01-01")
    OneOffLineFactory(client=client("a"), starts_on=date(2026, 10, 7), amount=900)
    change("include_one_off", True, date(2026, 11, 1))

    october, november = (ask(period, "project_cross_sell_rate") for period in ("2026-10", "2026-11"))

    assert (october.value, october.figure.reason, october.definition_version) == (None, "not_chosen", 1)
    assert (november.value, november.definition_version) == (0, 2)


def test_stored_number_carries_the_version_in_force():
    change("gross_margin", Decimal("0.5"), date(2026, 11, 1))

    for period in ("2026-10", "2026-11"):
        compute_and_store(
            period=parse_period(period, as_of=TODAY), as_of=TODAY, by="agency", now=NOW, keys=["clv"]
        )

    stored = KPIValue.objects.filter(kpi="clv").order_by("period_start")
    assert [row.definition_version for row in stored] == [1, 2]


def test_nightly_run_begins_with_the_choices_whose_day_has_come():
    change("max_pause_days", 90, date(2026, 12, 1))

    kpi_services.compute_nightly(today=date(2026, 12, 1), now=NOW)

    assert get_settings().max_pause_days == 90


def test_every_choice_is_a_setting_and_touches_known_kpis():
    fields = {field.name for field in AgencySettings._meta.get_fields()}

    for choice in CHOICES.values():
        assert set(choice.kpis) <= set(DEFINITIONS)
        assert not choice.is_setting or choice.name in fields


def test_every_default_is_that_of_the_settings_and_survives_being_stored():
    fresh = AgencySettings()

    for choice in CHOICES.values():
        assert choice.from_json(choice.to_json(choice.default)) == choice.default
        assert not choice.is_setting or getattr(fresh, choice.name) == choice.default


def test_settings_count_alike_unless_a_choice_differs():
    one, other, third = AgencySettings(), AgencySettings(name="Another"), AgencySettings(fcr_window_days=14)

    assert selectors.has_same_choices(one, other)
    assert not selectors.has_same_choices(one, third)


def make_book() -> None:
    """A book in which every choice matters: in September 2026 something hangs on each."""
    client("kept", tier="gold", segment="Retail")
    AssignmentFactory(client=client("kept"), member=MemberFactory(), starts_on=date(2024, 1, 1))
    line("kept", 100, "2024-01-01")
    OneOffLineFactory(client=client("kept"), starts_on=date(2026, 9, 7), amount=900)
    line("lost", 100, "2024-01-01", "2026-03-10")
    line("long pause", 100, "2024-01-01", pauses=[("2026-06-15", "2026-09-20")])
    OneOffLineFactory(client=client("project"), starts_on=date(2026, 5, 1), ends_on=date(2026, 9, 10))
    ProposalFactory(client=client("kept"), status="sent", sent_at=datetime(2026, 6, 20, tzinfo=UTC))
    ProposalFactory(
        client=client("kept"), status="won", amount=500, decided_at=datetime(2026, 9, 5, tzinfo=UTC)
    )
    for opened in (datetime(2026, 9, 1, 9, tzinfo=UTC), datetime(2026, 9, 15, 9, tzinfo=UTC)):
        request = RequestFactory(
            client=client("kept"), topic="Ads", opened_at=opened, resolved_at=opened.replace(hour=12)
        )
        MessageFactory(request=request, sent_at=opened)
        MessageFactory(request=request, sent_at=opened.replace(hour=11), direction="outbound")
    TouchpointFactory(client=client("kept"), occurred_at=datetime(2026, 9, 8, tzinfo=UTC))
    survey = SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    SurveyResponseFactory(survey=survey, score=4, answered_at=datetime(2026, 9, 3, tzinfo=UTC))


def moved_by(**changed: object) -> set[str]:
    """The KPIs whose figures in September 2026 are others with other settings."""
    usual, other = (
        {
            result.kpi: (result.figure.numerator, result.figure.denominator)
            for result in evaluate(query, list(DEFINITIONS))
        }
        for query in (question("2026-09", as_of="2026-11-20", **settings) for settings in ({}, changed))
    )
    return {kpi for kpi in usual if usual[kpi] != other[kpi]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_basis", "any"),
        ("max_pause_days", 10),
        ("gross_margin", Decimal("0.5")),
        ("clv_window_months", 3),
        ("proposal_expiry_days", 10),
        ("fcr_window_days", 30),
        ("csat_satisfied_scores", [5]),
        ("reply_hours", Decimal("0.01")),
        ("cadence", {"": [1, 1]}),
        ("cadence", {"segment:Retail": [1, 1]}),
        ("service_margins", {"retainer": "0.25"}),
        ("include_one_off", True),
        ("tier_weights", {"gold": "3"}),
    ],
)
def test_choice_names_every_kpi_that_it_moves(name, value):
    make_book()

    moved = moved_by(**{name: value})

    assert moved
    assert moved <= set(CHOICES[name].kpis)


def test_fiscal_year_moves_no_number():
    make_book()

    assert moved_by(fiscal_year_start_month=4) == set()
