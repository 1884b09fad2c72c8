"""The money facts: who paid what on which days, who was a client, who looked after it, and what moved.

Every row is derived from contract lines, pauses, exchange rates and assignments by `kpis.facts.money.build`, and
replaced client by client. So no foreign key is held by the database: a fact never keeps a row of the book alive.
"""

from typing import Any

from django.db import models

from accounts.models import Team, User
from clients.models import Client, Service

# Contract money in 72nds of a currency unit a month (kpis.direct.lines.SCALE): exact for every interval.
_LEVEL: dict[str, Any] = {"max_digits": 36, "decimal_places": 6}
# 72nds of the agency's currency; shares of a growth have no end and are kept to 40 decimals.
_MOVED: dict[str, Any] = {"max_digits": 90, "decimal_places": 40}
_DERIVED: dict[str, Any] = {"on_delete": models.DO_NOTHING, "db_constraint": False, "related_name": "+"}


class MRRLevel(models.Model):
    """What a client is under contract to pay for a service in a currency, alike on all days of the range."""

    client = models.ForeignKey(Client, db_index=False, **_DERIVED)
    service = models.ForeignKey(Service, db_index=False, **_DERIVED)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    amount = models.DecimalField(**_LEVEL)
    # A recurring line is served, even for nothing: not paused.
    is_live = models.BooleanField()
    # Something with a price, or a project, is under contract, paused or not.
    is_offered = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["client"], name="mrrlevel_client")]

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}/72 {self.currency} from {self.starts_on}"


class MRRRate(models.Model):
    """The exchange rates by which the facts were made: those of the book when all clients were built last.

    Levels are worth what these say, and so add up to the movements until everything is built with newer rates.
    """

    currency = models.CharField(max_length=3)
    effective_on = models.DateField()
    rate_to_base = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "effective_on"], name="mrrrate_day_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate_to_base.normalize():f} from {self.effective_on}"


class ClientPresence(models.Model):
    """Days on which a client paid, was held (paid, or in a pause that counts), or was active (a client)."""

    class Kind(models.TextChoices):
        PAID = "paid", "Paid"
        HELD = "held", "Held"
        ACTIVE = "active", "Active"

    client = models.ForeignKey(Client, db_index=False, **_DERIVED)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["client"], name="clientpresence_client")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.starts_on}"


class ClientOwner(models.Model):
    """The primary account manager of a client and the manager's team; the ranges of a client fill all days."""

    client = models.ForeignKey(Client, db_index=False, **_DERIVED)
    am = models.ForeignKey(User, null=True, db_index=False, **_DERIVED)
    team = models.ForeignKey(Team, null=True, db_index=False, **_DERIVED)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["client"], name="clientowner_client")]

    def __str__(self) -> str:
        return f"Owned from {self.starts_on}"


class MRRMovement(models.Model):
    """A change of a client's MRR in one service on a day; losses are negative.

    Owners are those of the day, but those of the day before where the MRR left them: for `fx` and `transfer_out`.
    A row with a `scope` counts only in the slices of that kind: a hand-over between owners, or what one service
    of a client gave to another.
    """

    client = models.ForeignKey(Client, db_index=False, **_DERIVED)
    service = models.ForeignKey(Service, db_index=False, **_DERIVED)
    day = models.DateField()
    kind = models.CharField(max_length=12)
    scope = models.CharField(max_length=7, blank=True)
    amount = models.DecimalField(**_MOVED)
    am = models.ForeignKey(User, null=True, db_index=False, **_DERIVED)
    team = models.ForeignKey(Team, null=True, db_index=False, **_DERIVED)

    class Meta:
        indexes = [
            models.Index(fields=["client"], name="mrrmovement_client"),
            models.Index(fields=["day"], name="mrrmovement_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount.normalize():f}/72 on {self.day}"
