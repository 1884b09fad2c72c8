"""Rows merged into a table: new ones come, known ones change, and what is not named stays."""

import json
from datetime import UTC, date, datetime

from kpis.health.models import HealthWeights
from kpis.merging import merge_rows
from tests.factories.accounts import MemberFactory

COLUMNS = ("from_on", "weights", "created_at")
NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)


def merge(*rows):
    values = [(day, json.dumps(weights), NOW) for day, weights in rows]
    return merge_rows(HealthWeights, values, columns=COLUMNS, key=["from_on"])


def test_new_rows_come_and_known_ones_change(agency):
    merge((date(2026, 1, 1), {"pulse": 1}), (date(2026, 2, 1), {"pulse": 2}))

    assert merge((date(2026, 2, 1), {"pulse": 3}), (date(2026, 3, 1), {"pulse": 4})) == 2

    stored = HealthWeights.objects.order_by("from_on").values_list("from_on__month", "weights")
    assert list(stored) == [(1, {"pulse": 1}), (2, {"pulse": 3}), (3, {"pulse": 4})]


def test_columns_that_are_not_named_stay(agency):
    row = HealthWeights.objects.create(from_on=date(2026, 1, 1), weights={}, set_by=MemberFactory())

    merge((row.from_on, {"pulse": 5}))

    again = HealthWeights.objects.get()
    assert (again.pk, again.set_by, again.weights) == (row.pk, row.set_by, {"pulse": 5})


def test_any_text_survives(agency):
    words = {"name": 'O\'Neill "&" Söhne\\n', "lines": "a\tb\nc", "nothing": None}

    merge((date(2026, 1, 1), words))

    assert HealthWeights.objects.get().weights == words


def test_nothing_to_merge_is_nothing(agency):
    assert merge() == 0
