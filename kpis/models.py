from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Least

from accounts.constraints import closed_list, ends_after_start
from kpis.alerts.models import Alert, AlertNotice, AlertSubscription
from kpis.choices.models import ChoiceChange
from kpis.facts.events.models import AnswerFact, EventFact, WaitFact
from kpis.facts.models import FactState
from kpis.facts.money.models import ClientOwner, ClientPresence, MRRLevel, MRRMovement, MRRRate
from kpis.formulas.definition import Direction, Unit
from kpis.formulas.target import Status
from kpis.frozen.models import FrozenEvidence, FrozenFigure, FrozenMonth, Restatement
from kpis.health.models import ClientHealth, HealthWeights

# An amount, rate or count with 6 decimals, as the JSON has it.
VALUE: dict[str, Any] = {"max_digits": 26, "decimal_places": 6}
# Valid even where the end is before the start, which another constraint refuses.
_DAYS = Func(Least("starts_on", "ends_on"), F("ends_on"), function="daterange", output_field=DateRangeField())


class SliceKind(models.TextChoices):
    AGENCY = "agency", "Agency"
    ACCOUNT_MANAGER = "am", "Account manager"
    TEAM = "team", "Team"
    SEGMENT = "segment", "Segment"
    SERVICE = "service", "Service"
    CLIENT = "client", "Client"


class KPIValueQuerySet(models.QuerySet):
    def of_period(self, start: date, end: date):
        return self.filter(period_start=start, period_end=end)

    def of_slice(self, by: str, key: str = ""):
        return self.filter(by=by, slice_key=key)


class KPIValue(models.Model):
    """A KPI of a slice and period as it was last computed; one row each, replaced when it is computed
    again.
    """

    kpi = models.CharField(max_length=60)
    by = models.CharField(max_length=10, choices=SliceKind.choices)
    # Empty for the agency; otherwise the book's id, a segment, or "unassigned".
    slice_key = models.TextField(blank=True)
    slice_label = models.TextField(blank=True)
    period_start = models.DateField()
    period_end = models.DateField()
    as_of = models.DateField()
    is_partial = models.BooleanField()
    value = models.DecimalField(null=True, blank=True, **VALUE)
    reason = models.CharField(max_length=40, blank=True)
    numerator = models.DecimalField(null=True, blank=True, **VALUE)
    denominator = models.DecimalField(null=True, blank=True, **VALUE)
    n = models.IntegerField()
    unit = models.CharField(max_length=10, choices=[(unit.value, unit.value) for unit in Unit])
    display = models.CharField(max_length=60)
    ci_low = models.DecimalField(null=True, blank=True, **VALUE)
    ci_high = models.DecimalField(null=True, blank=True, **VALUE)
    direction = models.CharField(max_length=5, choices=[(way.value, way.value) for way in Direction])
    target = models.DecimalField(null=True, blank=True, **VALUE)
    target_high = models.DecimalField(null=True, blank=True, **VALUE)
    status = models.CharField(max_length=10, choices=[(status.value, status.value) for status in Status])
    is_small_sample = models.BooleanField(default=False)
    definition_version = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    objects = KPIValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "by", "slice_key", "period_start", "period_end"], name="kpivalue_unique"
            ),
            models.CheckConstraint(
                name="kpivalue_value_or_reason",
                condition=Q(value__isnull=False, reason="") | (Q(value__isnull=True) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="kpivalue_end_after_start", condition=Q(period_end__gt=F("period_start"))
            ),
            models.CheckConstraint(
                name="kpivalue_known_from_start", condition=Q(as_of__gte=F("period_start"))
            ),
            closed_list("by", "agency", "am", "team", "segment", "service", "client"),
        ]
        indexes = [models.Index(fields=["by", "slice_key", "period_end"], name="kpivalue_slice_period")]

    def __str__(self) -> str:
        return f"{self.kpi} {self.display}"


class Target(models.Model):
    """What is aimed at for a KPI, from a day on, for the agency or for one slice of it."""

    class Scope(models.TextChoices):
        AGENCY = "agency", "Agency"
        ACCOUNT_MANAGER = "am", "Account manager"
        TEAM = "team", "Team"
        SEGMENT = "segment", "Segment"
        CLIENT = "client", "Client"

    kpi = models.CharField(max_length=60)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.AGENCY)
    # Empty for the agency; otherwise the book's id of the member or client, or the segment.
    key = models.TextField(blank=True)
    low = models.DecimalField("target", help_text="For a band, its lower edge.", **VALUE)
    high = models.DecimalField(
        "upper edge", null=True, blank=True, help_text="Only where too much is as bad as too little.", **VALUE
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    class Meta:
        constraints = [
            closed_list("scope", "agency", "am", "team", "segment", "client"),
            models.CheckConstraint(
                name="target_key_fits_scope",
                condition=Q(scope="agency", key="") | (~Q(scope="agency") & ~Q(key="")),
                violation_error_message="The agency's target has no slice; every other target names one.",
            ),
            models.CheckConstraint(
                name="target_band_ordered",
                condition=Q(high__isnull=True) | Q(high__gte=F("low")),
                violation_error_message="The upper edge of a band is not below its lower edge.",
            ),
            ends_after_start(),
            ExclusionConstraint(
                name="target_no_overlap",
                expressions=[
                    ("kpi", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another target holds on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi}: {self.low.normalize():f}"


__all__ = [
    "Alert",
    "AlertNotice",
    "AlertSubscription",
    "AnswerFact",
    "ChoiceChange",
    "ClientHealth",
    "ClientOwner",
    "ClientPresence",
    "EventFact",
    "FactState",
    "FrozenEvidence",
    "FrozenFigure",
    "FrozenMonth",
    "HealthWeights",
    "KPIValue",
    "MRRLevel",
    "MRRMovement",
    "MRRRate",
    "Restatement",
    "SliceKind",
    "Target",
    "WaitFact",
]
