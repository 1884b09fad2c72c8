from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from accounts.constraints import closed_list, currency_code, ends_after_start, no_overlap, not_negative
from clients.book.models import Client
from clients.book_rows import AmountField, BookRow

# A monthly amount is the amount of one interval times the first number divided by the second.
MONTHLY_FRACTIONS = {
    "week": (52, 12),
    "four_weeks": (13, 12),
    "month": (1, 1),
    "quarter": (1, 3),
    "half_year": (1, 6),
    "year": (1, 12),
    "two_years": (1, 24),
    "three_years": (1, 36),
}


class Service(BookRow):
    """Something that the agency sells; a service line of its contracts."""

    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            models.CheckConstraint(name="service_name_present", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Contract(BookRow):
    """Lines that were signed together."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contracts")

    def __str__(self) -> str:
        return self.book_id


class ContractLineQuerySet(models.QuerySet):
    def recurring(self):
        return self.filter(kind=ContractLine.Kind.RECURRING)

    def valid(self):
        """Lines that were not voided."""
        return self.filter(is_void=False)

    def active_on(self, day: date):
        """Valid lines whose term includes the day, paused or not."""
        return self.valid().filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)

    def live_on(self, day: date):
        """Valid lines whose term includes the day and that are not paused on it."""
        pauses = LinePause.objects.active_on(day).filter(line=OuterRef("pk"))
        return self.active_on(day).filter(~Exists(pauses))

    def for_period(self, period):
        """Valid lines whose term shares at least one day with the period."""
        return self.valid().filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=period.start), starts_on__lt=period.end
        )

    def with_monthly_amount(self):
        """Adds `monthly`, the amount a month in the line's own currency, unrounded; 0 for one-off lines."""
        whens = [
            When(interval=interval, then=F("amount") * Value(Decimal(times)) / Value(Decimal(by)))
            for interval, (times, by) in MONTHLY_FRACTIONS.items()
        ]
        exact = models.DecimalField(max_digits=40, decimal_places=18)
        return self.annotate(monthly=Case(*whens, default=Value(Decimal(0)), output_field=exact))

    def with_rate(self, day: date, base_currency: str):
        """Adds `rate`: one unit of the line's currency in the base currency on the day; null if unknown."""
        latest = FxRate.objects.known_on(day).filter(currency=OuterRef("currency")).order_by("-effective_on")
        rate = models.DecimalField(max_digits=20, decimal_places=10)
        return self.annotate(
            rate=Case(
                When(currency=base_currency, then=Value(Decimal(1))),
                default=models.Subquery(latest.values("rate_to_base")[:1]),
                output_field=rate,
            )
        )


class ContractLine(BookRow):
    """One service at one price. Terms are never edited: a change ends the line and starts another."""

    class Kind(models.TextChoices):
        RECURRING = "recurring", "Recurring"
        ONE_OFF = "one_off", "One-off"

    class Interval(models.TextChoices):
        WEEK = "week", "Week"
        FOUR_WEEKS = "four_weeks", "Four weeks"
        MONTH = "month", "Month"
        QUARTER = "quarter", "Quarter"
        HALF_YEAR = "half_year", "Half-year"
        YEAR = "year", "Year"
        TWO_YEARS = "two_years", "Two years"
        THREE_YEARS = "three_years", "Three years"

    class Reason(models.TextChoices):
        """Why a line began, as far as numbers ask for it; a book may bring others."""

        PRICE_CHANGE = "price_change", "Price change"
        RENEWAL = "renewal", "Renewal"
        UPSELL = "upsell", "Upsell"
        CROSS_SELL = "cross_sell", "Cross-sell"
        DOWNGRADE = "downgrade", "Downgrade"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="lines", db_index=False)
    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    currency = models.CharField(max_length=3)
    amount = AmountField(
        help_text="Per interval; the whole price of a one-off line. Negative for a discount."
    )
    interval = models.CharField(max_length=12, choices=Interval.choices, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The first day without the service.")
    reason = models.CharField(max_length=60, blank=True)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_auto_renewing = models.BooleanField(default=False)
    ended_reason = models.CharField(max_length=120, blank=True)
    is_void = models.BooleanField(default=False)

    objects = ContractLineQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("kind", "recurring", "one_off"),
            closed_list(
                "interval",
                "week",
                "four_weeks",
                "month",
                "quarter",
                "half_year",
                "year",
                "two_years",
                "three_years",
                allows_blank=True,
            ),
            models.CheckConstraint(
                name="contractline_interval_fits_kind",
                condition=(~Q(kind="one_off") | Q(interval="")) & (~Q(kind="recurring") | ~Q(interval="")),
                violation_error_message="A recurring line has an interval, a one-off line has none.",
            ),
            currency_code(),
            ends_after_start(),
        ]
        indexes = [
            models.Index(fields=["client", "starts_on"], name="contractline_client_start"),
            models.Index(fields=["ends_on"], name="contractline_end", condition=Q(ends_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency} from {self.starts_on}"

    @property
    def last_day(self) -> date | None:
        """The last day of service; None while the line is open."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    @property
    def is_recurring(self) -> bool:
        return self.kind == self.Kind.RECURRING

    @property
    def monthly_amount(self) -> Decimal:
        """The amount a month in the line's currency, unrounded; 0 for a one-off line."""
        if not self.is_recurring:
            return Decimal(0)
        times, by = MONTHLY_FRACTIONS[self.interval]
        return self.amount * times / by


class LinePauseQuerySet(models.QuerySet):
    def active_on(self, day: date):
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)


class LinePause(models.Model):
    """Days on which a line is not served and not charged, `ends_on` excluded; open where null."""

    line = models.ForeignKey(ContractLine, on_delete=models.CASCADE, related_name="pauses", db_index=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = LinePauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "starts_on"], name="linepause_start_unique"),
            ends_after_start(),
            no_overlap("linepause_no_overlap", "line", "The line is paused already on some of these days."),
        ]

    def __str__(self) -> str:
        return f"Paused from {self.starts_on}"


class FxRateQuerySet(models.QuerySet):
    def known_on(self, day: date):
        """Rates that took effect by the day."""
        return self.filter(effective_on__lte=day)


class FxRate(models.Model):
    """One unit of a currency in the agency's currency, from a day on until the next rate."""

    currency = models.CharField(max_length=3)
    effective_on = models.DateField()
    rate_to_base = models.DecimalField(max_digits=20, decimal_places=10)

    objects = FxRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "effective_on"], name="fxrate_day_unique"),
            models.CheckConstraint(
                name="fxrate_positive",
                condition=Q(rate_to_base__gt=0),
                violation_error_message="An exchange rate must be more than 0.",
            ),
            currency_code(),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate_to_base.normalize():f} from {self.effective_on}"


class RetainerUsage(models.Model):
    """Hours budgeted and used on a line in a month; `month` is the month's first day."""

    line = models.ForeignKey(ContractLine, on_delete=models.CASCADE, related_name="usage", db_index=False)
    month = models.DateField()
    hours_budget = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    hours_used = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "month"], name="retainerusage_month_unique"),
            models.CheckConstraint(name="retainerusage_first_of_month", condition=Q(month__day=1)),
            not_negative("hours_budget"),
            not_negative("hours_used"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class InvoiceQuerySet(models.QuerySet):
    def overdue_on(self, day: date):
        """Invoices that were due before the day and not paid by it."""
        return self.filter(Q(paid_on__isnull=True) | Q(paid_on__gt=day), due_on__lt=day)


class Invoice(BookRow):
    """A bill to a client; negative for a credit note."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    issued_on = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            currency_code(),
            models.CheckConstraint(
                name="invoice_due_not_before_issue",
                condition=Q(due_on__gte=F("issued_on")),
                violation_error_message="An invoice cannot be due before it was issued.",
            ),
        ]
        indexes = [models.Index(fields=["client", "issued_on"], name="invoice_client_issued")]

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency} of {self.issued_on}"
