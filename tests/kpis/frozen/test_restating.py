"""A closed month that counts differently later: what was reported stays, the difference is told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.selectors import get_settings
from accounts.services.settings import update_settings
from clients.models import Assignment, Client, ContractLine, Deliverable
from clients.staff.services import add_member
from kpis.formulas.catalogue import DEFINITIONS
from kpis.frozen import restating, selectors
from kpis.frozen.models import FrozenFigure, FrozenMonth, Restatement
from tests.factories.accounts import MemberFactory, OwnerFactory
from tests.factories.clients import AssignmentFactory, DeliverableFactory, MessageFactory, RequestFactory
from tests.kpis.books import client, line
from tests.kpis.frozen.closing import freeze, look_again

pytestmark = pytest.mark.usefixtures("agency")


@pytest.fixture
def september():
    """Closed with a client of 100 and one of 50."""
    line("alder", 100, "2025-01-01", book_id="line-alder")
    line("birch", 50, "2025-01-01")
    return freeze()


def frozen_rows():
    """Everything that was kept, as it stands in the database."""
    return (
        list(FrozenMonth.objects.values_list()),
        list(FrozenFigure.objects.order_by("pk").values_list()),
    )


def test_a_month_that_nobody_touched_is_not_restated(september):
    assert look_again(september) == {}


def test_a_new_member_changes_no_month_before_the_first_day(september):
    add_member(
        by=OwnerFactory(is_carrying_clients=False),
        email="new@agency.example",
        name="New",
        role="account_manager",
        fte=Decimal(1),
        is_carrying_clients=True,
        starts_on=date(2026, 10, 20),
    )

    assert look_again(september) == {}


def test_a_correction_is_told_with_old_and_new_figures_and_its_row(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))

    found = look_again(september)["mrr", ""]

    assert (found.old_value, found.new_value, found.old_display, found.new_display) == (
        150,
        170,
        "€150.00",
        "€170.00",
    )
    assert (found.rows_altered, found.rows_added, found.rows_removed) == (1, 0, 0)
    assert found.rows["altered"][0]["fields"] == {"mrr": ["100.000000", "120.000000"]}
    assert (found.is_matured, found.is_back, found.as_of) == (False, False, date(2026, 11, 2))


def test_numerator_and_denominator_are_told_too(september):
    ContractLine.objects.filter(book_id="line-alder").update(ends_on=date(2026, 9, 10))

    found = look_again(september)["client_retention_rate", ""]

    assert (found.old_numerator, found.old_denominator, found.old_n) == (2, 2, 2)
    assert (found.new_numerator, found.new_denominator, found.new_value) == (1, 2, Decimal("0.5"))


def test_nothing_that_was_frozen_changes(september):
    before = frozen_rows()
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))

    look_again(september)

    assert frozen_rows() == before


def test_the_same_change_is_told_once(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    look_again(september)

    assert look_again(september, on="2026-11-03") == {}


def test_a_further_change_is_a_further_row_against_what_was_reported(september):
    for amount, day in ((120, "2026-11-02"), (130, "2026-11-03")):
        ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(amount))
        look_again(september, on=day)

    rows = selectors.list_restatements(month=september)
    assert [(row.old_value, row.new_value) for row in rows if row.kpi == "mrr"] == [(150, 180), (150, 170)]


def test_a_change_back_is_told_as_back(september):
    for amount, day in ((120, "2026-11-02"), (100, "2026-11-03")):
        ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(amount))
        found = look_again(september, on=day)

    row = found["mrr", ""]
    assert (row.is_back, row.old_value, row.new_value, row.rows_altered) == (True, 150, 150, 0)
    assert {row.is_back for row in found.values()} == {True}
    # Of the same number too, whose rows were others in between.
    assert ("client_retention_rate", "") in found
    assert selectors.count_restated() == {}


def test_a_client_that_was_forgotten_is_an_added_row_and_a_slice_that_was_not_reported(september):
    line("cedar", 30, "2026-09-10")

    found = look_again(september)

    assert [row["client"] for row in found["mrr", ""].rows["added"]] == ["cedar"]
    slice_ = found["mrr", "cedar"]
    assert (slice_.figure, slice_.old_display, slice_.new_value, slice_.slice_label) == (
        None,
        "–",
        30,
        "cedar",
    )


def test_a_client_of_october_restates_nothing(september):
    line("cedar", 30, "2026-10-10")

    assert look_again(september) == {}


def test_a_client_that_never_was_is_a_removed_row_and_a_slice_without_a_figure(september):
    ContractLine.objects.filter(client__book_id="birch").delete()

    found = look_again(september)

    assert [row["client"] for row in found["mrr", ""].rows["removed"]] == ["birch"]
    assert (found["mrr", "birch"].old_value, found["mrr", "birch"].new_value) == (50, 0)


def test_a_slice_that_is_gone_is_told():
    line("alder", 100, "2025-01-01")
    Client.objects.update(segment="Gold")
    month = freeze()
    Client.objects.update(segment="Silver")

    found = look_again(month)

    gone = found["mrr", "Gold"]
    assert (gone.slice_label, gone.old_value, gone.new_value, gone.new_display) == ("Gold", 100, None, "–")
    assert look_again(month, on="2026-11-03") == {}


def test_a_hand_over_moves_a_client_between_slices_only(september):
    ada, bo = (MemberFactory(book_id=name, name=name.title()) for name in ("ada", "bo"))
    assignment = AssignmentFactory(client=client("alder"), member=ada, starts_on=date(2025, 1, 1))
    august = freeze("2026-08", on="2026-10-08")
    Assignment.objects.filter(pk=assignment.pk).update(member=bo)

    found = look_again(august)

    assert {key for kpi, key in found if kpi == "mrr"} == {"ada", "bo"}
    assert ("mrr", "") not in found


def test_a_renamed_client_restates_nothing(september):
    Client.objects.filter(book_id="alder").update(name="Alder & Sons")

    assert look_again(september) == {}


def test_the_same_number_of_other_rows_is_no_other_number():
    for name, days in (("d1", 1), ("d2", -1)):
        DeliverableFactory(
            client=client("alder"),
            book_id=name,
            baseline_due_on=date(2026, 9, 10),
            delivered_on=date(2026, 9, 10 + days),
        )
    month = freeze()
    Deliverable.objects.filter(book_id="d1").update(delivered_on=date(2026, 9, 9))
    Deliverable.objects.filter(book_id="d2").update(delivered_on=date(2026, 9, 11))

    found = look_again(month)["on_time_delivery_rate", ""]

    assert (found.is_other_figure, found.rows_altered) == (False, 2)
    assert selectors.count_restated() == {}


def test_what_came_after_the_freeze_is_told_apart_from_a_correction():
    late = DeliverableFactory(client=client("alder"), baseline_due_on=date(2026, 9, 10))
    month = freeze()
    Deliverable.objects.filter(pk=late.pk).update(delivered_on=date(2026, 10, 20))

    # Late it was anyway: the number is the same, of a row that came later.
    assert look_again(month) == {}


def test_a_repeat_within_the_window_restates_first_contact_without_a_correction(september):
    resolved = datetime(2026, 10, 30, 10, tzinfo=UTC)
    about = {"client": client("alder"), "topic": "Tracking"}
    first = RequestFactory(opened_at=resolved.replace(hour=9), resolved_at=resolved, **about)
    MessageFactory(request=first, sent_at=first.opened_at, direction="inbound")
    october = freeze("2026-10", on="2026-11-02")
    RequestFactory(opened_at=datetime(2026, 11, 4, 9, tzinfo=UTC), **about)

    found = look_again(october, on="2026-11-20")["fcr", ""]

    assert (found.old_value, found.new_value, found.is_matured) == (1, 0, True)


def test_another_currency_cannot_be_compared(september):
    update_settings(by=None, currency="USD")
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))

    assert look_again(september) == {}


def test_figures_of_a_new_version_are_no_restatement(september, monkeypatch):
    """As after a release with another formula: the number cannot be compared with what was reported."""
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    monkeypatch.setitem(DEFINITIONS, "mrr", replace(DEFINITIONS["mrr"], version=2))

    found = look_again(september)

    assert ("mrr", "") not in found
    assert ("arr", "") in found


def test_more_changed_rows_than_are_kept_are_counted(monkeypatch):
    for number in range(3):
        line(f"c{number}", 100, "2025-01-01")
    month = freeze()
    monkeypatch.setattr(restating, "MOST_ROWS", 2)
    ContractLine.objects.update(amount=Decimal(120))

    found = look_again(month)["mrr", ""]

    assert (found.rows_altered, len(found.rows["altered"])) == (3, 2)


def test_restatements_of_other_slices_are_listed_by_name(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    look_again(september)

    slices = selectors.list_restated_slices(month=september)

    assert [(by, label) for by, _, label, _ in slices if by != "team"] == [
        ("agency", get_settings().name),
        ("am", "No account manager"),
        ("segment", "No segment"),
        ("service", "retainer"),
        ("client", "alder"),
    ]
    assert Restatement.objects.filter(kpi="mrr").exclude(by="team").count() == 5
