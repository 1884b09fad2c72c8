"""The same rate on another length of time: what is kept multiplies, what is lost does not."""

from decimal import Decimal


def convert_retention(rate: Decimal, *, months: Decimal | int, to_months: Decimal | int) -> Decimal:
    """The share kept over `to_months` when `rate` (0 to 1) is kept over `months`."""
    if rate == 0:
        return Decimal(0)
    exponent = Decimal(to_months) / Decimal(months)
    return rate ** int(exponent) if exponent == int(exponent) else rate**exponent


def convert_churn(rate: Decimal, *, months: Decimal | int, to_months: Decimal | int) -> Decimal:
    """The share lost over `to_months` when `rate` (0 to 1) is lost over `months`."""
    return 1 - convert_retention(1 - rate, months=months, to_months=to_months)


def annual_retention(monthly: Decimal) -> Decimal:
    """The share kept in a year from the share kept in a month."""
    return convert_retention(monthly, months=1, to_months=12)


def monthly_retention(annual: Decimal) -> Decimal:
    """The share kept in a month from the share kept in a year."""
    return convert_retention(annual, months=12, to_months=1)


def annual_churn(monthly: Decimal) -> Decimal:
    """The share lost in a year from the share lost in a month."""
    return convert_churn(monthly, months=1, to_months=12)


def monthly_churn(annual: Decimal) -> Decimal:
    """The share lost in a month from the share lost in a year."""
    return convert_churn(annual, months=12, to_months=1)
