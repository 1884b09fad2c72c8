from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list
from accounts.models import User
from clients.book.models import Client, Contact
from clients.book_rows import BookRow


class BusinessCalendar(models.Model):
    """Opening hours, holidays and special days: `spec` is one entry of the book's `calendars.json`."""

    name = models.CharField(max_length=120)
    spec = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="businesscalendar_name_unique"),
            models.CheckConstraint(name="businesscalendar_name_present", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class SLAPolicy(BookRow):
    """What was promised: hours to a reply and to a solution, counted in the calendar's hours (none: 24/7)."""

    name = models.CharField(max_length=120)
    calendar = models.ForeignKey(
        BusinessCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="policies"
    )
    reply_hours = models.DecimalField(max_digits=8, decimal_places=2, default=4)
    resolution_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="slapolicy_one_default",
                violation_error_message="Another policy is the default already.",
            ),
            models.CheckConstraint(
                name="slapolicy_hours_positive",
                condition=Q(reply_hours__gt=0)
                & (Q(resolution_hours__isnull=True) | Q(resolution_hours__gt=0)),
                violation_error_message="The promised hours must be more than 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RequestQuerySet(models.QuerySet):
    def open_at(self, instant: datetime):
        """Requests that were opened by the instant and not resolved by then."""
        return self.filter(Q(resolved_at__isnull=True) | Q(resolved_at__gt=instant), opened_at__lte=instant)

    def opened_between(self, start: datetime, end: datetime):
        return self.filter(opened_at__gte=start, opened_at__lt=end)

    def resolved_between(self, start: datetime, end: datetime):
        return self.filter(resolved_at__gte=start, resolved_at__lt=end)


class Request(BookRow):
    """Something that a client asks or complains about. Open until `resolved_at`; `status` is only a label."""

    class Kind(models.TextChoices):
        QUESTION = "question", "Question"
        CHANGE = "change", "Change"
        COMPLAINT = "complaint", "Complaint"
        OTHER = "other", "Other"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="requests", db_index=False)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    subject = models.CharField(max_length=300, blank=True)
    topic = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.OTHER)
    priority = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    is_reopened = models.BooleanField(default=False)
    is_fcr_eligible = models.BooleanField(default=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("kind", "question", "change", "complaint", "other"),
            models.CheckConstraint(
                name="request_resolved_after_opened",
                condition=Q(resolved_at__gte=F("opened_at")),
                violation_error_message="A request cannot be resolved before it was opened.",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "opened_at"], name="request_client_opened"),
            models.Index(fields=["resolved_at"], name="request_resolved"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.get_kind_display()} of {self.opened_at:%Y-%m-%d}"

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None


class Message(BookRow):
    """One message of a request. Auto-replies and internal notes neither open nor close a wait."""

    class Direction(models.TextChoices):
        INBOUND = "inbound", "From the client"
        OUTBOUND = "outbound", "To the client"

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="messages", db_index=False)
    sent_at = models.DateTimeField()
    direction = models.CharField(max_length=10, choices=Direction.choices)
    is_auto = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    no_reply_needed = models.BooleanField(default=False)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [*BookRow.Meta.constraints, closed_list("direction", "inbound", "outbound")]
        indexes = [
            models.Index(fields=["request", "sent_at"], name="message_request_sent"),
            models.Index(fields=["sent_at"], name="message_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} at {self.sent_at:%Y-%m-%d %H:%M}"
