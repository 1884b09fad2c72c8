from django.db import models
from django.db.models import Q

from accounts.models import User
from clients.book.models import Client
from clients.book_rows import BookRow


class Goal(BookRow):
    """What the client wants to reach. The three values share the metric's unit."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="goals")
    title = models.CharField(max_length=300)
    metric = models.CharField(max_length=200, blank=True)
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    current = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    # A standing, or whatever a book that was imported says.
    status = models.CharField(max_length=40, blank=True)
    # Why it stands so, in words that the client reads too.
    status_note = models.CharField(max_length=300, blank=True)
    # The day on which a person here judged it; a status without it was only imported.
    status_on = models.DateField(null=True, blank=True)

    class Standing(models.TextChoices):
        ON_TRACK = "on_track", "On track"
        AT_RISK = "at_risk", "At risk"
        ACHIEVED = "achieved", "Achieved"
        MISSED = "missed", "Missed"
        DROPPED = "dropped", "Given up"

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            models.CheckConstraint(name="goal_title_present", condition=~Q(title="")),
            models.CheckConstraint(
                name="goal_note_is_judged", condition=Q(status_note="") | Q(status_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def standing(self) -> "Goal.Standing | None":
        """How a person judged it; None while nobody has."""
        is_judged = self.status_on is not None and self.status in self.Standing.values
        return self.Standing(self.status) if is_judged else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the last value is at the target or beyond it; None where nothing is measured."""
        if self.current is None or self.target is None:
            return None
        is_falling = self.baseline is not None and self.target < self.baseline
        return self.current <= self.target if is_falling else self.current >= self.target


class ActionItemQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_on__isnull=True)


class ActionItem(BookRow):
    """A step that the agency (`is_ours`) or the client promised."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="action_items")
    title = models.CharField(max_length=300)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="action_items"
    )
    is_ours = models.BooleanField(default=True)
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            models.CheckConstraint(name="actionitem_title_present", condition=~Q(title="")),
            models.CheckConstraint(
                name="actionitem_owner_is_ours",
                condition=Q(owner__isnull=True) | Q(is_ours=True),
                violation_error_message="A member can own only a step of ours.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
