"""Every KPI has one file, one constant, one definition that a reader can understand, and one family."""

from importlib import import_module
from pathlib import Path

import pytest

import kpis.formulas
from kpis.direct.registry import FAMILIES, FAMILY_OF
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import BY_ALL, Direction
from kpis.formulas.reasons import REASONS

PUBLISHED = """client_retention_rate client_churn_rate revenue_churn_rate net_revenue_churn_rate grr nrr mrr opening_mrr arr
arpa opening_clients closing_clients lost_clients new_mrr reactivation_mrr upsell_mrr cross_sell_mrr price_change_mrr
expansion_mrr contraction_mrr churned_mrr net_new_mrr fx_effect mrr_growth_rate cmgr quick_ratio clv lifetime_months
upsell_rate cross_sell_rate upsell_cross_sell_revenue upsell_cross_sell_revenue_rate nps csat survey_response_rate
first_response_hours first_response_hours_p90 first_response_hours_mean reply_hours sla_attainment sla_breached
sla_pending fcr touchpoints_per_client_month touchpoint_coverage proposal_conversion_rate
proposal_conversion_value_rate on_time_delivery_rate referral_rate referral_share_of_new_clients testimonials
am_workload am_confidence"""
KEYS = list(DEFINITIONS)


def test_what_every_agency_counts_are_the_published_keys_in_their_order():
    counted = [key for key, definition in DEFINITIONS.items() if not definition.only_if]

    assert counted == PUBLISHED.split()


def test_what_an_agency_may_choose_to_count_hangs_on_a_choice():
    chosen = {key: definition.only_if for key, definition in DEFINITIONS.items() if definition.only_if}

    assert chosen == {"project_cross_sell_rate": "include_one_off", "weighted_load": "tier_weights"}


def test_every_kpi_is_answered_by_exactly_one_family():
    answered = [key for family in FAMILIES for key in family.KEYS]

    assert sorted(answered) == sorted(KEYS)
    assert {key: FAMILY_OF[key] for key in KEYS} == FAMILY_OF


@pytest.mark.parametrize("key", KEYS)
def test_kpi_has_a_file_a_constant_and_a_formula_of_its_name(key):
    module = import_module(f"kpis.formulas.{key}")

    definition = getattr(module, key.upper())

    assert definition is DEFINITIONS[key]
    assert definition.formula is module.compute


@pytest.mark.parametrize("key", KEYS)
def test_definition_is_in_words_and_consistent(key):
    definition = DEFINITIONS[key]

    assert definition.words.endswith(".") or "/" in definition.words
    assert definition.why.endswith(".")
    assert definition.sources
    assert definition.empty_reason in REASONS
    assert set(definition.slices) <= set(BY_ALL)
    assert (definition.band_high is not None) == (definition.direction == Direction.BAND)


def test_formulas_import_neither_django_nor_the_project():
    folder = Path(kpis.formulas.__file__).parent

    imports = {
        line.split()[1].split(".")[0]
        for file in folder.glob("*.py")
        for line in file.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }

    assert imports == {
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "functools",
        "kpis",
    }
