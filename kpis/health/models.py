"""What is stored of each client's health and risk on a day, and which weights hold from when."""

from datetime import date

from django.db import models
from django.db.models import Q

from accounts.constraints import closed_list
from accounts.models import User
from clients.book.models import Client


class ClientHealthQuerySet(models.QuerySet):
    def on(self, day: date):
        return self.filter(day=day)

    def judged(self):
        """Days of which it is known whether the client was still there 90 days later."""
        return self.filter(has_left__isnull=False)


class ClientHealth(models.Model):
    """How it stood with a client at the close of a day, with everything that the score was made of.

    `components` holds, by component: `weight`, `score` (0 to 100, null without data), `gained` and `lost`
    (points of the client's score) and `facts`. `risk_flags` are `{key, on, facts}`, in the order of the list
    of flags. One row a client and day, replaced when it is worked out again.
    """

    class Band(models.TextChoices):
        GREEN = "green", "Healthy"
        AMBER = "amber", "Needs attention"
        RED = "red", "In trouble"

    class Risk(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="healths", db_index=False)
    day = models.DateField()
    # Null with less than half of the weight known.
    score = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    band = models.CharField(max_length=5, choices=Band.choices, blank=True)
    # The share of the weight that has data, 0 to 1.
    confidence = models.DecimalField(max_digits=7, decimal_places=6)
    is_forced_red = models.BooleanField(default=False)
    components = models.JSONField(default=dict)
    risk_level = models.CharField(max_length=6, choices=Risk.choices)
    risk_flags = models.JSONField(default=list, blank=True)
    # In the agency's currency, at the close of the day.
    mrr = models.DecimalField(max_digits=26, decimal_places=6)
    # Whether the client was gone 90 days later; null while that lies ahead.
    has_left = models.BooleanField(null=True, blank=True)
    computed_at = models.DateTimeField()

    objects = ClientHealthQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "day"], name="clienthealth_day_unique"),
            closed_list("band", "green", "amber", "red", allows_blank=True),
            closed_list("risk_level", "low", "medium", "high"),
            models.CheckConstraint(
                name="clienthealth_score_within_hundred", condition=Q(score__gte=0, score__lte=100)
            ),
            models.CheckConstraint(
                name="clienthealth_confidence_within_one", condition=Q(confidence__gte=0, confidence__lte=1)
            ),
            models.CheckConstraint(
                name="clienthealth_forced_is_red", condition=Q(is_forced_red=False) | Q(band="red")
            ),
        ]
        indexes = [models.Index(fields=["day"], name="clienthealth_day")]

    def __str__(self) -> str:
        return f"{self.client_id} on {self.day}"


class HealthWeights(models.Model):
    """What each component weighs from a day on, until the next such row. Without a row the defaults hold."""

    from_on = models.DateField()
    weights = models.JSONField()
    set_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="health_weights"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["from_on"], name="healthweights_from_unique")]

    def __str__(self) -> str:
        return f"Weights from {self.from_on}"
