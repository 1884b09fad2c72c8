from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list
from accounts.models import User
from agencyam.periods import Period
from clients.book.models import Client


class QBRQuerySet(models.QuerySet["QBR"]):
    def of_period(self, period: Period) -> "QBRQuerySet":
        return self.filter(period_start=period.start, period_end=period.end)

    def light(self) -> "QBRQuerySet":
        """Without the PDF and the snapshot, which no list needs."""
        return self.defer("pdf", "snapshot")


class QBR(models.Model):
    """One review of one client. Asked for afresh it gets the next version; what was printed never changes."""

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
    # The document that was printed (reports.qbr.document), from which it can be rendered again.
    snapshot = models.JSONField(null=True, blank=True)
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
            models.CheckConstraint(name="qbr_end_after_start", condition=Q(period_end__gt=F("period_start"))),
            models.CheckConstraint(name="qbr_known_from_start", condition=Q(as_of__gte=F("period_start"))),
            models.CheckConstraint(
                name="qbr_ready_has_pdf",
                condition=~Q(status="ready")
                | (
                    Q(pdf__isnull=False, snapshot__isnull=False, pages__gte=1, rendered_at__isnull=False)
                    & ~Q(pdf_sha256="")
                ),
            ),
            models.CheckConstraint(name="qbr_failed_says_why", condition=~Q(status="failed") | ~Q(error="")),
            models.CheckConstraint(
                name="qbr_sent_is_ready", condition=Q(sent_at__isnull=True) | Q(status="ready")
            ),
        ]
        indexes = [models.Index(F("created_at").desc(), name="qbr_created")]

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
        """The period key of the job that renders it."""
        return f"qbr:{self.pk}"
