from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.constraints import closed_list, currency_code, not_negative
from clients.book.models import Client, Contact
from clients.book_rows import AmountField, BookRow


class OpportunityQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_on__isnull=True)


class Opportunity(BookRow):
    """More business that a client may give. Open until `closed_on`."""

    class Kind(models.TextChoices):
        UPSELL = "upsell", "Upsell"
        CROSS_SELL = "cross_sell", "Cross-sell"
        RENEWAL = "renewal", "Renewal"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="opportunities")
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    name = models.CharField(max_length=200, blank=True)
    monthly_amount = AmountField(null=True, blank=True)
    one_off_amount = AmountField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    probability = models.DecimalField(
        max_digits=7, decimal_places=6, null=True, blank=True, help_text="From 0 to 1."
    )
    stage = models.CharField(max_length=60, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("kind", "upsell", "cross_sell", "renewal", allows_blank=True),
            currency_code(),
            not_negative("monthly_amount"),
            not_negative("one_off_amount"),
            models.CheckConstraint(
                name="opportunity_probability_within_one",
                condition=Q(probability__gte=0, probability__lte=1),
                violation_error_message="A probability lies between 0 and 1.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProposalQuerySet(models.QuerySet):
    def decided_between(self, start: datetime, end: datetime):
        return self.filter(decided_at__gte=start, decided_at__lt=end)

    def pending(self):
        """Sent and not answered."""
        return self.filter(status=Proposal.Status.SENT)


class Proposal(BookRow):
    """An offer to a client; `decided_at` is when it was won, lost or expired."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent"
        WON = "won", "Won"
        LOST = "lost", "Lost"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    DECIDED = (Status.WON, Status.LOST, Status.EXPIRED)

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=300)
    amount = AmountField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    sent_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    lost_reason = models.CharField(max_length=200, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("status", "draft", "sent", "won", "lost", "expired", "withdrawn"),
            currency_code(),
            not_negative("amount"),
            models.CheckConstraint(
                name="proposal_decision_has_date",
                condition=(~Q(status__in=["won", "lost", "expired"]) | Q(decided_at__isnull=False))
                & (~Q(status__in=["draft", "sent"]) | Q(decided_at__isnull=True)),
                violation_error_message=(
                    "A won, lost or expired proposal has the time of its decision; a draft or sent one none."
                ),
            ),
            models.CheckConstraint(
                name="proposal_decided_after_sent",
                condition=Q(decided_at__gte=F("sent_at")),
                violation_error_message="A proposal cannot be decided before it was sent.",
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="proposal_decided")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_decided(self) -> bool:
        return self.status in self.DECIDED


class Referral(BookRow):
    """A lead that a client sent to the agency."""

    class Outcome(models.TextChoices):
        OPEN = "open", "Open"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    lead_name = models.CharField(max_length=200)
    made_on = models.DateField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.OPEN)
    became_client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.PROTECT, related_name="came_from_referrals"
    )

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            closed_list("outcome", "open", "won", "lost"),
            models.CheckConstraint(
                name="referral_not_of_itself",
                condition=Q(became_client__isnull=True) | ~Q(became_client=F("client")),
                violation_error_message="A client cannot refer itself.",
            ),
        ]
        indexes = [models.Index(fields=["client", "made_on"], name="referral_client_made")]

    def __str__(self) -> str:
        return self.lead_name


class Testimonial(BookRow):
    """Praise that a client wrote. `is_usable` means that consent was given and not withdrawn."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="testimonials", db_index=False)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="testimonials"
    )
    received_on = models.DateField()
    text = models.TextField(blank=True)
    is_usable = models.BooleanField(default=False)

    class Meta:
        constraints = BookRow.Meta.constraints
        indexes = [models.Index(fields=["client", "received_on"], name="testimonial_client_received")]

    def __str__(self) -> str:
        return f"Testimonial of {self.received_on}"
