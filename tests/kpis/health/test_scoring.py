from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyam.money import round_half_up
from kpis.health.components import DEFAULT_WEIGHTS
from kpis.health.scoring import band_of, compute_health, split_change

DAY = date(2026, 6, 30)
# Pulse 8 of 10, NPS 9, 3 of 4 replies, 1 of 2 deliveries, 2 of 3 months, MRR as before.
WHOLE = {
    "is_pulse_valid": True,
    "pulse": 8,
    "pulse_min": 1,
    "pulse_max": 10,
    "nps": 9,
    "met": 3,
    "late": 1,
    "due": 2,
    "on_time": 1,
    "client_months": 3,
    "covered": 2,
    "mrr_before": "1000",
    "mrr_after": "1000",
}
NOTHING = {"mrr_before": "0", "mrr_after": "0"}


def test_the_score_is_the_weighted_mean_of_all_six():
    health = compute_health(WHOLE, DAY, DEFAULT_WEIGHTS)

    # 20 x 77.78 + 20 x 90 + 15 x (75 + 50 + 66.67 + 100), divided by 100
    assert round(health.score, 4) == Decimal("77.3056")
    assert (health.band, health.confidence, health.is_forced_red) == ("green", 1, False)


def test_what_is_missing_gives_its_weight_to_the_others():
    facts = {**NOTHING, "is_pulse_valid": True, "pulse": 10, "pulse_min": 1, "pulse_max": 10, "nps": 5}
    facts |= {"met": 1, "late": 1}

    health = compute_health(facts, DAY, DEFAULT_WEIGHTS)

    # (20 x 100 + 20 x 50 + 15 x 50) / 55
    assert health.score == Decimal(3750) / 55
    assert health.confidence == Decimal("0.55")


def test_under_half_of_the_weight_there_is_no_score():
    health = compute_health({**NOTHING, "nps": 9, "met": 1, "late": 0}, DAY, DEFAULT_WEIGHTS)

    assert (health.score, health.band, health.confidence) == (None, "", Decimal("0.35"))


def test_exactly_half_of_the_weight_is_enough():
    facts = {**NOTHING, "nps": 6, "met": 1, "late": 0, "due": 1, "on_time": 1}

    assert compute_health(facts, DAY, DEFAULT_WEIGHTS).score == Decimal(84)


def test_an_open_notice_forces_red_whatever_the_score():
    facts = {**WHOLE, "notice_ends_on": "2026-08-01", "is_partial": False}

    health = compute_health(facts, DAY, DEFAULT_WEIGHTS)

    assert (health.band, health.is_forced_red) == ("red", True)
    assert health.components["commercial"]["score"] == "0"


def test_the_notice_for_a_part_forces_nothing():
    health = compute_health(
        {**WHOLE, "notice_ends_on": "2026-08-01", "is_partial": True}, DAY, DEFAULT_WEIGHTS
    )

    assert (health.band, health.is_forced_red) == ("green", False)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (None, ""),
        ("70", "green"),
        ("69.999999", "amber"),
        ("40", "amber"),
        ("39.999999", "red"),
        ("0", "red"),
    ],
)
def test_bands_are_cut_on_the_unrounded_score(score, band):
    assert band_of(None if score is None else Decimal(score)) == band


@pytest.mark.parametrize(
    ("before", "after", "score"),
    [
        ("1000", "1000", "100"),
        ("1000", "1200", "100"),
        ("1000", "800", "50"),
        ("1000", "799", "0"),
        ("0", "500", "100"),
        ("1000", "0", "0"),
        ("0", "0", None),
    ],
)
def test_the_commercial_trend_has_three_steps(before, after, score):
    facts = {"mrr_before": before, "mrr_after": after}

    assert compute_health(facts, DAY, DEFAULT_WEIGHTS).components["commercial"]["score"] == score


def test_points_gained_add_up_to_the_score_and_with_the_lost_ones_to_a_hundred():
    health = compute_health(WHOLE, DAY, DEFAULT_WEIGHTS)

    gained = sum(Decimal(part["gained"]) for part in health.components.values())
    lost = sum(Decimal(part["lost"]) for part in health.components.values())
    assert abs(gained - health.score) < Decimal("0.00001")
    assert abs(gained + lost - 100) < Decimal("0.00001")


def test_a_signal_can_be_given_weight():
    facts = {**NOTHING, "hours_budget": "10", "hours_used": "10", "asked": 4, "answered": 1}
    weights = {"retainer": Decimal(1), "silence": Decimal(3)}

    assert compute_health(facts, DAY, weights).score == Decimal("43.75")


def parts(**scores):
    """Components as they are stored: `pulse=(20, 80)`; None is no data."""
    return {
        key: {"weight": str(weight), "score": None if score is None else str(score)}
        for key, (weight, score) in scores.items()
    }


def test_a_change_belongs_to_the_component_that_moved():
    before = parts(a=(50, 80), b=(30, 60), c=(20, 40))

    split = split_change(before, parts(a=(50, 80), b=(30, 40), c=(20, 60)))

    # 66 to 64: b lost 30% of 20 points, c gained 20% of 20
    assert (split.change, split.parts) == (-2, {"a": 0, "b": -6, "c": 4})


def test_what_drops_out_takes_only_its_own_part():
    before = parts(a=(40, 50), b=(40, 70), c=(20, 100))

    split = split_change(before, parts(a=(40, 50), b=(40, 70), c=(20, None)))

    # 68 to 60: c lay 40 above the mean of the others, with a fifth of the weight
    assert (split.change, split.parts) == (-8, {"a": 0, "b": 0, "c": -8})


def test_what_comes_in_takes_only_its_own_part():
    split = split_change(parts(a=(40, 50), b=(40, None)), parts(a=(40, 50), b=(40, 90)))

    assert (split.change, split.parts) == (20, {"a": 0, "b": 20})


def test_there_is_no_change_without_two_scores():
    known, unknown = parts(a=(40, 50), b=(60, 50)), parts(a=(40, 50), b=(60, None))

    assert split_change(known, unknown) is None
    assert split_change(unknown, known) is None


SCORES = st.one_of(st.none(), st.decimals(0, 100, places=6))
DAYS = st.tuples(*[st.tuples(st.integers(0, 40), SCORES) for _ in range(6)])


@given(DAYS, DAYS)
def test_the_parts_of_a_change_always_add_up_to_it(first, second):
    before, after = (
        {
            str(number): {"weight": str(weight), "score": None if score is None else str(score)}
            for number, (weight, score) in enumerate(day)
        }
        for day in (first, second)
    )

    split = split_change(before, after)

    if split is not None:
        means = []
        for day in (first, second):
            known = [(weight, score) for weight, score in day if weight and score is not None]
            means.append(sum(weight * score for weight, score in known) / sum(weight for weight, _ in known))
        shown = [int(round_half_up(mean, 0)) for mean in means]
        assert split.change == shown[1] - shown[0]
        assert sum(split.parts.values()) == split.change
