from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list
from accounts.models import User
from clients.book.models import Client, Contact
from clients.book_rows import BookRow


class Survey(BookRow):
    """A question that is asked again and again: NPS and CSAT of clients, pulse of members."""

    class Kind(models.TextChoices):
        NPS = "nps", "Net promoter score"
        CSAT = "csat", "Client satisfaction"
        PULSE = "pulse", "Account manager's confidence"

    # The scale of each kind where the book names none.
    DEFAULT_SCALES = {Kind.NPS: (0, 10), Kind.CSAT: (1, 5), Kind.PULSE: (1, 10)}

    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(max_length=200, blank=True)
    scale_min = models.SmallIntegerField()
    scale_max = models.SmallIntegerField()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("kind", "nps", "csat", "pulse"),
            models.CheckConstraint(
                name="survey_scale_ascends",
                condition=Q(scale_max__gt=F("scale_min")),
                violation_error_message="The scale's end must be above its start.",
            ),
            models.CheckConstraint(
                name="survey_nps_scale",
                condition=~Q(kind="nps") | Q(scale_min=0, scale_max=10),
                violation_error_message="An NPS survey is answered from 0 to 10.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class SurveyInvitation(BookRow):
    """One person asked once. A pulse asks a member, the others a client's contact."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations", db_index=False)
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_invitations"
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_invitations"
    )
    member = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_invitations"
    )
    sent_at = models.DateTimeField()

    class Meta:
        constraints = BookRow.Meta.constraints
        indexes = [models.Index(fields=["survey", "sent_at"], name="surveyinvitation_survey_sent")]

    def __str__(self) -> str:
        return f"Invitation of {self.sent_at:%Y-%m-%d}"


class SurveyResponseQuerySet(models.QuerySet):
    def of_kind(self, kind: str):
        return self.filter(survey__kind=kind)

    def answered_between(self, start: datetime, end: datetime):
        return self.filter(answered_at__gte=start, answered_at__lt=end)


class SurveyResponse(BookRow):
    """One answer. The score lies within the survey's scale: a trigger holds that (see the migration)."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses", db_index=False)
    invitation = models.ForeignKey(
        SurveyInvitation, null=True, blank=True, on_delete=models.PROTECT, related_name="responses"
    )
    client = models.ForeignKey(
        Client,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="survey_responses",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_responses"
    )
    member = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_responses"
    )
    score = models.SmallIntegerField()
    answered_at = models.DateTimeField()
    comment = models.TextField(blank=True)

    objects = SurveyResponseQuerySet.as_manager()

    class Meta:
        constraints = BookRow.Meta.constraints
        indexes = [
            models.Index(fields=["survey", "answered_at"], name="surveyresponse_survey_answered"),
            models.Index(fields=["client", "answered_at"], name="surveyresponse_client_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.score} on {self.answered_at:%Y-%m-%d}"
