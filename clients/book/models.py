from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Lower

from accounts.constraints import closed_list, currency_code, ends_after_start, no_overlap
from accounts.models import User
from clients.book_rows import BookRow


class ClientQuerySet(models.QuerySet):
    def active_on(self, day: date):
        """Clients that were not archived on the day."""
        return self.filter(Q(archived_on__isnull=True) | Q(archived_on__gt=day))

    def with_primary_manager(self, day: date):
        """Adds `primary_manager_id`, `_name` and `_book_id` of the day; null if none."""
        primary = Assignment.objects.primary().active_on(day).filter(client=OuterRef("pk"))
        return self.annotate(
            primary_manager_id=Subquery(primary.values("member_id")[:1]),
            primary_manager_name=Subquery(primary.values("member__name")[:1]),
            primary_manager_book_id=Subquery(primary.values("member__book_id")[:1]),
        )

    def assigned_to(self, member: User, day: date):
        """Clients on whose team the member is on the day, as primary or secondary."""
        return self.filter(pk__in=Assignment.objects.active_on(day).filter(member=member).values("client"))

    def named_like(self, text: str):
        """Clients whose name, industry, segment, tag or contact holds the text, in any case."""
        contacts = Contact.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
        return self.filter(
            Q(name__icontains=text)
            | Q(industry__icontains=text)
            | Q(segment__icontains=text)
            | Q(tags__contains=[text.lower()])
            | Q(pk__in=contacts.values("client"))
        )


class Client(BookRow):
    """A customer of the agency."""

    name = models.CharField(max_length=200)
    tier = models.CharField(max_length=60, blank=True)
    industry = models.CharField(max_length=120, blank=True)
    segment = models.CharField(max_length=120, blank=True)
    # Blank means the agency's own.
    time_zone = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    sla_policy = models.ForeignKey(
        "clients.SLAPolicy", null=True, blank=True, on_delete=models.PROTECT, related_name="clients"
    )
    referred_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="referred_clients"
    )
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    archived_on = models.DateField(null=True, blank=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            models.CheckConstraint(name="client_name_present", condition=~Q(name="")),
            models.CheckConstraint(
                name="client_not_referred_by_itself",
                condition=Q(referred_by__isnull=True) | ~Q(referred_by=F("id")),
                violation_error_message="A client cannot be referred by itself.",
            ),
            currency_code(allows_blank=True),
        ]
        indexes = [
            models.Index(Lower("name"), name="client_name_lower"),
            GinIndex(fields=["tags"], name="client_tags"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactQuerySet(models.QuerySet):
    def active_on(self, day: date):
        """Contacts who had not left the client on the day."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=day))

    def with_email(self):
        return self.exclude(email="")


class Contact(BookRow):
    """A person at a client."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    buying_role = models.CharField(max_length=60, blank=True)
    left_on = models.DateField(null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            *BookRow.Meta.constraints,
            models.CheckConstraint(name="contact_name_present", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def buying_role_label(self) -> str:
        """The role in words; books write it as they like."""
        return self.buying_role.replace("_", " ").capitalize()


class AssignmentQuerySet(models.QuerySet):
    def active_on(self, day: date):
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)

    def for_period(self, period):
        """Assignments that hold on at least one day of the period."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=period.start), starts_on__lt=period.end)

    def primary(self):
        return self.filter(role=Assignment.Role.PRIMARY)


class Assignment(models.Model):
    """Which member looks after a client, from `starts_on` until the day before `ends_on`."""

    class Role(models.TextChoices):
        PRIMARY = "primary", "Primary"
        SECONDARY = "secondary", "Secondary"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.PRIMARY)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "member", "role", "starts_on"], name="assignment_start_unique"
            ),
            closed_list("role", "primary", "secondary"),
            ends_after_start(),
            no_overlap(
                "assignment_primary_no_overlap",
                "client",
                "The client has another primary account manager on some of these days.",
                condition=Q(role="primary"),
            ),
        ]
        indexes = [models.Index(fields=["member", "starts_on"], name="assignment_member_start")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} from {self.starts_on}"
