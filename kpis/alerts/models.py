"""Alerts: what happened that somebody should act on, who hears of it, and who wants to."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse

from accounts.constraints import closed_list
from accounts.models import User
from agencyam.zones import check_zone
from clients.book.models import Client
from kpis.alerts.morning import USUAL_HOUR
from kpis.alerts.rules import Delivery, Rule, Scope


class AlertQuerySet(models.QuerySet):
    def holding(self):
        """Alerts whose condition has not ended, whether somebody resolved them or not."""
        return self.filter(ended_at__isnull=True)

    def open(self):
        return self.filter(resolved_at__isnull=True)


class Alert(models.Model):
    """One cause, told once: what happened, the row that shows it, and what to do next.

    `ended_at` is when its condition ended; until then the cause raises no other alert, resolved or not.
    `resolved_by` is empty where it resolved by itself. `row` and `action` are links: `{view, kwargs, rest, words}`.
    """

    class Tone(models.TextChoices):
        BAD = "bad", "Urgent"
        WARN = "warn", "Soon"
        INFO = "info", "To know"

    rule = models.CharField(max_length=12, choices=Rule.choices)
    # Rule, subject and episode.
    cause_key = models.CharField(max_length=300)
    title = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    tone = models.CharField(max_length=4, choices=Tone.choices)
    # How far it goes; what it counts is the rule's.
    measure = models.IntegerField()
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts")
    # The slice of a KPI; blank for what is about one client.
    by = models.CharField(max_length=10, blank=True)
    slice_key = models.TextField(blank=True)
    row = models.JSONField()
    action = models.JSONField()
    raised_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="resolved_alerts"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause_key"], condition=Q(ended_at__isnull=True), name="alert_cause_once"
            ),
            closed_list("rule", *Rule.values),
            closed_list("tone", "bad", "warn", "info"),
            models.CheckConstraint(
                name="alert_ended_is_resolved",
                condition=Q(ended_at__isnull=True) | Q(resolved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_resolver_has_time",
                condition=Q(resolved_by__isnull=True) | Q(resolved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_client_or_slice",
                condition=Q(client__isnull=False, by="") | (Q(client__isnull=True) & ~Q(by="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def row_url(self) -> str:
        return _address(self.row)

    @property
    def action_url(self) -> str:
        return _address(self.action)


class AlertSubscription(models.Model):
    """What a member chose for a rule; without a row the usual of the role holds."""

    member = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="alert_subscriptions", db_index=False
    )
    rule = models.CharField(max_length=12, choices=Rule.choices)
    is_active = models.BooleanField(default=True)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    delivery = models.CharField(max_length=8, choices=Delivery.choices)
    threshold = models.PositiveSmallIntegerField()
    # The hour of the morning mail, by the clock of a zone or else of the agency; the same in all rows of a member.
    digest_hour = models.PositiveSmallIntegerField(default=USUAL_HOUR, validators=[MaxValueValidator(23)])
    digest_zone = models.CharField(max_length=64, blank=True, validators=[check_zone])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "rule"], name="alertsubscription_rule_once"),
            closed_list("rule", *Rule.values),
            closed_list("scope", *Scope.values),
            closed_list("delivery", *Delivery.values),
            models.CheckConstraint(
                name="alertsubscription_hour_exists", condition=Q(digest_hour__gte=0, digest_hour__lte=23)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} for {self.member_id}"


class AlertNoticeQuerySet(models.QuerySet):
    def of(self, member: User):
        return self.filter(member=member)

    def open_on(self, day: date):
        """Neither done, nor put off to a later day, nor over."""
        return self.filter(
            Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=day),
            done_at__isnull=True,
            alert__resolved_at__isnull=True,
        )

    def snoozed_on(self, day: date):
        return self.filter(snoozed_until__gt=day, done_at__isnull=True, alert__resolved_at__isnull=True)

    def over(self):
        return self.filter(Q(done_at__isnull=False) | Q(alert__resolved_at__isnull=False))


class AlertNotice(models.Model):
    """That a member hears of an alert, and what they did about it. A member hears once of each."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notices", db_index=False)
    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="alert_notices")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    # The day on which it comes back.
    snoozed_until = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    # The key of the mail that told it; blank if none did.
    mailed_key = models.CharField(max_length=300, blank=True)

    objects = AlertNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "member"], name="alertnotice_once"),
        ]
        indexes = [
            models.Index(fields=["member"], condition=Q(done_at__isnull=True), name="alertnotice_waiting"),
            models.Index(F("member"), F("created_at").desc(), name="alertnotice_member_at"),
        ]

    def __str__(self) -> str:
        return f"Alert {self.alert_id} for {self.member_id}"

    @property
    def is_new(self) -> bool:
        return self.seen_at is None


def _address(link: dict[str, Any]) -> str:
    """Where a stored link leads; nowhere if a later release has no such page."""
    try:
        return reverse(link["view"], kwargs=link["kwargs"]) + link["rest"]
    except NoReverseMatch:
        return ""
