"""Months that are closed: what was reported, the rows it was made of, and what changed since.

The database refuses to change or delete any of these rows (see the migration).
"""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list
from accounts.models import User
from agencyam.periods import Period, month_of

# An amount, rate or count with 6 decimals, as the JSON has it.
VALUE: dict[str, Any] = {"max_digits": 26, "decimal_places": 6}
SLICES = ("agency", "am", "team", "segment", "service", "client")
_SHA256 = r"^[0-9a-f]{64}$"


class FrozenMonth(models.Model):
    """A calendar month whose figures were closed. `digest` covers all its figures and their rows."""

    starts_on = models.DateField()
    # The last whole day before the freeze: what it knew can be asked for again.
    as_of = models.DateField()
    frozen_at = models.DateTimeField()
    # Null: the schedule, or the operator's command.
    frozen_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="frozen_months"
    )
    currency = models.CharField(max_length=3)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["starts_on"],
                name="frozenmonth_once",
                violation_error_message="This month is frozen already.",
            ),
            models.CheckConstraint(name="frozenmonth_first_of_month", condition=Q(starts_on__day=1)),
            models.CheckConstraint(name="frozenmonth_over", condition=Q(as_of__gt=F("starts_on"))),
            models.CheckConstraint(name="frozenmonth_digest_sha256", condition=Q(digest__regex=_SHA256)),
        ]

    def __str__(self) -> str:
        return self.period.label

    @property
    def period(self) -> Period:
        return month_of(self.starts_on)

    @property
    def frozen_on(self) -> date:
        """The agency's local day for which it was reported: that of the freeze, unless it was made up for later."""
        return self.as_of + timedelta(days=1)


class FrozenFigure(models.Model):
    """A KPI of a slice as it was reported. `digest` covers the rows that it was made of."""

    month = models.ForeignKey(FrozenMonth, on_delete=models.PROTECT, related_name="figures", db_index=False)
    kpi = models.CharField(max_length=60)
    by = models.CharField(max_length=10)
    # Empty for the agency; otherwise the book's id, a segment, or "unassigned".
    slice_key = models.TextField(blank=True)
    slice_label = models.TextField(blank=True)
    value = models.DecimalField(null=True, blank=True, **VALUE)
    reason = models.CharField(max_length=40, blank=True)
    numerator = models.DecimalField(null=True, blank=True, **VALUE)
    denominator = models.DecimalField(null=True, blank=True, **VALUE)
    n = models.IntegerField()
    unit = models.CharField(max_length=10)
    display = models.CharField(max_length=60)
    ci_low = models.DecimalField(null=True, blank=True, **VALUE)
    ci_high = models.DecimalField(null=True, blank=True, **VALUE)
    target = models.DecimalField(null=True, blank=True, **VALUE)
    target_high = models.DecimalField(null=True, blank=True, **VALUE)
    status = models.CharField(max_length=10)
    is_small_sample = models.BooleanField(default=False)
    is_provisional = models.BooleanField(default=False)
    definition_version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "by", "slice_key", "kpi"], name="frozenfigure_once"),
            models.CheckConstraint(
                name="frozenfigure_value_or_reason",
                condition=Q(value__isnull=False, reason="") | (Q(value__isnull=True) & ~Q(reason="")),
            ),
            models.CheckConstraint(name="frozenfigure_digest_sha256", condition=Q(digest__regex=_SHA256)),
            closed_list("by", *SLICES),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.display}"


class FrozenEvidence(models.Model):
    """The rows of one KPI in all slices of a frozen month, each row once (see kpis.frozen.evidence)."""

    month = models.ForeignKey(FrozenMonth, on_delete=models.PROTECT, related_name="evidence", db_index=False)
    kpi = models.CharField(max_length=60)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "kpi"], name="frozenevidence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} of {self.month_id}"


class RestatementQuerySet(models.QuerySet["Restatement"]):
    def latest_of_each(self) -> "RestatementQuerySet":
        """The last thing that was noticed of each figure; narrow it by what tells figures apart only."""
        return self.order_by("month_id", "by", "slice_key", "kpi", "-id").distinct(
            "month_id", "by", "slice_key", "kpi"
        )


class Restatement(models.Model):
    """What a figure of a frozen month became, as it was noticed; a further change makes a further row.

    `old_…` is what was reported, always. `figure` null: the slice did not exist in the report.
    """

    month = models.ForeignKey(
        FrozenMonth, on_delete=models.PROTECT, related_name="restatements", db_index=False
    )
    figure = models.ForeignKey(
        FrozenFigure, null=True, blank=True, on_delete=models.PROTECT, related_name="restatements"
    )
    kpi = models.CharField(max_length=60)
    by = models.CharField(max_length=10)
    slice_key = models.TextField(blank=True)
    slice_label = models.TextField(blank=True)
    old_value = models.DecimalField(null=True, blank=True, **VALUE)
    old_numerator = models.DecimalField(null=True, blank=True, **VALUE)
    old_denominator = models.DecimalField(null=True, blank=True, **VALUE)
    old_n = models.IntegerField()
    old_display = models.CharField(max_length=60)
    new_value = models.DecimalField(null=True, blank=True, **VALUE)
    new_reason = models.CharField(max_length=40, blank=True)
    new_numerator = models.DecimalField(null=True, blank=True, **VALUE)
    new_denominator = models.DecimalField(null=True, blank=True, **VALUE)
    new_n = models.IntegerField()
    new_display = models.CharField(max_length=60)
    new_digest = models.CharField(max_length=64)
    # The figure and its rows are again what was reported.
    is_back = models.BooleanField(default=False)
    # Nothing that was known at the freeze was altered: time went on, such as for a late reply.
    is_matured = models.BooleanField(default=False)
    rows_added = models.PositiveIntegerField(default=0)
    rows_removed = models.PositiveIntegerField(default=0)
    rows_altered = models.PositiveIntegerField(default=0)
    # The first of the rows: {"added": [row], "removed": [row], "altered": [{"row", "fields": {name: [old, new]}}]}
    rows = models.JSONField(default=dict, blank=True)
    # Who changed what: [{"at", "by", "label", "origin", "client"}], latest first.
    causes = models.JSONField(default=list, blank=True)
    as_of = models.DateField()
    noticed_at = models.DateTimeField()

    objects = RestatementQuerySet.as_manager()

    class Meta:
        constraints = [
            closed_list("by", *SLICES),
            models.CheckConstraint(name="restatement_digest_sha256", condition=Q(new_digest__regex=_SHA256)),
        ]
        indexes = [
            models.Index("month", "by", "slice_key", "kpi", F("id").desc(), name="restatement_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi}: {self.old_display}, now {self.new_display}"

    @property
    def is_other_figure(self) -> bool:
        """Whether the number is another one, and not only rows behind it."""
        return not self.is_back and (
            self.old_value != self.new_value
            or self.old_numerator != self.new_numerator
            or self.old_denominator != self.new_denominator
            or self.old_n != self.new_n
        )
