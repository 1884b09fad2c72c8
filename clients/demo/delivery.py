"""Deliverables with their delays, hours on retainers, invoices."""

from datetime import date, timedelta

from agencyam.periods import add_months
from clients.demo import texts
from clients.demo.clientele import Life
from clients.demo.commerce import INTERVAL_MONTHS, Commerce, Line
from clients.demo.dice import Dice
from clients.demo.profiles import Profile

DELIVERABLES_A_MONTH = {"A": 2.0, "B": 1.3, "C": 0.7}
ON_TIME = 0.88
HOURLY_RATE = 105


def deliverables_of_month(
    life: Life, commerce: Commerce, profile: Profile, dice: Dice, start: date, end: date, until: date
) -> list[dict]:
    """Work promised for days of `[start, end)`; what lies after `until` is not delivered yet."""
    lines = commerce.monthly_lines(life.client_id, start)
    result = []
    for _ in range(dice.count(DELIVERABLES_A_MONTH[life.tier]) if lines else 0):
        line = dice.pick(lines)
        due = dice.workday(start, end)
        name, planned = dice.pick(line.offer.deliverables), round(dice.skewed(1100, 0.5) / 10) * 10
        row = {
            "client_id": life.client_id,
            "project": f"{line.offer.name} {due.year}",
            "title": f"{name}, {due:%B %Y}" if dice.chance(0.6) else name,
            "baseline_due_on": due,
            "planned_cost": planned,
        }
        result.append(row | _outcome(dice, life, due, planned, until))
    return result


def _outcome(dice: Dice, life: Life, due: date, planned: int, until: date) -> dict:
    if dice.chance(0.025):
        return {"status": "cancelled"}
    is_late = not dice.chance(ON_TIME - 0.3 * max(0.0, 0.6 - life.mood(due)))
    days = 1 + int(dice.waiting(6)) if is_late else -int(dice.waiting(2.5))
    delivered = due + timedelta(days=days)
    cause = dice.weighted(texts.DELAY_CAUSES) if is_late else ""
    again = (
        {"due_on": delivered + timedelta(days=dice.whole(0, 2)), "delay_cause": cause}
        if cause in ("client", "agreed")
        else {}
    )
    if delivered > until:
        return {
            "status": "late" if due < until else "in_progress" if (due - until).days < 20 else "planned"
        } | again
    submitted = delivered - timedelta(days=dice.whole(0, 3))
    approved = delivered + timedelta(days=dice.whole(0, 9))
    return again | {
        "delivered_on": delivered,
        "submitted_on": submitted,
        "approved_on": approved if approved <= until and dice.chance(0.9) else None,
        "status": "approved" if approved <= until else "delivered",
        "delay_cause": cause,
        "actual_cost": round(planned * dice.skewed(1.02 if not is_late else 1.18, 0.16) / 5) * 5,
    }


def retainer_usage(commerce: Commerce, dice: Dice, *, start: date, until: date) -> list[dict]:
    """Hours budgeted and used, by line and month, from the book's first month to the running one."""
    result = []
    for line in commerce.lines:
        if not line.interval or line.interval == "year":
            continue
        own = dice.stream("usage", line.line_id)
        month = max(start, line.starts_on).replace(day=1)
        budget = max(round(line.monthly / HOURLY_RATE), 1)
        while month <= until and (line.ends_on is None or month < line.ends_on):
            share = min((until - month).days / 30, 1) if month.replace(day=1) == until.replace(day=1) else 1
            used = round(max(own.normal(budget * 0.97, budget * 0.16), 0) * share * 4) / 4
            result.append(
                {"line_id": line.line_id, "month": month, "hours_budget": budget, "hours_used": used}
            )
            month = add_months(month, 1)
    return result


def invoices(
    life: Life, commerce: Commerce, dice: Dice, currency: str, *, start: date, until: date
) -> list[dict]:
    """One bill a month for all that falls due in it, paid after a while, a few late or still open."""
    result = []
    mine = [line for line in commerce.lines if line.client_id == life.client_id]
    month, term = start, dice.pick((14, 14, 30, 30, 45))
    while month <= until:
        amount = sum(line.amount for line in mine if _is_billed(line, month))
        if amount:
            due = month + timedelta(days=term)
            paid = due + timedelta(days=round(dice.normal(-3 + 14 * (0.75 - life.mood(month)), 6)))
            if dice.chance(0.02):
                paid += timedelta(days=dice.whole(25, 70))
            paid = max(paid, month + timedelta(days=1))
            result.append(
                {
                    "client_id": life.client_id,
                    "issued_on": month,
                    "due_on": due,
                    "paid_on": paid if paid <= until else None,
                    "amount": amount,
                    "currency": currency,
                }
            )
        month = add_months(month, 1)
    return result


def _is_billed(line: Line, month: date) -> bool:
    if not line.interval:
        return line.starts_on.replace(day=1) == month
    if line.starts_on > month or (line.ends_on is not None and line.ends_on <= month):
        return False
    months = (month.year - line.starts_on.year) * 12 + month.month - line.starts_on.month
    return months % INTERVAL_MONTHS[line.interval] == 0
