"""Health and risk in words, from what is stored: facts in, short phrases out. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from agencyam.money import format_money, round_half_up
from kpis.health.readings.asking import WINDOW_DAYS

Facts = Mapping[str, Any]
BAND_WORDS = {"green": "Healthy", "amber": "Needs attention", "red": "In trouble", "": "Not known"}
BAND_TONES = {"green": "good", "amber": "warn", "red": "bad", "": "neutral"}
RISK_WORDS = {"high": "High risk", "medium": "Medium risk", "low": "Low risk"}
RISK_TONES = {"high": "bad", "medium": "warn", "low": "good"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def counted(number: int, one: str, many: str = "") -> str:
    """Two late replies; small numbers as words."""
    words = _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"
    return f"{words} {one if number == 1 else many or one + 's'}"


def short_day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def finding(key: str, part: Mapping[str, Any] | None, day: date, *, is_gain: bool = False) -> str:
    """What a component is made of on a day; what is missing where it has no data.

    A share is told by what went wrong, or with `is_gain` by what went well.
    """
    if part is None or part["score"] is None:
        return _MISSING[key]
    if is_gain and key in _WELL:
        return _WELL[key](part["facts"])
    return _FOUND[key](part["facts"], day)


def remedy(key: str, part: Mapping[str, Any]) -> str:
    """What would bring the component back to 100, as it follows "possible by"; blank where nobody can act."""
    act = _REMEDIES.get(key)
    return act(part["facts"]) if act else ""


def _pulse(facts: Facts, day: date) -> str:
    by = f" ({facts['pulse_by']})" if facts.get("pulse_by") else ""
    return f"confidence {facts['pulse']} of {facts['pulse_max']}{by}"


def _sentiment(facts: Facts, day: date) -> str:
    if "nps" in facts:
        who = f" ({facts['nps_from']})" if facts.get("nps_from") else ""
        return f"NPS answer of {facts['nps']}{who}"
    return f"{facts.get('csat_satisfied', 0)} of {facts['csat_answers']} answers satisfied"


def _replies(facts: Facts, day: date) -> str:
    late, first = facts.get("late", 0), facts.get("late_first", 0)
    if not late:
        return f"all {facts['met']} replies in time" if facts["met"] > 1 else "the one reply came in time"
    if first == late:
        return counted(late, "late first reply", "late first replies")
    return counted(late, "late reply", "late replies")


def _delivery(facts: Facts, day: date) -> str:
    late = facts["due"] - facts["on_time"]
    if late:
        return counted(late, "late deliverable")
    return f"all {facts['due']} deliverables on time" if facts["due"] > 1 else "the one deliverable on time"


def _touchpoints(facts: Facts, day: date) -> str:
    thin = facts["client_months"] - facts["covered"]
    if not thin:
        return "enough conversations every month"
    return f"{counted(thin, 'month')} with too few conversations"


def _commercial(facts: Facts, day: date) -> str:
    before, after = Decimal(facts.get("mrr_before", "0")), Decimal(facts.get("mrr_after", "0"))
    if "notice_ends_on" in facts and after >= before:
        return f"notice given, ends {short_day(facts['notice_ends_on'])}"
    if after >= before:
        return "MRR no lower than 90 days ago"
    return f"MRR down {round_half_up(100 * (before - after) / before, 0):f}% in 90 days"


def _retainer(facts: Facts, day: date) -> str:
    used, budget = Decimal(facts["hours_used"]), Decimal(facts["hours_budget"])
    return f"{round_half_up(100 * used / budget, 0):f}% of the agreed hours used"


def _overdue(facts: Facts, day: date) -> str:
    overdue = facts.get("overdue", 0)
    return f"{counted(overdue, 'overdue deliverable')}" if overdue else "nothing overdue"


def _approval(facts: Facts, day: date) -> str:
    days = _amount(facts["approval_days"])
    return f"approvals take {days} {'day' if days == '1' else 'days'}"


def _our_pace(facts: Facts, day: date) -> str:
    return f"our usual reply takes {round_half_up(100 * Decimal(facts['pace']), 0):f}% of the promised time"


def _client_pace(facts: Facts, day: date) -> str:
    return f"the client usually answers in {_amount(facts['client_hours'])} h"


def _stakeholders(facts: Facts, day: date) -> str:
    roles = facts.get("roles", [])
    if "decision maker" not in roles:
        return "no decision maker is known"
    if "decision_maker_on" not in facts:
        return "no contact with the decision maker yet"
    days = (day - date.fromisoformat(facts["decision_maker_on"])).days
    if days > 30:
        return f"no contact with the decision maker for {days} days"
    missing = [role for role in ("sponsor", "champion") if role not in roles]
    return f"no {missing[0]} is known" if missing else "sponsor, decision maker and champion known"


def _silence(facts: Facts, day: date) -> str:
    return f"{facts.get('answered', 0)} of {facts['asked']} surveys answered"


def _amount(text: str) -> str:
    return f"{round_half_up(Decimal(text), 1).normalize():f}"


_FOUND: dict[str, Callable[[Facts, date], str]] = {
    "pulse": _pulse,
    "sentiment": _sentiment,
    "replies": _replies,
    "delivery": _delivery,
    "touchpoints": _touchpoints,
    "commercial": _commercial,
    "retainer": _retainer,
    "overdue": _overdue,
    "approval": _approval,
    "our_pace": _our_pace,
    "client_pace": _client_pace,
    "stakeholders": _stakeholders,
    "silence": _silence,
}
_WELL: dict[str, Callable[[Facts], str]] = {
    "replies": lambda facts: f"{facts['met']} of {facts['met'] + facts['late']} replies in time",
    "delivery": lambda facts: f"{facts['on_time']} of {facts['due']} deliverables on time",
    "touchpoints": lambda facts: (
        f"enough conversations in {facts['covered']} of {facts['client_months']} months"
    ),
}
_MISSING = {
    "pulse": "no confidence given that still holds",
    "sentiment": "no survey answer in 180 days",
    "replies": "no request in 90 days",
    "delivery": "nothing was due in 90 days",
    "touchpoints": "no full month yet",
    "commercial": "no recurring revenue",
    "retainer": "no hours recorded",
    "overdue": "no deliverables",
    "approval": "nothing submitted in 90 days",
    "our_pace": "no reply in 90 days",
    "client_pace": "the client had nothing to answer",
    "stakeholders": "nobody is known",
    "silence": "nobody was asked in 180 days",
}


def _until(text: str | None) -> str:
    """The day on which what is late leaves the window."""
    if text is None:
        return ""
    return f" until {short_day((date.fromisoformat(text) + timedelta(days=WINDOW_DAYS)).isoformat())}"


# Nobody can act on the account manager's own rating, nor on how fast the client answers.
_REMEDIES: dict[str, Callable[[Facts], str]] = {
    "sentiment": lambda facts: (
        f"following up the NPS answer of {facts['nps']}" if "nps" in facts else "following up the low answers"
    ),
    "replies": lambda facts: f"replying within the promise{_until(facts.get('last_late_on'))}",
    "delivery": lambda facts: f"delivering on time{_until(facts.get('last_late_due_on'))}",
    "touchpoints": lambda facts: "enough conversations in each of the next three months",
    "commercial": lambda facts: (
        "winning the client back" if "notice_ends_on" in facts else "winning back the lost MRR"
    ),
    "retainer": lambda facts: "bringing the hours back to what was agreed",
    "overdue": lambda facts: "delivering what is overdue",
    "approval": lambda facts: "getting approvals faster",
    "our_pace": lambda facts: "replying faster",
    "stakeholders": lambda facts: "knowing and meeting those who decide",
    "silence": lambda facts: "getting surveys answered",
}


def flag_words(key: str, facts: Facts, currency: str) -> str:
    """A flag of churn risk with what is known about it."""
    return _FLAGS[key](facts, currency)


def _notice(facts: Facts, currency: str) -> str:
    reason = f": {_plain(facts['reason'])}" if facts.get("reason") else ""
    return f"Notice given, ends {short_day(facts['ends_on'])}{reason}"


def _quiet(facts: Facts, currency: str) -> str:
    last_on = facts.get("last_on")
    return f"No touchpoint since {short_day(last_on)}" if last_on else "No touchpoint ever"


def _contact_left(facts: Facts, currency: str) -> str:
    return f"{facts['name']} left ({facts['role']})"


def _overdue_payment(facts: Facts, currency: str) -> str:
    invoices = counted(facts["invoices"], "invoice").capitalize()
    return f"{invoices} over 30 days late, due {short_day(facts['due_on'])}"


def _detractor(facts: Facts, currency: str) -> str:
    who = f" ({facts['name']})" if facts.get("name") else ""
    return f"NPS answer of {facts['score']}{who}, not followed up"


def _contraction(facts: Facts, currency: str) -> str:
    if "ends_on" in facts:
        return f"{facts['services']} cancelled, ends {short_day(facts['ends_on'])}"
    return f"Pays {format_money(Decimal(facts['lost_mrr']), currency, places=0)} a month less than before"


def _plain(text: str) -> str:
    return text.replace("_", " ")


_FLAGS: dict[str, Callable[[Facts, str], str]] = {
    "notice": _notice,
    "health_red": lambda facts, currency: "Health is red",
    "quiet": _quiet,
    "contact_left": _contact_left,
    "overdue_payment": _overdue_payment,
    "ends_soon": lambda facts, currency: f"Contract ends {short_day(facts['ends_on'])}, no renewal talk",
    "detractor": _detractor,
    "contraction": _contraction,
}
