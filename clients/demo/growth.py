"""Proposals, opportunities, referrals, testimonials and goals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agencyam.periods import add_months
from clients.demo import texts
from clients.demo.clientele import Life
from clients.demo.commerce import Commerce
from clients.demo.conversations import at_hour
from clients.demo.dice import Dice
from clients.demo.profiles import Profile

# Proposals that came to nothing, for each that was won; the rest of the conversion follows from it.
LOST_FOR_EACH_WON = 0.72
REFERRALS_A_YEAR, TESTIMONIALS_A_YEAR = 0.22, 0.3


@dataclass(frozen=True, slots=True)
class Proposal:
    """An offer and what became of it."""

    client_id: str
    title: str
    amount: int
    status: str
    sent_at: datetime | None
    decided_at: datetime | None
    lost_reason: str = ""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """More business that may come, came or did not."""

    client_id: str
    kind: str
    name: str
    monthly: int | None
    one_off: int | None
    probability: str
    stage: str
    expected_on: date
    closed_on: date | None


def proposals(
    commerce: Commerce, lives: list[Life], profile: Profile, dice: Dice, *, start: date, until: date
) -> list[Proposal]:
    """A won proposal before most sales, lost and silent ones between them, some still open at the end."""
    result = []
    for number, sale in enumerate(commerce.sales):
        own = dice.stream("won", number)
        if sale.on >= start and (sale.one_off or own.chance(0.6)):
            result.append(
                _won(own, profile, sale.client_id, sale.name, sale.one_off or sale.monthly * 12, sale.on)
            )
    for life in lives:
        for begins, _ends in life.spans:
            first_year = sum(line.monthly for line in commerce.monthly_lines(life.client_id, begins)) * 12
            if begins >= start:
                own = dice.stream("first", life.client_id, begins)
                result.append(
                    _won(own, profile, life.client_id, "Working together", round(first_year), begins)
                )
    for number in range(round(len(result) * LOST_FOR_EACH_WON)):
        own = dice.stream("lost", number)
        result += _lost(own, profile, lives, own.workday(start, until))
    for number in range(max(2, len(lives) // 12)):
        own = dice.stream("pending", number)
        result += _pending(own, profile, lives, until)
    return sorted(
        result,
        key=lambda one: (one.sent_at or at_hour(until, profile.time_zone, 12), one.client_id, one.title),
    )


def _won(dice: Dice, profile: Profile, client_id: str, name: str, amount: int, on: date) -> Proposal:
    decided_on = on - timedelta(days=dice.whole(2, 25))
    sent_on = decided_on - timedelta(days=dice.whole(3, 40))
    zone = profile.time_zone
    return Proposal(client_id, name, amount, "won", at_hour(sent_on, zone, 15), at_hour(decided_on, zone, 11))


def _idea(dice: Dice, profile: Profile) -> tuple[str, int]:
    if dice.chance(0.5):
        return dice.pick(profile.projects)
    offer = dice.pick(profile.offers)
    return offer.name, offer.price * 12


def _client_on(dice: Dice, lives: list[Life], day: date) -> Life | None:
    there = [life for life in lives if life.is_client(day)]
    return dice.pick(there) if there else None


def _lost(dice: Dice, profile: Profile, lives: list[Life], on: date) -> list[Proposal]:
    life = _client_on(dice, lives, on)
    if life is None:
        return []
    title, price = _idea(dice, profile)
    status = dice.weighted((("lost", 6.0), ("expired", 1.5), ("withdrawn", 0.6)))
    sent_on = on - timedelta(days=90 if status == "expired" else dice.whole(5, 45))
    zone = profile.time_zone
    reason = dice.weighted(texts.LOST_REASONS) if status == "lost" else ""
    amount = round(price * dice.skewed(1, 0.3) / 100) * 100
    return [
        Proposal(
            life.client_id, title, amount, status, at_hour(sent_on, zone, 15), at_hour(on, zone, 16), reason
        )
    ]


def _pending(dice: Dice, profile: Profile, lives: list[Life], until: date) -> list[Proposal]:
    life = _client_on(dice, lives, until)
    if life is None:
        return []
    title, price = _idea(dice, profile)
    is_draft = dice.chance(0.25)
    sent_at = None if is_draft else at_hour(until - timedelta(days=dice.whole(2, 60)), profile.time_zone, 14)
    return [
        Proposal(
            life.client_id,
            title,
            round(price * dice.skewed(1, 0.3) / 100) * 100,
            "draft" if is_draft else "sent",
            sent_at,
            None,
        )
    ]


def opportunities(
    commerce: Commerce, lives: list[Life], profile: Profile, dice: Dice, *, start: date, until: date
) -> list[Opportunity]:
    """Those behind the sales, as many that failed, and the open ones with renewals of the coming months."""
    result = [
        Opportunity(sale.client_id, sale.kind, sale.name, sale.monthly, None, "1", "won", sale.on, sale.on)
        for sale in commerce.sales
        if sale.kind in ("upsell", "cross_sell") and sale.on >= start
    ]
    for number in range(len(result) // 2):
        own = dice.stream("missed", number)
        day = own.workday(start, until)
        result += _chance(own, profile, lives, day, "lost", "0", closed_on=day)
    for number in range(max(3, len(lives) // 5)):
        own = dice.stream("open", number)
        expected = until + timedelta(days=own.whole(5, 120))
        stage, probability = own.weighted(texts.STAGES), own.pick(("0.2", "0.35", "0.5", "0.6", "0.75"))
        result += _chance(own, profile, lives, expected, stage, probability, until=until)
    return result + _renewals(commerce, until)


def _renewals(commerce: Commerce, until: date) -> list[Opportunity]:
    """Terms that end within three months and have not been given notice."""
    soon = add_months(until, 3)
    return [
        Opportunity(
            line.client_id,
            "renewal",
            f"Renewal: {line.offer.name}",
            round(line.monthly),
            None,
            "0.85",
            "qualified",
            line.ends_on,
            None,
        )
        for line in commerce.lines
        if line.interval and line.ends_on and until < line.ends_on <= soon and not line.ended_reason
    ]


def _chance(
    dice: Dice,
    profile: Profile,
    lives,
    day: date,
    stage: str,
    probability: str,
    *,
    closed_on=None,
    until=None,
) -> list[Opportunity]:
    life = _client_on(dice, lives, until or day)
    if life is None:
        return []
    kind = dice.pick(("upsell", "cross_sell"))
    name, price = (lambda offer: (offer.name, offer.price))(dice.pick(profile.offers))
    one_off = round(price * 3 / 100) * 100 if dice.chance(0.2) else None
    monthly = round(price * dice.between(0.3, 1.0) / 50) * 50
    return [Opportunity(life.client_id, kind, name, monthly, one_off, probability, stage, day, closed_on)]


def referrals(lives: list[Life], dice: Dice, *, start: date, until: date) -> list[dict]:
    """Leads that clients sent; some became clients of the book."""
    result = []
    newcomers = [
        life for life in lives if life.joined > start and dice.stream("came", life.client_id).chance(0.34)
    ]
    for life in newcomers:
        own = dice.stream("referrer", life.client_id)
        referrer = _client_on(
            own, [one for one in lives if one is not life], life.joined - timedelta(days=60)
        )
        if referrer is not None:
            life.referred_by = referrer.client_id
            made_on = max(life.joined - timedelta(days=own.whole(20, 60)), referrer.joined)
            result.append(_referral(referrer, life.name, made_on, "won", life.client_id))
    for life in lives:
        own = dice.stream("refers", life.client_id)
        for _ in range(
            own.count(REFERRALS_A_YEAR * (until - max(start, life.joined)).days / 365 * life.charm)
        ):
            made_on = own.workday(max(start, life.joined), until)
            if life.is_client(made_on):
                outcome = "open" if (until - made_on).days < 90 else own.pick(("lost", "lost", "open"))
                lead = f"{own.pick(texts.LEAD_PLACES)} {own.pick(texts.LEAD_KINDS)}"
                result.append(_referral(life, lead, made_on, outcome, ""))
    return sorted(result, key=lambda row: (row["made_on"], row["client_id"]))


def _referral(referrer: Life, lead: str, made_on: date, outcome: str, became: str) -> dict:
    return {
        "client_id": referrer.client_id,
        "lead_name": lead,
        "made_on": made_on,
        "outcome": outcome,
        "became_client_id": became,
    }


def testimonials(lives: list[Life], dice: Dice, *, start: date, until: date) -> list[dict]:
    """Praise that content clients wrote, most of it with consent."""
    result = []
    for life in lives:
        own = dice.stream("praise", life.client_id)
        for _ in range(
            own.count(TESTIMONIALS_A_YEAR * (until - max(start, life.joined)).days / 365 * life.charm)
        ):
            day = own.workday(max(start, life.joined), until)
            people = life.people_on(day)
            if life.is_client(day) and people:
                result.append(
                    {
                        "client_id": life.client_id,
                        "contact_id": own.pick(people).contact_id,
                        "received_on": day,
                        "text": own.pick(texts.TESTIMONIALS),
                        "is_usable": own.chance(0.8),
                    }
                )
    return sorted(result, key=lambda row: (row["received_on"], row["client_id"]))


def goals(lives: list[Life], dice: Dice, *, until: date) -> list[dict]:
    """One to three goals of each client that is still there."""
    result = []
    for life in lives:
        own = dice.stream("goals", life.client_id)
        for title, metric, baseline, factor in (
            own.shuffled(texts.GOALS)[: own.whole(1, 3)] if life.is_client(until) else ()
        ):
            target = round(baseline * factor, 1)
            done = own.between(-0.1, 1.15)
            status = (
                "reached" if done >= 1 else "on_track" if done > 0.5 else "at_risk" if done > 0.2 else "late"
            )
            result.append(
                {
                    "client_id": life.client_id,
                    "title": title,
                    "metric": metric,
                    "baseline": baseline,
                    "target": target,
                    "current": round(baseline + (target - baseline) * done, 1),
                    "due_on": add_months(until.replace(day=1), own.whole(1, 9)),
                    "status": status,
                }
            )
    return result
