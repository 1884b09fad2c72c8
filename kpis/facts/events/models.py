"""Facts about what happened: one row per event, ready to be added up for any period, slice and as-of day.

All rows are derived: `build` of the families writes them in SQL, nothing else does. They point to rows of the
book without a constraint in the database, whose check per row would cost more than the row itself.
"""

from typing import Any

from django.db import models

from accounts.constraints import closed_list
from accounts.models import Team, User
from clients.book.models import Client
from clients.feedback.models import Survey

_POINTER: dict[str, Any] = {
    "null": True,
    "on_delete": models.DO_NOTHING,
    "db_constraint": False,
    "db_index": False,
    "related_name": "+",
}


class EventFact(models.Model):
    """Something counted on a day: `quantity` in the denominator of a figure, `successes` in its numerator.

    As of day A it counts if `known_from` <= A < `known_until` (null: for ever). `am`, `team` and `segment` are
    those of the client on the day; the client is null where nobody knows it.
    """

    class Kind(models.TextChoices):
        TOUCHPOINT = "touchpoint", "Touchpoints of a day"
        INVITATION = "invitation", "Survey invitation"
        PROPOSAL = "proposal", "Decided proposal"
        TESTIMONIAL = "testimonial", "Testimonial"
        DELIVERABLE = "deliverable", "Deliverable that was due"
        RESOLUTION = "resolution", "Resolved request"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    # A touchpoint's direction, a proposal's outcome.
    label = models.CharField(max_length=12, blank=True)
    # no_amount or no_rate: why a proposal has no amount in the agency's currency; late_by_client.
    mark = models.CharField(max_length=16, blank=True)
    client = models.ForeignKey(Client, **_POINTER)
    am = models.ForeignKey(User, **_POINTER)
    team = models.ForeignKey(Team, **_POINTER)
    segment = models.CharField(max_length=120, blank=True)
    day = models.DateField()
    known_from = models.DateField()
    known_until = models.DateField(null=True, blank=True)
    # Until this day a resolution may still turn out not to have been one.
    settles_on = models.DateField(null=True, blank=True)
    quantity = models.IntegerField(default=1)
    successes = models.IntegerField(default=0)
    amount = models.DecimalField(max_digits=60, decimal_places=20, null=True, blank=True)

    class Meta:
        constraints = [
            closed_list(
                "kind",
                "touchpoint",
                "invitation",
                "proposal",
                "testimonial",
                "deliverable",
                "resolution",
            )
        ]
        indexes = [
            models.Index(fields=["day"], name="eventfact_day"),
            models.Index(fields=["client"], name="eventfact_client"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.day}"


class WaitFact(models.Model):
    """A wait from the client's message to the reply, dated by the message; its id is that message's.

    As of day A it is answered or dismissed from `closed_on`; before that it is breached from `late_on` and pending
    until then. `elapsed` is the business time of an answered wait in microseconds, by the client's calendar.
    """

    id = models.BigIntegerField(primary_key=True)
    client = models.ForeignKey(Client, **_POINTER)
    am = models.ForeignKey(User, **_POINTER)
    team = models.ForeignKey(Team, **_POINTER)
    segment = models.CharField(max_length=120, blank=True)
    day = models.DateField()
    # Null: not closed, not late as far as the calendar goes, not answered.
    closed_on = models.DateField(null=True, blank=True)
    late_on = models.DateField(null=True, blank=True)
    elapsed = models.BigIntegerField(null=True, blank=True)
    is_first = models.BooleanField()
    is_dismissed = models.BooleanField()
    is_late = models.BooleanField()
    is_skewed = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["day"], name="waitfact_day"),
            models.Index(fields=["client"], name="waitfact_client"),
        ]

    def __str__(self) -> str:
        return f"Wait of {self.day}"


class AnswerFact(models.Model):
    """One edit of a survey answer; its id is the response's. As of day A it is the answer if
    `known_from` <= A < `known_until`, dated by the first edit.

    `respondent` tells people apart. `am`, `team` and `segment` are those of the client on the day of the
    interaction; of a pulse those of the member who answered.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=6, choices=Survey.Kind.choices)
    client = models.ForeignKey(Client, **_POINTER)
    member = models.ForeignKey(User, **_POINTER)
    am = models.ForeignKey(User, **_POINTER)
    team = models.ForeignKey(Team, **_POINTER)
    segment = models.CharField(max_length=120, blank=True)
    day = models.DateField()
    first_answered_at = models.DateTimeField()
    answered_at = models.DateTimeField()
    known_from = models.DateField()
    known_until = models.DateField(null=True, blank=True)
    respondent = models.CharField(max_length=40)
    score = models.SmallIntegerField()
    scale_min = models.SmallIntegerField()
    scale_max = models.SmallIntegerField()

    class Meta:
        constraints = [closed_list("kind", "nps", "csat", "pulse")]
        indexes = [
            models.Index(fields=["day"], name="answerfact_day"),
            models.Index(fields=["client"], name="answerfact_client"),
        ]

    def __str__(self) -> str:
        return f"{self.score} on {self.day}"
