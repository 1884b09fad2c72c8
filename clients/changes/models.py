from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list
from accounts.models import User


class ChangeQuerySet(models.QuerySet):
    def pending(self):
        """Changes that no number shows yet."""
        return self.filter(applied_at__isnull=True)

    def touching(self, start, end):
        """Changes that may alter what is told about a day of `[start, end)`."""
        return self.filter(
            Q(first_on__isnull=True) | Q(first_on__lt=end), Q(last_on__isnull=True) | Q(last_on__gte=start)
        )


class Change(models.Model):
    """That a row of the book was written, by whom, and about which days of a client it tells.

    Written in the transaction of the change itself. The numbers of these client-days are worked out again,
    which sets `applied_at`; the row stays as the answer to "who changed this month?".
    """

    class Area(models.TextChoices):
        BOOK = "book", "Clients and who looks after them"
        CONTRACTS = "contracts", "Contracts"
        SERVICE = "service", "Requests"
        TOUCHPOINTS = "touchpoints", "Touchpoints"
        FEEDBACK = "feedback", "Surveys"
        GROWTH = "growth", "Proposals and referrals"
        DELIVERY = "delivery", "Deliverables"
        ACCOUNTS = "accounts", "Invoices, retainers and plans"

    # Null: every client.
    client = models.ForeignKey(
        "clients.Client", null=True, blank=True, on_delete=models.CASCADE, related_name="changes"
    )
    area = models.CharField(max_length=12, choices=Area.choices)
    # The days it tells about, both included; null: from the beginning, or without an end.
    first_on = models.DateField(null=True, blank=True)
    last_on = models.DateField(null=True, blank=True)
    # The row by its kind and the book's id; blank where many rows changed together.
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.TextField(blank=True)
    label = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="changes")
    origin = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            closed_list(
                "area",
                "book",
                "contracts",
                "service",
                "touchpoints",
                "feedback",
                "growth",
                "delivery",
                "accounts",
            ),
            models.CheckConstraint(
                name="change_days_ordered",
                condition=Q(first_on__isnull=True) | Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="change_pending", condition=Q(applied_at__isnull=True)),
            models.Index(fields=["at"], name="change_at"),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.get_area_display()} changed"
