"""Targets as they are kept, the slices that can have one, and what these are called."""

from collections.abc import Collection, Iterable
from typing import Any

from accounts.models import AuditEvent, Team, User
from clients.book.models import Client
from kpis.formulas.definition import Definition
from kpis.models import Target

Named = list[tuple[str, str]]  # (key, words)


def list_targets(*, kpi: str | None = None) -> list[Target]:
    """The targets of all KPIs, or of one: the agency's first, then by slice and day."""
    targets = Target.objects.order_by("kpi", "scope", "key", "-starts_on")
    found = targets if kpi is None else targets.filter(kpi=kpi)
    return sorted(found, key=lambda target: target.scope != Target.Scope.AGENCY)


def find_target(target_id: int) -> Target | None:
    return Target.objects.filter(pk=target_id).first()


def list_slices(definition: Definition) -> list[tuple[str, Named]]:
    """(scope, its slices) that a target of this KPI can be for, the agency left out: a query for each kind."""
    kinds = {
        Target.Scope.ACCOUNT_MANAGER: _managers,
        Target.Scope.TEAM: _teams,
        Target.Scope.SEGMENT: _segments,
        Target.Scope.CLIENT: _clients,
    }
    return [(scope.value, read()) for scope, read in kinds.items() if scope.value in definition.slices]


def name_slices(targets: Iterable[Target]) -> dict[tuple[str, str], str]:
    """What the slices of these targets are called: a query for each kind that occurs."""
    keys: dict[str, set[str]] = {}
    for target in targets:
        keys.setdefault(target.scope, set()).add(target.key)
    models: dict[Target.Scope, Any] = {
        Target.Scope.ACCOUNT_MANAGER: User,
        Target.Scope.TEAM: Team,
        Target.Scope.CLIENT: Client,
    }
    names = {
        (scope.value, key): name
        for scope, model in models.items()
        if scope in keys
        for key, name in model.objects.filter(book_id__in=keys[scope]).values_list("book_id", "name")
    }
    return {
        (target.scope, target.key): names.get((target.scope, target.key), target.key) for target in targets
    }


def list_events(*, target_ids: Collection[int]) -> dict[int, AuditEvent]:
    """Who set each target, from the trail: the latest row that says so."""
    events = AuditEvent.objects.filter(
        target_type=Target._meta.label_lower,
        target_id__in=[str(target_id) for target_id in target_ids],
        action="target.set",
    )
    return {int(event.target_id): event for event in events.select_related("actor").order_by("at")}


def _managers() -> Named:
    members = User.objects.active().carrying_clients().order_by("name", "book_id")
    return list(members.values_list("book_id", "name"))


def _teams() -> Named:
    return list(Team.objects.order_by("name", "book_id").values_list("book_id", "name"))


def _segments() -> Named:
    segments = Client.objects.exclude(segment="").order_by("segment").values_list("segment", flat=True)
    return [(segment, segment) for segment in segments.distinct()]


def _clients() -> Named:
    clients = Client.objects.filter(archived_on__isnull=True).order_by("name", "book_id")
    return list(clients.values_list("book_id", "name"))
