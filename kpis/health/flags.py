"""Churn risk: named flags with the day from which each holds, and the level that they make. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kpis.health.components import Facts
from kpis.health.readings.contracts import OVERDUE_DAYS, SOON_DAYS

QUIET_DAYS = 45
DETRACTOR_BELOW = 7
FLAGS_FOR_HIGH = 3

NAMES = {
    "notice": "Notice given",
    "health_red": "Health is red",
    "quiet": "No touchpoint for 45 days",
    "contact_left": "Main contact left",
    "overdue_payment": "Payment over 30 days late",
    "ends_soon": "Contract ends, no renewal talk",
    "detractor": "Detractor unanswered",
    "contraction": "Pays less than before",
}


@dataclass(frozen=True)
class Flag:
    """One sign of risk: its key, the day from which it holds (None if that is not known) and what is known."""

    key: str
    on: date | None
    facts: dict[str, Any]

    def stored(self) -> dict[str, Any]:
        return {"key": self.key, "on": self.on.isoformat() if self.on else None, "facts": self.facts}


def list_flags(facts: Facts, day: date, *, band: str, red_since: date | None = None) -> list[Flag]:
    """The flags of a client that hold on the day, in the order of NAMES."""
    found = [
        _notice(facts),
        Flag("health_red", red_since or day, {}) if band == "red" else None,
        _quiet(facts, day),
        _contact_left(facts),
        _overdue(facts),
        _ends_soon(facts),
        _detractor(facts),
        _contraction(facts, day),
    ]
    return [flag for flag in found if flag is not None]


def level_of(keys: set[str]) -> str:
    """High with notice, red health or three flags; medium with one or two; else low."""
    if keys & {"notice", "health_red"} or len(keys) >= FLAGS_FOR_HIGH:
        return "high"
    return "medium" if keys else "low"


def _notice(facts: Facts) -> Flag | None:
    if facts.get("notice_ends_on") is None or facts["is_partial"]:
        return None
    return Flag("notice", _day(facts["noticed_on"]), _notice_facts(facts))


def _notice_facts(facts: Facts) -> dict[str, Any]:
    return _only(facts, ends_on="notice_ends_on", reason="notice_reason", services="noticed_services")


def _quiet(facts: Facts, day: date) -> Flag | None:
    """Counted from the last conversation, or from the day on which the client came (back), if that is later."""
    last_on, since = _day(facts.get("last_touchpoint_on")), _day(facts.get("client_since"))
    start = max(filter(None, (last_on, since)), default=None)
    if start is None or (day - start).days < QUIET_DAYS:
        return None
    on = start + timedelta(days=QUIET_DAYS)
    return Flag("quiet", on, {"last_on": last_on.isoformat() if last_on else None})


def _contact_left(facts: Facts) -> Flag | None:
    if facts.get("gone_on") is None:
        return None
    return Flag("contact_left", _day(facts["gone_on"]), _only(facts, name="gone_name", role="gone_role"))


def _overdue(facts: Facts) -> Flag | None:
    due_on = _day(facts.get("due_on"))
    if due_on is None:
        return None
    about = _only(facts, invoices="invoices", due_on="due_on")
    return Flag("overdue_payment", due_on + timedelta(days=OVERDUE_DAYS + 1), about)


def _ends_soon(facts: Facts) -> Flag | None:
    ends_on = _day(facts.get("ends_on"))
    if ends_on is None or facts["has_renewal_talk"]:
        return None
    return Flag("ends_soon", ends_on - timedelta(days=SOON_DAYS), _only(facts, ends_on="ends_on"))


def _detractor(facts: Facts) -> Flag | None:
    """Nobody spoke with the client since a bad answer."""
    if facts.get("nps") is None or facts["nps"] >= DETRACTOR_BELOW:
        return None
    answered_at, spoke_at = facts["nps_at"], facts.get("last_touchpoint_at")
    if spoke_at and datetime.fromisoformat(spoke_at) > datetime.fromisoformat(answered_at):
        return None
    return Flag("detractor", _day(facts["nps_on"]), _only(facts, score="nps", name="nps_from"))


def _contraction(facts: Facts, day: date) -> Flag | None:
    if facts.get("contracted_on") is not None:
        return Flag("contraction", _day(facts["contracted_on"]), _only(facts, lost_mrr="lost_mrr"))
    if facts.get("notice_ends_on") is not None and facts["is_partial"]:
        return Flag("contraction", _day(facts["noticed_on"]), _notice_facts(facts))
    return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _only(facts: Mapping[str, Any], **names: str) -> dict[str, Any]:
    return {name: facts[source] for name, source in names.items() if facts.get(source) is not None}
