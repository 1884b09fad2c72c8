"""What members want to hear of: their choices, or the usual of their role; and who may hear of which alert."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import AgencySettings, User
from accounts.permissions import can, sees_all_clients
from accounts.roles import Permission
from accounts.services import audit
from agencyam.exceptions import Refused
from clients.book.models import Assignment
from kpis.alerts.models import Alert, AlertSubscription
from kpis.alerts.morning import Morning
from kpis.alerts.rules import Delivery, Rule, Scope, Wish, usual_wish


class CannotSubscribe(Refused):
    pass


@dataclass(frozen=True)
class Listener:
    """A member with access, their wishes by rule, their clients of today, and how far they may see."""

    member: User
    wishes: Mapping[Rule, Wish]
    clients: frozenset[int]
    morning: Morning
    sees_all: bool

    def may_see(self, alert: Alert) -> bool:
        """Where portfolios are private: own clients and the own numbers, nothing else."""
        return self.sees_all or self._is_own(alert)

    def wants(self, alert: Alert) -> bool:
        """Whether they may see it, subscribed to it in this scope, and it goes as far as they asked."""
        wish = self.wishes[Rule(alert.rule)]
        if not wish.wants(alert.measure) or not self.may_see(alert):
            return False
        # An account manager's numbers are for that member alone, in every scope.
        return self._is_own(alert) or (wish.scope == Scope.AGENCY and alert.by != "am")

    def delivery(self, alert: Alert) -> Delivery:
        return self.wishes[Rule(alert.rule)].delivery

    def _is_own(self, alert: Alert) -> bool:
        if alert.client_id is not None:
            return alert.client_id in self.clients
        return alert.by == "am" and alert.slice_key == self.member.book_id


def list_listeners(*, today: date, settings: AgencySettings) -> list[Listener]:
    """Every member who has access; three queries."""
    members = [member for member in User.objects.active().order_by("pk") if can(member, Permission.KPI_VIEW)]
    chosen: dict[int, list[AlertSubscription]] = {}
    for row in AlertSubscription.objects.all():
        chosen.setdefault(row.member_id, []).append(row)
    portfolios: dict[int, set[int]] = {}
    for client_id, member_id in Assignment.objects.active_on(today).values_list("client_id", "member_id"):
        portfolios.setdefault(member_id, set()).add(client_id)
    return [
        Listener(
            member=member,
            wishes=_wishes(member, chosen.get(member.pk, [])),
            clients=frozenset(portfolios.get(member.pk, ())),
            morning=_morning(chosen.get(member.pk, [])),
            sees_all=sees_all_clients(member, is_portfolio_private=settings.is_portfolio_private),
        )
        for member in members
    ]


def list_wishes(*, member: User) -> tuple[list[Wish], Morning]:
    """A member's wishes, one for each rule in order, and when the morning mail comes. One query."""
    rows = list(AlertSubscription.objects.filter(member=member))
    return list(_wishes(member, rows).values()), _morning(rows)


@transaction.atomic
def save_wishes(
    *, by: User, member: User, wishes: Collection[Wish], morning: Morning, settings: AgencySettings
) -> None:
    """Keep what a member wants of each rule. Raises CannotSubscribe, ValidationError."""
    sees_all = sees_all_clients(member, is_portfolio_private=settings.is_portfolio_private)
    if not sees_all and any(wish.is_active and wish.scope == Scope.AGENCY for wish in wishes):
        raise CannotSubscribe("Portfolios are private here: alerts can only be about your own clients.")
    User.objects.select_for_update().get(pk=member.pk)
    before, earlier = list_wishes(member=member)
    rows = [_row(member, wish, morning) for wish in wishes]
    for row in rows:
        row.full_clean(validate_unique=False, validate_constraints=False)
    AlertSubscription.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["member", "rule"],
        update_fields=["is_active", "scope", "delivery", "threshold", "digest_hour", "digest_zone"],
    )
    was = {wish.rule.value: _told(wish) for wish in before} | _told_morning(earlier)
    now = {wish.rule.value: _told(wish) for wish in wishes} | _told_morning(morning)
    audit.record(by=by, action="alerts.subscribe", target=member, changes=audit.changed_fields(was, now))


def _row(member: User, wish: Wish, morning: Morning) -> AlertSubscription:
    return AlertSubscription(
        member=member,
        rule=wish.rule,
        is_active=wish.is_active,
        scope=wish.scope,
        delivery=wish.delivery,
        threshold=wish.threshold,
        digest_hour=morning.hour,
        digest_zone=morning.zone,
    )


def _told(wish: Wish) -> str:
    return f"{wish.scope}, {wish.delivery}, {wish.threshold}" if wish.is_active else "off"


def _told_morning(morning: Morning) -> dict[str, int | str]:
    return {"digest_hour": morning.hour, "digest_zone": morning.zone}


def _wishes(member: User, rows: Iterable[AlertSubscription]) -> dict[Rule, Wish]:
    chosen = {
        Rule(row.rule): Wish(
            Rule(row.rule), row.is_active, Scope(row.scope), Delivery(row.delivery), row.threshold
        )
        for row in rows
    }
    return {rule: chosen.get(rule) or usual_wish(rule, member.role) for rule in Rule}


def _morning(rows: Iterable[AlertSubscription]) -> Morning:
    return next((Morning(row.digest_hour, row.digest_zone) for row in rows), Morning())
