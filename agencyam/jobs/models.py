"""Schedules and jobs of all agencies, in the public schema."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

MAX_ATTEMPTS = 3


class Queue(models.TextChoices):
    INTERACTIVE = "interactive", "Somebody waits for it"
    SCHEDULED = "scheduled", "The clock asked for it"
    PDF = "pdf", "Documents"


class Schedule(models.Model):
    """A recurring wish: this kind of job, at this local time, on each day or on one day of the month."""

    agency = models.ForeignKey("tenancy.Agency", on_delete=models.CASCADE, related_name="schedules")
    kind = models.CharField(max_length=60)
    local_time = models.TimeField()
    time_zone = models.CharField(max_length=64)
    day_of_month = models.PositiveSmallIntegerField(null=True, blank=True)
    next_run_at = models.DateTimeField(db_index=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "kind"], name="schedule_once_per_kind"),
            models.CheckConstraint(
                condition=Q(day_of_month__isnull=True) | Q(day_of_month__range=(1, 28)),
                name="schedule_day_exists",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.local_time} {self.time_zone}"


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, now: datetime) -> "JobQuerySet":
        return self.filter(status=Job.Status.QUEUED, available_at__lte=now)

    def lease_expired(self, now: datetime) -> "JobQuerySet":
        return self.filter(status=Job.Status.RUNNING, lease_until__lt=now)


class Job(models.Model):
    """One piece of work for one agency and one business period. The row is the truth, messages are hints."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed, will not be tried again"
        DEAD = "dead", "Gave up after three attempts"
        SKIPPED = "skipped", "Skipped, the agency is not served"

    agency = models.ForeignKey("tenancy.Agency", on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=60)
    queue = models.CharField(max_length=12, choices=Queue.choices)
    period_key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    available_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    hinted_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["queue", "available_at"], condition=Q(status="queued"), name="job_waiting"),
            models.Index(fields=["agency"], condition=Q(status="running"), name="job_running"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency", "kind", "period_key"], name="job_once_per_period"),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done", "failed", "dead", "skipped"]),
                name="job_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period_key}"

    @property
    def is_over(self) -> bool:
        return self.status not in {self.Status.QUEUED, self.Status.RUNNING}
