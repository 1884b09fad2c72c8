from django.db import models
from django.db.models import F

from accounts.constraints import closed_list
from accounts.models import User
from clients.book.models import Client, Contact
from clients.book_rows import BookRow


class TouchpointQuerySet(models.QuerySet):
    def held(self):
        return self.filter(status=Touchpoint.Status.HELD)

    def between(self, start, end):
        """Touchpoints in `[start, end)`, both aware instants."""
        return self.filter(occurred_at__gte=start, occurred_at__lt=end)


class Touchpoint(BookRow):
    """A conversation with a client that somebody chose to log. Ordinary mail replies are not touchpoints."""

    class Channel(models.TextChoices):
        """The channels that forms offer; a book may bring others."""

        MEETING = "meeting", "Meeting"
        CALL = "call", "Call"
        VIDEO = "video", "Video call"
        EMAIL = "email", "E-mail"
        REVIEW = "review", "Review"

    class Direction(models.TextChoices):
        UPSTREAM = "upstream", "Upstream (the client's business and plans)"
        DOWNSTREAM = "downstream", "Downstream (delivery)"

    class Status(models.TextChoices):
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="touchpoints", db_index=False)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="touchpoints"
    )
    member = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="touchpoints"
    )
    occurred_at = models.DateTimeField()
    channel = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=12, choices=Direction.choices, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.HELD)
    summary = models.TextField(blank=True)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("direction", "upstream", "downstream", allows_blank=True),
            closed_list("status", "held", "cancelled"),
        ]
        indexes = [
            models.Index("client", F("occurred_at").desc(), name="touchpoint_client_at"),
            models.Index(fields=["occurred_at"], name="touchpoint_at"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_label} on {self.occurred_at:%Y-%m-%d}"

    @property
    def channel_label(self) -> str:
        """The channel in words, also where the book brought one of its own."""
        return dict(self.Channel.choices).get(self.channel, self.channel.replace("_", " ").capitalize())

    @property
    def is_held(self) -> bool:
        return self.status == self.Status.HELD
