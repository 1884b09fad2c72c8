import hashlib
import json

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.book_ids import new_book_id
from accounts.by_name import check_margins, check_weights
from accounts.cadence import check_cadence
from accounts.constraints import closed_list, currency_code, ends_after_start, no_overlap
from accounts.roles import Role
from agencyam.jobs.outbox import OutboxEmailBase

HEX_COLOR = RegexValidator(r"^#[0-9a-f]{6}$", "A colour is written like #0f4c81.")


class UserQuerySet(models.QuerySet):
    def active(self):
        """Members who may sign in."""
        return self.filter(is_active=True)

    def carrying_clients(self):
        return self.filter(is_carrying_clients=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str):
        return self.get(email=username.lower())


class User(AbstractBaseUser):
    """A member: a person who works at the agency and signs in. Deactivated, never deleted."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "Same as the device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    book_id = models.TextField(default=new_book_id)
    email = models.EmailField()
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.ACCOUNT_MANAGER)
    fte = models.DecimalField(
        "full-time equivalent", max_digits=4, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which the member is gone.")
    is_active = models.BooleanField(default=True)
    is_carrying_clients = models.BooleanField(default=True, help_text="Counts in the workload of the team.")
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    has_single_keys = models.BooleanField("single-key shortcuts", default=True)
    # Part of every session's hash: raising it ends all sessions of the member at their next request.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book_id"], name="user_book_id_unique"),
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_unique",
                violation_error_message="A member with this e-mail address exists already.",
            ),
            models.CheckConstraint(name="user_email_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(name="user_fte_not_negative", condition=Q(fte__gte=0)),
            closed_list("role", "owner", "leader", "account_manager", "viewer"),
            closed_list("theme", "system", "light", "dark"),
            ends_after_start(),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def get_session_auth_hash(self) -> str:
        return self._session_hash(secret=None)

    def get_session_auth_fallback_hash(self):
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret=secret)

    def _session_hash(self, *, secret: str | None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class Team(models.Model):
    """Members who look after their clients together; a client's team is that of its primary manager."""

    book_id = models.TextField(default=new_book_id)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book_id"], name="team_book_id_unique"),
            models.UniqueConstraint(
                Lower("name"),
                name="team_name_unique",
                violation_error_message="A team has this name already.",
            ),
            models.CheckConstraint(name="team_name_present", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(models.Model):
    """A member's place in a team from a day on; nobody is in two teams on one day."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="team_memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "starts_on"], name="teammembership_unique"),
            ends_after_start(),
            no_overlap(
                "teammembership_no_overlap", "member", "The member is in a team on some of these days."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.team}"


class AgencySettingsQuerySet(models.QuerySet["AgencySettings"]):
    def get_solo(self) -> "AgencySettings":
        """The agency's settings; the defaults, unsaved, while nobody has changed any."""
        return self.filter(pk=AgencySettings.ONLY_ID).first() or AgencySettings(pk=AgencySettings.ONLY_ID)


class AgencySettings(models.Model):
    """What an agency decides about its numbers, its pages and its documents. One row."""

    ONLY_ID = 1

    class ClientBasis(models.TextChoices):
        RECURRING = "recurring", "Clients with recurring revenue"
        ANY = "any", "Clients with any work"

    class HeadingFont(models.TextChoices):
        INTER = "inter", "Inter"
        PLEX_SERIF = "plex_serif", "IBM Plex Serif"
        PLEX_SANS = "plex_sans", "IBM Plex Sans"

    name = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    gross_margin = models.DecimalField(max_digits=7, decimal_places=6, default=1)
    # By service id, where a service keeps another share of its revenue (see accounts.by_name).
    service_margins = models.JSONField(default=dict, blank=True, validators=[check_margins])
    clv_window_months = models.PositiveSmallIntegerField(default=12, validators=[MinValueValidator(1)])
    max_pause_days = models.PositiveSmallIntegerField(default=180)
    proposal_expiry_days = models.PositiveSmallIntegerField(default=90, validators=[MinValueValidator(1)])
    fcr_window_days = models.PositiveSmallIntegerField(default=7)
    freeze_business_day = models.PositiveSmallIntegerField(
        "business day on which last month closes",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    client_basis = models.CharField(max_length=10, choices=ClientBasis.choices, default=ClientBasis.RECURRING)
    # Null means the usual rule: the two best scores of the scale.
    csat_satisfied_scores = ArrayField(models.SmallIntegerField(), null=True, blank=True)
    # Business hours to a reply for clients without a policy of their own; null: as the book's default policy says.
    reply_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    # How much a client of a tier weighs in a manager's load; while no tier has a weight, no load is weighted.
    tier_weights = models.JSONField(default=dict, blank=True, validators=[check_weights])
    # Whether one-off projects that were sold to clients are counted.
    include_one_off = models.BooleanField(default=False)
    # Conversations a month by tier or segment (see accounts.cadence).
    cadence = models.JSONField(default=dict, blank=True, validators=[check_cadence])
    # In what the headings of reviews are set; text, tables and charts stay in ours.
    heading_font = models.CharField(max_length=12, choices=HeadingFont.choices, default=HeadingFont.INTER)
    is_portfolio_private = models.BooleanField("account managers see only their own clients", default=False)
    brand_color = models.CharField(max_length=7, default="#0f4c81", validators=[HEX_COLOR])
    accent_color = models.CharField(max_length=7, default="#b45309", validators=[HEX_COLOR])
    # A PNG that was re-encoded here, or null.
    logo = models.BinaryField(null=True, blank=True)
    locale = models.CharField(max_length=12, default="en_GB")

    objects = AgencySettingsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="agencysettings_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="agencysettings_fiscal_month_valid",
                condition=Q(fiscal_year_start_month__gte=1, fiscal_year_start_month__lte=12),
            ),
            models.CheckConstraint(
                name="agencysettings_gross_margin_within_one",
                condition=Q(gross_margin__gt=0, gross_margin__lte=1),
                violation_error_message="The gross margin must be above 0 and at most 1.",
            ),
            models.CheckConstraint(
                name="agencysettings_freeze_day_valid",
                condition=Q(freeze_business_day__gte=1, freeze_business_day__lte=20),
                violation_error_message="A month closes on a business day from 1 to 20.",
            ),
            models.CheckConstraint(
                name="agencysettings_windows_positive",
                condition=Q(clv_window_months__gte=1, proposal_expiry_days__gte=1),
            ),
            models.CheckConstraint(
                name="agencysettings_reply_hours_positive",
                condition=Q(reply_hours__isnull=True) | Q(reply_hours__gt=0),
                violation_error_message="The promised hours must be more than 0.",
            ),
            models.CheckConstraint(
                name="agencysettings_colors_hex",
                condition=Q(brand_color__regex=r"^#[0-9a-f]{6}$", accent_color__regex=r"^#[0-9a-f]{6}$"),
            ),
            closed_list("client_basis", "recurring", "any"),
            closed_list("heading_font", "inter", "plex_serif", "plex_sans"),
            currency_code(),
        ]

    def __str__(self) -> str:
        return self.name or "Agency settings"


class AuditEvent(models.Model):
    """One thing that somebody did. The database refuses to change or delete it (see the migration).

    Each row carries the hash of the one before, so that a row taken out or changed behind the database's back
    is noticed by `accounts.selectors.find_broken_audit_link`.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_events"
    )
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=80, blank=True)
    target_label = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=64, blank=True)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prev_hash"], name="auditevent_chain_linear"),
            models.CheckConstraint(name="auditevent_hash_sha256", condition=Q(hash__regex=r"^[0-9a-f]{64}$")),
        ]
        indexes = [
            models.Index("target_type", "target_id", F("at").desc(), name="auditevent_target_at"),
            models.Index(F("at").desc(), name="auditevent_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}".strip()

    def expected_hash(self) -> str:
        """SHA-256 over the row's own fields and the hash of the row before it."""
        content = {
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor_id,
            "action": self.action,
            "target_type": self.target_type,
            "target_id": self.target_id,
            "target_label": self.target_label,
            "changes": self.changes,
            "request_id": self.request_id,
            "prev_hash": self.prev_hash,
        }
        canonical = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class OutboxEmail(OutboxEmailBase):
    """A mail of this agency, written in the business transaction and sent by the outbox."""

    class Meta(OutboxEmailBase.Meta):
        pass


class MailEvent(models.Model):
    """What a mail provider reported about a mail, each report once."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Marked as spam"

    mail = models.ForeignKey(OutboxEmail, on_delete=models.CASCADE, related_name="events")
    provider = models.CharField(max_length=30)
    event_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_key"], name="mailevent_reported_once"),
            closed_list("kind", "delivered", "bounced", "complained"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mail}"
