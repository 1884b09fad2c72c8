from datetime import date

from django.db import models

from accounts.constraints import closed_list, not_negative
from clients.book.models import Client
from clients.book_rows import AmountField, BookRow


class DeliverableQuerySet(models.QuerySet):
    def due_between(self, start: date, end: date):
        """Deliverables whose agreed (baseline) day lies in `[start, end)`."""
        return self.filter(baseline_due_on__gte=start, baseline_due_on__lt=end)

    def not_cancelled(self):
        return self.exclude(status=Deliverable.CANCELLED)


class Deliverable(BookRow):
    """A piece of work with a day agreed with the client. `status` is only a label, but for `cancelled`."""

    CANCELLED = "cancelled"

    class DelayCause(models.TextChoices):
        OURS = "ours", "Ours"
        CLIENT = "client", "The client's"
        AGREED = "agreed", "Agreed with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="deliverables", db_index=False)
    project = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300)
    baseline_due_on = models.DateField()
    due_on = models.DateField(null=True, blank=True, help_text="A later agreed day; blank: as the baseline.")
    delivered_on = models.DateField(null=True, blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=40, blank=True)
    delay_cause = models.CharField(max_length=10, choices=DelayCause.choices, blank=True)
    planned_cost = AmountField(null=True, blank=True)
    actual_cost = AmountField(null=True, blank=True)

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("delay_cause", "ours", "client", "agreed", allows_blank=True),
            not_negative("planned_cost"),
            not_negative("actual_cost"),
        ]
        indexes = [models.Index(fields=["client", "baseline_due_on"], name="deliverable_client_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_delivered(self) -> bool:
        return self.delivered_on is not None
