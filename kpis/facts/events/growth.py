"""Proposals and testimonials: the facts behind `kpis.direct.growth`. Referrals are few and read as they are.

A proposal without an answer expires on a day of its own; that is known until the day on which it is decided
after all, so it may have two facts, of which one counts as of any day.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal, localcontext
from typing import Any

from accounts.models import AgencySettings
from agencyam.periods import trailing_year
from kpis.direct import growth
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.facts.events.asking import IN_PART, PART, Asked, Tally, blank, put, tallies
from kpis.facts.events.storing import PLACED, place, scope, store_events
from kpis.formulas import (
    proposal_conversion_rate,
    proposal_conversion_value_rate,
    referral_rate,
    referral_share_of_new_clients,
    testimonials,
)

KEYS: tuple[str, ...] = growth.KEYS

_PROPOSALS = """
WITH known AS (
  SELECT *, (decided_at AT TIME ZONE %(zone)s)::date AS answered_on,
    (sent_at AT TIME ZONE %(zone)s)::date + %(expiry_days)s AS expires_on
  FROM clients_proposal proposal WHERE status <> 'draft' AND {scope}
), decided AS (
  SELECT client_id, amount, currency, status AS outcome, answered_on AS day, NULL::date AS known_until
  FROM known WHERE answered_on IS NOT NULL AND status IN ('won', 'lost', 'expired')
  UNION ALL
  SELECT client_id, amount, currency, 'expired', expires_on, answered_on
  FROM known
  WHERE expires_on < COALESCE(answered_on, 'infinity') AND (status <> 'withdrawn' OR answered_on IS NOT NULL)
), quoted AS (
  SELECT decided.*, CASE WHEN currency = %(base)s THEN 1 ELSE (
      SELECT rate_to_base FROM clients_fxrate rate
      WHERE rate.currency = decided.currency AND rate.effective_on <= decided.day
      ORDER BY rate.effective_on DESC LIMIT 1
    ) END AS rate
  FROM decided
)
SELECT client_id, day, day, known_until, NULL::date, outcome,
  CASE WHEN amount IS NULL THEN 'no_amount' WHEN rate IS NULL THEN 'no_rate' ELSE '' END,
  1, (outcome = 'won')::int, amount * rate
FROM quoted
"""
_TESTIMONIALS = """
SELECT client_id, received_on, received_on, NULL::date, NULL::date, '', '', COUNT(*), 0, NULL::numeric
FROM clients_testimonial testimonial WHERE is_usable AND {scope} GROUP BY client_id, received_on
"""
_SOURCES = {
    "proposal": (_PROPOSALS, "proposal.client_id"),
    "testimonial": (_TESTIMONIALS, "testimonial.client_id"),
}

_ACTIVE = """
WITH moment AS (
  SELECT * FROM unnest(%(numbers)s::int[], %(closing_days)s::date[], %(year_starts)s::date[])
    AS moment (number, day, year_start)
), made AS (
  SELECT moment.number, referral.client_id, COUNT(*) AS referrals
  FROM clients_referral referral
  JOIN moment ON referral.made_on >= moment.year_start AND referral.made_on <= moment.day
  GROUP BY moment.number, referral.client_id
), fact AS (
  SELECT moment.number, presence.client_id, {placed}, COALESCE(made.referrals, 0) AS referrals
  FROM moment
  JOIN kpis_clientpresence presence ON presence.kind = 'active' AND presence.starts_on <= moment.day
    AND (presence.ends_on IS NULL OR presence.ends_on > moment.day)
  LEFT JOIN made ON made.number = moment.number AND made.client_id = presence.client_id
  {place}
), sums AS (
  SELECT fact.number, {slot} AS slot, COUNT(*) AS clients, COUNT(*) FILTER (WHERE referrals > 0) AS referring,
    SUM(referrals) AS referrals
  FROM fact WHERE {chosen} GROUP BY fact.number, slot
) """

_NEW = """
WITH {part}, joined AS (
  SELECT client_id, MIN(starts_on) AS day FROM kpis_clientpresence WHERE kind = 'paid' GROUP BY client_id
), fact AS (
  SELECT joined.client_id, joined.day, {placed}, place_client.referred_by_id IS NOT NULL OR EXISTS (
      SELECT FROM clients_referral referral
      WHERE referral.became_client_id = joined.client_id AND referral.made_on <= %(as_of)s
    ) AS is_referred
  FROM joined {place}
  WHERE joined.day >= %(first)s AND joined.day < %(last)s
), sums AS (
  SELECT part.number, {slot} AS slot, COUNT(*) AS clients, COUNT(*) FILTER (WHERE is_referred) AS referred
  FROM fact {in_part} WHERE {chosen} GROUP BY part.number, slot
) """

_Found = Iterator[tuple[int, SliceKey, Figure | None]]


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the proposals and testimonials of these clients (all if None)."""
    for event, (source, client) in _SOURCES.items():
        text = source.format(scope=scope(client, clients))
        store_events(event, text, settings=settings, clients=clients)


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of those of `keys` that belong to this family, per query and slice."""
    answers = blank(queries, KEYS, keys)
    if not queries or queries[0].by == "service":
        return answers
    with localcontext(CONTEXT):
        asked = Asked(queries, only)
        decided = list(tallies(asked, "proposal")) if set(_OF_PROPOSALS) & set(keys) else []
        for key, figure in _OF_PROPOSALS.items():
            for number, slice_key, group in decided:
                put(answers, number, key, slice_key, figure(group))
        for key, find in _OF_CLIENTS.items():
            for number, slice_key, found in find(asked) if key in keys else ():
                put(answers, number, key, slice_key, found)
    return answers


def _conversion(group: list[Tally]) -> Figure:
    counts = {
        name: sum(row.quantity for row in group if row.label == name) for name in ("won", "lost", "expired")
    }
    n = sum(counts.values())
    value = proposal_conversion_rate.compute(**counts)
    return Figure(Decimal(counts["won"]), Decimal(n), n, value, extra=counts)


def _value_conversion(group: list[Tally]) -> Figure | None:
    """By value; proposals without an amount are left out and counted."""
    priced = [row for row in group if row.mark != "no_amount"]
    n = sum(row.quantity for row in priced)
    extra: dict[str, Any] = {"without_amount": sum(row.quantity for row in group) - n}
    if any(row.mark == "no_rate" for row in priced):
        return Figure(None, None, n, None, extra=extra, reason="missing_fx_rate")
    decided = sum((row.amount for row in priced), Decimal(0))
    won = sum((row.amount for row in priced if row.label == "won"), Decimal(0))
    if not decided:
        return None
    value = proposal_conversion_value_rate.compute(won_value=won, decided_value=decided)
    return Figure(won, decided, n, value, extra=extra)


def _referral_rates(asked: Asked) -> _Found:
    head = _ACTIVE.format(
        placed=PLACED,
        place=place("presence.client_id", "moment.day"),
        slot=asked.slot,
        chosen=asked.is_chosen,
    )
    closing_days = [query.closing_day for query in asked.queries]
    more: dict[str, Any] = {
        "numbers": list(range(len(closing_days))),
        "closing_days": closing_days,
        "year_starts": [trailing_year(day).start for day in closing_days],
    }
    for number, key, clients, referring, referrals in asked.read(
        head + asked.answer("clients, referring, referrals"), **more
    ):
        value = referral_rate.compute(referring_clients=referring, active_clients=clients)
        extra = {"referrals": int(referrals)}
        yield number, key, Figure(Decimal(referring), Decimal(clients), clients, value, extra=extra)


def _referral_shares(asked: Asked) -> _Found:
    head = _NEW.format(
        part=PART,
        in_part=IN_PART,
        placed=PLACED,
        place=place("joined.client_id", "joined.day"),
        slot=asked.slot,
        chosen=asked.is_chosen,
    )
    for number, key, clients, referred in asked.read(head + asked.answer("clients, referred")):
        value = referral_share_of_new_clients.compute(referred=referred, new_clients=clients)
        yield number, key, Figure(Decimal(referred), Decimal(clients), clients, value)


def _testimonial_counts(asked: Asked) -> _Found:
    for number, key, group in tallies(asked, "testimonial"):
        count = sum(row.quantity for row in group)
        value = testimonials.compute(testimonials=count)
        yield number, key, Figure(value, None, count, value)


_OF_PROPOSALS: dict[str, Callable[[list[Tally]], Figure | None]] = {
    "proposal_conversion_rate": _conversion,
    "proposal_conversion_value_rate": _value_conversion,
}
_OF_CLIENTS: dict[str, Callable[[Asked], _Found]] = {
    "referral_rate": _referral_rates,
    "referral_share_of_new_clients": _referral_shares,
    "testimonials": _testimonial_counts,
}
