"""The targets as their pages show them: the usual ones, the agency's, and those of single slices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from accounts.models import AgencySettings, User
from accounts.permissions import sees_all_clients
from clients.book import selectors as book_selectors
from kpis.direct.query import is_chosen
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition
from kpis.groups import GROUPS
from kpis.models import Target
from kpis.targeting import selectors
from kpis.targeting.words import equivalent_words, target_words

SCOPE_WORDS = {
    "agency": "Agency",
    "am": "Account manager",
    "team": "Team",
    "segment": "Segment",
    "client": "Client",
}


@dataclass(frozen=True)
class TargetView:
    """One target in words. `state` is in force, planned or over."""

    target: Target
    scope: str
    label: str
    words: str
    state: str
    set_by: str = ""
    set_at: datetime | None = None

    @property
    def tone(self) -> str:
        return {"in force": "good", "planned": "info"}.get(self.state, "neutral")


@dataclass(frozen=True)
class KpiTargets:
    """All targets of a KPI: `agency` and `own` are those that hold or are planned."""

    definition: Definition
    usual: str
    equivalent: str
    agency: list[TargetView]
    own: list[TargetView]
    past: list[TargetView]

    @property
    def is_aimed_at(self) -> bool:
        return bool(self.usual or self.agency or self.own)

    @property
    def views(self) -> list[TargetView]:
        return [*self.agency, *self.own, *self.past]


@dataclass(frozen=True)
class TargetGroup:
    """A group of the scorecard: the KPIs at which something is aimed, and the others."""

    title: str
    aimed: list[KpiTargets]
    unaimed: list[KpiTargets]


def list_kpi_targets(*, user: User, today: date, settings: AgencySettings) -> list[TargetGroup]:
    """The targets of every KPI that is counted, in the groups of the scorecard; a fixed number of queries."""
    targets = _visible(selectors.list_targets(), user, today, settings)
    views = _views(targets, today, settings)
    groups = []
    for title, keys in GROUPS:
        counted = [kpi for kpi in keys if kpi in views or is_chosen(DEFINITIONS[kpi], settings)]
        rows = [_kpi_targets(DEFINITIONS[kpi], views.get(kpi, []), settings) for kpi in counted]
        aimed = [row for row in rows if row.is_aimed_at]
        groups.append(TargetGroup(title, aimed, [row for row in rows if not row.is_aimed_at]))
    return groups


def get_kpi_targets(*, kpi: str, user: User, today: date, settings: AgencySettings) -> KpiTargets:
    """The targets of one KPI, past ones too, with who set them. Raises KeyError for no KPI."""
    definition = DEFINITIONS[kpi]
    targets = _visible(selectors.list_targets(kpi=kpi), user, today, settings)
    return _kpi_targets(definition, _views(targets, today, settings, has_authors=True).get(kpi, []), settings)


def get_target_view(*, target: Target, today: date, settings: AgencySettings) -> TargetView:
    return _views([target], today, settings)[target.kpi][0]


def _visible(targets: list[Target], user: User, today: date, settings: AgencySettings) -> list[Target]:
    """Where portfolios are private, an account manager sees the agency's and those of their own slices."""
    if sees_all_clients(user, is_portfolio_private=settings.is_portfolio_private):
        return targets
    clients = book_selectors.visible_clients(user=user, today=today)
    own = {("am", user.book_id)} | {("client", key) for key in clients.values_list("book_id", flat=True)}
    return [target for target in targets if target.scope == "agency" or (target.scope, target.key) in own]


def _views(
    targets: Collection[Target], today: date, settings: AgencySettings, *, has_authors: bool = False
) -> dict[str, list[TargetView]]:
    """By KPI, in the order given. Targets of a KPI that is no more are left out."""
    known = [target for target in targets if target.kpi in DEFINITIONS]
    names = selectors.name_slices(known)
    events = selectors.list_events(target_ids=[target.pk for target in known]) if has_authors else {}
    views: dict[str, list[TargetView]] = {}
    for target in known:
        event = events.get(target.pk)
        views.setdefault(target.kpi, []).append(
            TargetView(
                target=target,
                scope=SCOPE_WORDS[target.scope],
                label=names[(target.scope, target.key)] or settings.name or "Agency",
                words=target_words(
                    DEFINITIONS[target.kpi],
                    target.low,
                    target.high,
                    currency=settings.currency,
                    locale=settings.locale,
                ),
                state=_state(target, today),
                set_by=event.actor.name if event and event.actor else "",
                set_at=event.at if event else None,
            )
        )
    return views


def _state(target: Target, today: date) -> str:
    if target.starts_on > today:
        return "planned"
    return "over" if target.ends_on is not None and target.ends_on <= today else "in force"


def _kpi_targets(definition: Definition, views: list[TargetView], settings: AgencySettings) -> KpiTargets:
    present = [view for view in views if view.state != "over"]
    agency = [view for view in present if view.target.scope == "agency"]
    held = next((view.target.low for view in agency if view.state == "in force"), definition.target)
    words = partial(target_words, definition, currency=settings.currency, locale=settings.locale)
    return KpiTargets(
        definition=definition,
        usual=words(definition.target, definition.band_high),
        equivalent=equivalent_words(definition, held, currency=settings.currency, locale=settings.locale),
        agency=agency,
        own=[view for view in present if view.target.scope != "agency"],
        past=[view for view in views if view.state == "over"],
    )
