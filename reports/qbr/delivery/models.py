from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list
from accounts.models import OutboxEmail
from clients.book.models import Contact
from clients.plans.models import ActionItem
from reports.qbr.models import QBR


class QBRLinkQuerySet(models.QuerySet["QBRLink"]):
    def open_at(self, moment) -> "QBRLinkQuerySet":
        """Links that have neither expired nor been taken back."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=moment)


class QBRLink(models.Model):
    """A personal address of one contact. Only the hash of its token is kept."""

    class Purpose(models.TextChoices):
        REVIEW = "review", "Read the review and answer it"
        UNSUBSCRIBE = "unsubscribe", "Stop the mail of reviews"

    token_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    qbr = models.ForeignKey(QBR, on_delete=models.PROTECT, related_name="links")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="qbr_links")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = QBRLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="qbrlink_token_unique"),
            models.CheckConstraint(
                name="qbrlink_hash_sha256", condition=Q(("token_hash__regex", r"^[0-9a-f]{64}$"))
            ),
            closed_list("purpose", "review", "unsubscribe"),
            models.CheckConstraint(name="qbrlink_expires_later", condition=Q(expires_at__gt=F("created_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.contact}"


class QBRLinkSighting(models.Model):
    """That a link was fetched, by whomever: the only thing that reading a page writes, and no proof of a reader.

    A table of its own, so that everything else may be held to "reading writes nothing".
    """

    link = models.OneToOneField(QBRLink, on_delete=models.CASCADE, related_name="sighting")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="qbrlinksighting_last_not_before_first",
                condition=Q(last_seen_at__gte=F("first_seen_at"), times__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.times}"


class QBRDelivery(models.Model):
    """That a version was mailed to a contact; the mail knows the address and how it went."""

    qbr = models.ForeignKey(QBR, on_delete=models.PROTECT, related_name="deliveries")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="qbr_deliveries")
    mail = models.OneToOneField(OutboxEmail, on_delete=models.PROTECT, related_name="qbr_delivery")

    def __str__(self) -> str:
        return f"{self.qbr} to {self.contact}"


class QBRAgreement(models.Model):
    """A contact agreed to one of the next steps that the review prints."""

    qbr = models.ForeignKey(QBR, on_delete=models.PROTECT, related_name="agreements", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="qbr_agreements")
    # Its place in the printed list, from 0, and its words as they were printed.
    position = models.PositiveSmallIntegerField()
    what = models.TextField()
    # The step of the client's plan that was printed there; null for one that is no longer in the plan.
    action = models.ForeignKey(
        ActionItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="qbr_agreements"
    )
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["qbr", "contact", "position"], name="qbragreement_once"),
        ]

    def __str__(self) -> str:
        return self.what


class QBRComment(models.Model):
    """What a contact wrote under the review."""

    qbr = models.ForeignKey(QBR, on_delete=models.PROTECT, related_name="comments")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="qbr_comments")
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="qbrcomment_text_present", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class QBRSignOff(models.Model):
    """A contact signed a version off."""

    qbr = models.ForeignKey(QBR, on_delete=models.PROTECT, related_name="sign_offs", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="qbr_sign_offs")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["qbr", "contact"], name="qbrsignoff_once"),
        ]

    def __str__(self) -> str:
        return f"{self.qbr} by {self.contact}"


class QBROptOut(models.Model):
    """A contact who wants no reviews by mail. The row goes when they want them again; the trail keeps both."""

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="qbr_opt_out")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.contact} wants no reviews"
