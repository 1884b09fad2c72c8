from datetime import date
from decimal import Decimal

import pytest

from agencyam.periods import Period
from clients.contracts.models import MONTHLY_FRACTIONS
from clients.models import ContractLine, Invoice, LinePause
from tests.factories.clients import (
    ContractFactory,
    ContractLineFactory,
    FxRateFactory,
    InvoiceFactory,
    LinePauseFactory,
    OneOffLineFactory,
    RetainerUsageFactory,
    ServiceFactory,
)

DAY = date(2025, 6, 1)
NEXT_DAY = date(2025, 6, 2)
START = date(2025, 1, 1)

MONTHLY = [
    ("week", "120", "520"),
    ("four_weeks", "120", "130"),
    ("month", "120", "120"),
    ("quarter", "120", "40"),
    ("half_year", "120", "20"),
    ("year", "120", "10"),
    ("two_years", "120", "5"),
    ("three_years", "180", "5"),
]


def test_every_interval_has_a_monthly_fraction():
    assert list(MONTHLY_FRACTIONS) == ContractLine.Interval.values


@pytest.mark.parametrize(("interval", "amount", "monthly"), MONTHLY)
def test_a_monthly_amount_is_the_same_in_python_and_in_the_database(agency, interval, amount, monthly):
    line = ContractLineFactory(interval=interval, amount=Decimal(amount))

    annotated = ContractLine.objects.with_monthly_amount().get()

    assert (line.monthly_amount, annotated.monthly) == (Decimal(monthly), Decimal(monthly))


def test_a_monthly_amount_is_not_rounded(agency):
    ContractLineFactory(interval="year", amount=Decimal(1000))

    monthly = ContractLine.objects.with_monthly_amount().get().monthly

    assert round(monthly * 12, 9) == 1000
    assert monthly != round(monthly, 6)


def test_a_one_off_line_has_no_monthly_amount(agency):
    line = OneOffLineFactory()

    assert line.monthly_amount == 0
    assert ContractLine.objects.with_monthly_amount().get().monthly == 0


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_active"),
    [(DAY, None, True), (NEXT_DAY, None, False), (START, NEXT_DAY, True), (START, DAY, False)],
)
def test_a_line_is_active_from_its_start_to_the_day_before_its_end(agency, starts_on, ends_on, is_active):
    ContractLineFactory(starts_on=starts_on, ends_on=ends_on)

    assert ContractLine.objects.active_on(DAY).exists() is is_active


def test_a_void_line_never_was(agency):
    ContractLineFactory(is_void=True)

    assert not ContractLine.objects.active_on(DAY).exists()


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_live"),
    [(DAY, None, False), (NEXT_DAY, None, True), (START, NEXT_DAY, False), (START, DAY, True)],
)
def test_a_paused_line_is_active_but_not_live(agency, starts_on, ends_on, is_live):
    line = ContractLineFactory()
    LinePauseFactory(line=line, starts_on=starts_on, ends_on=ends_on)

    assert ContractLine.objects.active_on(DAY).exists()
    assert ContractLine.objects.live_on(DAY).exists() is is_live
    assert LinePause.objects.active_on(DAY).exists() is not is_live


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_inside"),
    [
        (date(2025, 6, 30), None, True),
        (date(2025, 7, 1), None, False),
        (START, NEXT_DAY, True),
        (START, DAY, False),
    ],
)
def test_a_line_belongs_to_a_period_it_shares_a_day_with(agency, starts_on, ends_on, is_inside):
    ContractLineFactory(starts_on=starts_on, ends_on=ends_on)

    june = Period(DAY, date(2025, 7, 1))

    assert ContractLine.objects.for_period(june).exists() is is_inside


def test_one_off_lines_do_not_recur(agency):
    OneOffLineFactory()
    line = ContractLineFactory()

    assert list(ContractLine.objects.recurring()) == [line]
    assert line.is_recurring


def test_the_latest_rate_of_the_day_counts(agency):
    ContractLineFactory(currency="USD")
    FxRateFactory(effective_on=START, rate_to_base=Decimal("0.8"))
    FxRateFactory(effective_on=DAY, rate_to_base=Decimal("0.9"))
    FxRateFactory(effective_on=NEXT_DAY, rate_to_base=Decimal("0.7"))
    FxRateFactory(currency="GBP", effective_on=DAY, rate_to_base=Decimal("1.2"))

    assert ContractLine.objects.with_rate(DAY, "EUR").get().rate == Decimal("0.9")


def test_the_base_currency_needs_no_rate(agency):
    ContractLineFactory(currency="EUR")

    assert ContractLine.objects.with_rate(DAY, "EUR").get().rate == 1


def test_an_unknown_rate_is_null(agency):
    ContractLineFactory(currency="USD")
    FxRateFactory(effective_on=NEXT_DAY)

    assert ContractLine.objects.with_rate(DAY, "EUR").get().rate is None


@pytest.mark.parametrize(
    ("due_on", "paid_on", "is_overdue"),
    [
        (date(2025, 5, 31), None, True),
        (date(2025, 5, 31), NEXT_DAY, True),
        (date(2025, 5, 31), DAY, False),
        (DAY, None, False),
    ],
)
def test_an_invoice_is_overdue_after_its_day_until_it_is_paid(agency, due_on, paid_on, is_overdue):
    InvoiceFactory(due_on=due_on, paid_on=paid_on)

    assert Invoice.objects.overdue_on(DAY).exists() is is_overdue


def test_rows_name_themselves(agency):
    line = ContractLineFactory(amount=Decimal("1500.500000"), starts_on=DAY)
    rows = [
        line,
        ServiceFactory(name="SEO"),
        ContractFactory(book_id="c-1"),
        LinePauseFactory(line=line, starts_on=DAY),
        FxRateFactory(rate_to_base=Decimal("0.9000"), effective_on=DAY),
        RetainerUsageFactory(line=line, month=DAY),
        InvoiceFactory(amount=Decimal(1000), issued_on=START),
    ]

    assert [str(row) for row in rows] == [
        "1500.5 EUR from 2025-06-01",
        "SEO",
        "c-1",
        "Paused from 2025-06-01",
        "USD 0.9 from 2025-06-01",
        "2025-06",
        "1000 EUR of 2025-01-01",
    ]
