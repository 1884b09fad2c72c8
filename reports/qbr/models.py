from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list
from accounts.models import User
from agencyam.periods import Period
from clients.book.models import Client

# What is printed and how.
HEAVY = ("pdf", "snapshot", "draft", "logo", "definitions")


class QBRQuerySet(models.QuerySet["QBR"]):
    def of_period(self, period: Period) -> "QBRQuerySet":
        return self.filter(period_start=period.start, period_end=period.end)

    def light(self) -> "QBRQuerySet":
        """Without what is printed and how, which no list needs."""
        return self.defer(*HEAVY)

    def unfinished(self) -> "QBRQuerySet":
        """Those that may still be worked on: drafts, and what waits for approval."""
        return self.filter(stage__in=[QBR.Stage.DRAFT, QBR.Stage.IN_REVIEW])


class Paper(models.TextChoices):
    A4 = "a4", "A4"
    LETTER = "letter", "Letter"


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    GERMAN = "de", "German"


class QBR(models.Model):
    """One version of one client's review of a period.

    Its numbers are live while it is a draft, frozen once it is approved, and locked for ever once it is sent:
    a correction is the next version, which supersedes this one and says what changed.
    """

    class Stage(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        APPROVED = "approved", "Approved"
        SENT = "sent", "Sent"
        HELD = "held", "Held"
        CLOSED = "closed", "Closed"

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RENDERING = "rendering", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="qbrs", db_index=False)
    period_start = models.DateField()
    period_end = models.DateField(help_text="The first day that is out.")
    # The day on which the review was asked for: what happened until then is known.
    as_of = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    requested_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="requested_qbrs"
    )
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="own_qbrs")
    # Who is asked to approve; null means any leader.
    approver = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="qbrs_to_approve"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="submitted_qbrs"
    )
    # Why it came back from its approver the last time.
    sent_back_because = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    # Null on an approved review: approved at the command line of an earlier release, by the operator.
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="approved_qbrs"
    )
    meeting_at = models.DateTimeField(null=True, blank=True)
    # Rows {"contact_id": int or null, "name": text, "side": "client" or "agency"}.
    attendees = models.JSONField(default=list, blank=True)
    # Rows {"text": text, "is_done": bool, "done_by": name or "", "done_at": ISO instant or ""}.
    checklist = models.JSONField(default=list, blank=True)
    # What people wrote and arranged (reports.qbr.draft); empty until somebody opens the builder.
    draft = models.JSONField(default=dict, blank=True)
    # Rises with each change of the draft, so that two people notice each other.
    revision = models.PositiveIntegerField(default=0)
    paper = models.CharField(max_length=6, choices=Paper.choices, default=Paper.A4)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.ENGLISH)
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    # What changed against the version that it supersedes.
    correction = models.TextField(blank=True)
    # From this moment on nothing that the client has read may change.
    locked_at = models.DateTimeField(null=True, blank=True)
    # The document that is printed (reports.qbr.document), from which it can be rendered again.
    snapshot = models.JSONField(null=True, blank=True)
    # The version of the definition of each number in the snapshot, by its key.
    definitions = models.JSONField(default=dict, blank=True)
    # The agency's logo as it was when the numbers were frozen, a PNG.
    logo = models.BinaryField(null=True, blank=True)
    pdf = models.BinaryField(null=True, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    rendered_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = QBRQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "period_start", "period_end", "version"], name="qbr_version_unique"
            ),
            closed_list("status", "queued", "rendering", "ready", "failed"),
            closed_list("stage", "draft", "in_review", "approved", "sent", "held", "closed"),
            closed_list("paper", "a4", "letter"),
            closed_list("language", "en", "de"),
            models.UniqueConstraint(
                fields=["client", "period_start", "period_end"],
                condition=Q(stage__in=["draft", "in_review"]),
                name="qbr_one_unfinished",
                violation_error_message="Somebody is working on a review of this period already.",
            ),
            models.CheckConstraint(
                name="qbr_in_review_is_dated", condition=~Q(stage="in_review") | Q(submitted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="qbr_approved_is_frozen",
                condition=Q(
                    stage__in=["draft", "in_review"], approved_at__isnull=True, approved_by__isnull=True
                )
                | (
                    Q(approved_at__isnull=False, snapshot__isnull=False)
                    & ~Q(stage__in=["draft", "in_review"])
                ),
            ),
            models.CheckConstraint(
                name="qbr_sent_is_locked",
                condition=Q(
                    stage__in=["draft", "in_review", "approved"], sent_at__isnull=True, locked_at__isnull=True
                )
                | Q(stage__in=["sent", "held", "closed"], sent_at__isnull=False, locked_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                name="qbr_corrected_once",
                violation_error_message="This version has been corrected already.",
            ),
            models.CheckConstraint(
                name="qbr_correction_says_what",
                condition=Q(supersedes__isnull=True, correction="")
                | (Q(supersedes__isnull=False) & ~Q(correction="")),
            ),
            models.CheckConstraint(name="qbr_end_after_start", condition=Q(period_end__gt=F("period_start"))),
            models.CheckConstraint(name="qbr_known_from_start", condition=Q(as_of__gte=F("period_start"))),
            models.CheckConstraint(
                name="qbr_ready_has_pdf",
                condition=~Q(status="ready")
                | (
                    Q(pdf__isnull=False, snapshot__isnull=False, rendered_at__isnull=False)
                    & Q(pages__isnull=False, pages__gte=1)
                    & ~Q(pdf_sha256="")
                ),
            ),
            models.CheckConstraint(name="qbr_failed_says_why", condition=~Q(status="failed") | ~Q(error="")),
            models.CheckConstraint(
                name="qbr_sent_is_ready", condition=Q(sent_at__isnull=True) | Q(status="ready")
            ),
        ]
        indexes = [
            models.Index(F("created_at").desc(), name="qbr_created"),
            models.Index(fields=["stage", "submitted_at"], name="qbr_stage_submitted"),
        ]

    def __str__(self) -> str:
        return f"{self.period.label}, version {self.version}"

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)

    @property
    def is_over(self) -> bool:
        """Whether it will not change by itself any more."""
        return self.status in (self.Status.READY, self.Status.FAILED)

    @property
    def is_ready(self) -> bool:
        return self.status == self.Status.READY

    @property
    def job_key(self) -> str:
        """The period key of the job that renders it; each approval has its own."""
        return f"qbr:{self.pk}:{self.revision}"

    @property
    def is_locked(self) -> bool:
        """Whether the client has it: nothing that was printed may change."""
        return self.locked_at is not None

    @property
    def is_draft(self) -> bool:
        return self.stage == self.Stage.DRAFT

    @property
    def is_approved(self) -> bool:
        """Approved, whatever came after."""
        return self.approved_at is not None


class QBRTemplate(models.Model):
    """What a review begins with, for clients of a tier; the row of the blank tier is for all others."""

    tier = models.CharField(max_length=60, blank=True)
    # Ordered rows {"key": section, "is_shown": bool}; empty means every section in the usual order.
    sections = models.JSONField(default=list, blank=True)
    # Ordered texts, each a thing to do before the meeting.
    checklist = models.JSONField(default=list, blank=True)
    paper = models.CharField(max_length=6, choices=Paper.choices, default=Paper.A4)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.ENGLISH)
    is_scheduled = models.BooleanField("drafts are made by themselves", default=False)
    send_after_business_days = models.PositiveSmallIntegerField(
        "business days after the end of the quarter",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(40)],
    )
    is_own_approval_allowed = models.BooleanField("owners may approve their own reviews", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tier"],
                name="qbrtemplate_tier_unique",
                violation_error_message="This tier has a template already.",
            ),
            closed_list("paper", "a4", "letter"),
            closed_list("language", "en", "de"),
            models.CheckConstraint(
                name="qbrtemplate_days_within_reach",
                condition=Q(send_after_business_days__gte=1, send_after_business_days__lte=40),
                violation_error_message="Drafts are made on a business day from 1 to 40.",
            ),
        ]

    def __str__(self) -> str:
        return self.tier or "Every other tier"


class QBRPlan(models.Model):
    """What is different for one client; blank and null mean as in the template."""

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="qbr_plan")
    template = models.ForeignKey(
        QBRTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="plans"
    )
    paper = models.CharField(max_length=6, choices=Paper.choices, blank=True)
    language = models.CharField(max_length=5, choices=Language.choices, blank=True)
    send_after_business_days = models.PositiveSmallIntegerField(
        "business days after the end of the quarter",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(40)],
    )
    is_paused = models.BooleanField("no drafts are made by themselves", default=False)

    class Meta:
        constraints = [
            closed_list("paper", "a4", "letter", allows_blank=True),
            closed_list("language", "en", "de", allows_blank=True),
            models.CheckConstraint(
                name="qbrplan_days_within_reach",
                condition=Q(send_after_business_days__isnull=True)
                | Q(send_after_business_days__gte=1, send_after_business_days__lte=40),
                violation_error_message="Drafts are made on a business day from 1 to 40.",
            ),
        ]

    def __str__(self) -> str:
        return f"Reviews of {self.client}"


class QBRBatch(models.Model):
    """Reviews of many clients that somebody asked for at once."""

    period_start = models.DateField()
    period_end = models.DateField(help_text="The first day that is out.")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="qbr_batches")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="qbrbatch_end_after_start", condition=Q(period_end__gt=F("period_start"))
            ),
        ]

    def __str__(self) -> str:
        return self.period.label

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)


class QBRBatchItem(models.Model):
    """One client of a batch: the review that was made or found, or in words why there is none."""

    batch = models.ForeignKey(QBRBatch, on_delete=models.CASCADE, related_name="items", db_index=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    qbr = models.ForeignKey(QBR, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_new = models.BooleanField("was made by this batch", default=False)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "client"], name="qbrbatchitem_client_once"),
            models.CheckConstraint(
                name="qbrbatchitem_made_or_failed", condition=Q(qbr__isnull=True) | Q(error="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} in {self.batch}"

    @property
    def is_over(self) -> bool:
        return self.qbr_id is not None or bool(self.error)

    @property
    def job_key(self) -> str:
        """The period key of the job that makes its draft."""
        return f"batch:{self.batch_id}:{self.client_id}"
