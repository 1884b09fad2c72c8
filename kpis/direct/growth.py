"""Growth: proposals decided, clients that refer others, new clients that came by referral, testimonials."""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from typing import Any

from agencyam.periods import trailing_year
from kpis.direct import growth_excluded
from kpis.direct.evidence import fetch, figures
from kpis.direct.exclusions import Why, because, until_the_end
from kpis.direct.growth_rows import Decision, NewClient, Praise, Referrer
from kpis.direct.lines import BOOK
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.slices import client_slice
from kpis.formulas import (
    proposal_conversion_rate,
    proposal_conversion_value_rate,
    referral_rate,
    referral_share_of_new_clients,
    testimonials,
)

KEYS = (
    "proposal_conversion_rate",
    "proposal_conversion_value_rate",
    "referral_rate",
    "referral_share_of_new_clients",
    "testimonials",
)

# A decision later than as_of has not been made; silence until the expiry day is a decision of its own.
_PROPOSAL_SQL = """
WITH known AS (
  SELECT *, decided_at IS NULL OR decided_at >= %(known_until)s AS is_open,
    (decided_at AT TIME ZONE %(zone)s)::date AS answered_on,
    (sent_at AT TIME ZONE %(zone)s)::date + %(expiry_days)s AS expires_on
  FROM clients_proposal WHERE status <> 'draft'
), decided AS (
  SELECT *, status AS outcome, answered_on AS decided_on FROM known
  WHERE NOT is_open AND status IN ('won', 'lost', 'expired')
  UNION ALL
  SELECT *, 'expired', expires_on FROM known
  WHERE is_open AND (status <> 'withdrawn' OR decided_at IS NOT NULL)
)
SELECT {slice} AS slice_key, decided.book_id AS proposal, client.book_id AS client,
  client.name AS client_name, decided.title, decided.outcome, decided.decided_on, decided.amount,
  decided.currency, decided.amount * CASE WHEN decided.currency = %(base)s THEN 1 ELSE (
    SELECT rate_to_base FROM clients_fxrate rate
    WHERE rate.currency = decided.currency AND rate.effective_on <= decided.decided_on
    ORDER BY rate.effective_on DESC LIMIT 1
  ) END AS base_amount
FROM decided
JOIN clients_client client ON client.id = decided.client_id
WHERE decided.decided_on >= %(start)s AND decided.decided_on < %(cut_end)s
ORDER BY decided.decided_on, decided.book_id
"""

_ACTIVE_SQL = """
SELECT {slice} AS slice_key, client.book_id AS client, client.name AS client_name, (
    SELECT COUNT(*) FROM clients_referral referral WHERE referral.client_id = client.id
      AND referral.made_on >= %(year_start)s AND referral.made_on < %(cut_end)s
  ) AS referrals
FROM presence
JOIN clients_client client ON client.id = presence.client_id
WHERE presence.active @> %(closing_day)s::date
ORDER BY client.name, client.book_id
"""

_NEW_SQL = """
SELECT {slice} AS slice_key, client.book_id AS client, client.name AS client_name,
  lower(presence.paid) AS joined_on, client.referred_by_id IS NOT NULL OR EXISTS (
    SELECT FROM clients_referral referral
    WHERE referral.became_client_id = client.id AND referral.made_on <= %(as_of)s
  ) AS is_referred
FROM presence
JOIN clients_client client ON client.id = presence.client_id
WHERE lower(presence.paid) >= %(start)s AND lower(presence.paid) < %(cut_end)s
ORDER BY joined_on, client.book_id
"""

_TESTIMONIAL_SQL = """
SELECT {slice} AS slice_key, testimonial.book_id AS testimonial, client.book_id AS client,
  client.name AS client_name, testimonial.received_on
FROM clients_testimonial testimonial
JOIN clients_client client ON client.id = testimonial.client_id
WHERE testimonial.is_usable
  AND testimonial.received_on >= %(start)s AND testimonial.received_on < %(cut_end)s
ORDER BY testimonial.received_on, testimonial.book_id
"""


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of those of `keys` that belong to this family, per slice."""
    if query.by == "service":
        return {}
    return {key: _FIGURES[key](query) for key in KEYS if key in keys}


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The proposals, clients or testimonials behind one figure."""
    if query.by == "service":
        return []
    if kpi_key == "proposal_conversion_rate":
        decisions = [row for row in list_decisions(query) if row.slice_key == slice_key]
        return [row.as_json(numerator=int(row.is_won), denominator=1) for row in decisions]
    if kpi_key == "proposal_conversion_value_rate":
        decisions = [row for row in list_decisions(query) if row.slice_key == slice_key]
        return [row.as_json(**_value_cells(row)) for row in decisions if row.amount is not None]
    listed = _LISTS[kpi_key](query)
    return [row.as_json() for row in listed if row.slice_key == slice_key]


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """What one might look for behind a figure and does not count there, each with its `reason` in words."""
    if query.by == "service":
        return []
    found = growth_excluded.LISTS[kpi_key](query)
    whole = until_the_end(query)
    late = _LATER[kpi_key](whole, query.cut_end) if whole else []
    known = {row.as_json().get("proposal") for row in late} - {None}
    found = [(why, row) for why, row in found if row.as_json().get("proposal") not in known]
    found += [(Why.LATER, row) for row in late]
    if kpi_key == "proposal_conversion_value_rate":
        found += [(Why.WITHOUT_AMOUNT, row) for row in list_decisions(query) if row.amount is None]
    return [because(why, row.as_json()) for why, row in found if row.slice_key == slice_key]


def list_decisions(query: Query) -> list[Decision]:
    """Proposals won, lost or expired in the period, as known at the close of `as_of`.

    One that is sent and unanswered expires by itself after the agency's `proposal_expiry_days`.
    """
    sql = _PROPOSAL_SQL.format(slice=client_slice(query.by, "client.id", "decided.decided_on"))
    days = query.settings.proposal_expiry_days
    return fetch(query, Decision, sql, expiry_days=days)


def list_active_clients(query: Query) -> list[Referrer]:
    """Clients active on the closing day, by name."""
    return _of_book(Referrer, query, _ACTIVE_SQL, day="%(closing_day)s::date")


def list_new_clients(query: Query) -> list[NewClient]:
    """Clients that had their first MRR in the period, earliest first."""
    return _of_book(NewClient, query, _NEW_SQL, day="lower(presence.paid)")


def list_testimonials(query: Query) -> list[Praise]:
    """Usable testimonials received in the period, earliest first."""
    sql = _TESTIMONIAL_SQL.format(slice=client_slice(query.by, "client.id", "testimonial.received_on"))
    return fetch(query, Praise, sql)


def _decided_from(query: Query, day: date) -> list[Decision]:
    return [row for row in list_decisions(query) if row.decided_on >= day]


def _of_book(row_type: Callable[..., Any], query: Query, sql: str, *, day: str) -> list[Any]:
    text = BOOK + sql.format(slice=client_slice(query.by, "client.id", day))
    year_start = trailing_year(query.closing_day).start
    return fetch(query, row_type, text, year_start=year_start)


def _conversion(group: list[Decision]) -> Figure:
    counts = {name: sum(row.outcome == name for row in group) for name in ("won", "lost", "expired")}
    value = proposal_conversion_rate.compute(**counts)
    return Figure(Decimal(counts["won"]), Decimal(len(group)), len(group), value, extra=counts)


def _value_conversion(group: list[Decision]) -> Figure | None:
    """By value; proposals without an amount are left out and counted."""
    priced = [row for row in group if row.amount is not None]
    extra = {"without_amount": len(group) - len(priced)}
    if any(row.base_amount is None for row in priced):
        return Figure(None, None, len(priced), None, extra=extra, reason="missing_fx_rate")
    decided = sum((row.base_amount for row in priced if row.base_amount is not None), Decimal(0))
    won = sum((row.base_amount for row in priced if row.base_amount is not None and row.is_won), Decimal(0))
    if not decided:
        return None
    value = proposal_conversion_value_rate.compute(won_value=won, decided_value=decided)
    return Figure(won, decided, len(priced), value, extra=extra)


def _value_cells(row: Decision) -> dict[str, Any]:
    if row.base_amount is None:
        return {}
    return {"numerator": row.base_amount if row.is_won else Decimal(0), "denominator": row.base_amount}


def _referral_rate(group: list[Referrer]) -> Figure:
    referring = sum(row.referrals > 0 for row in group)
    value = referral_rate.compute(referring_clients=referring, active_clients=len(group))
    extra = {"referrals": sum(row.referrals for row in group)}
    return Figure(Decimal(referring), Decimal(len(group)), len(group), value, extra=extra)


def _referral_share(group: list[NewClient]) -> Figure:
    referred = sum(row.is_referred for row in group)
    value = referral_share_of_new_clients.compute(referred=referred, new_clients=len(group))
    return Figure(Decimal(referred), Decimal(len(group)), len(group), value)


def _testimonials(group: list[Praise]) -> Figure:
    value = testimonials.compute(testimonials=len(group))
    return Figure(value, None, len(group), value)


_FIGURES: dict[str, Callable[[Query], dict[SliceKey, Figure]]] = {
    "proposal_conversion_rate": lambda query: figures(list_decisions(query), _conversion),
    "proposal_conversion_value_rate": lambda query: figures(list_decisions(query), _value_conversion),
    "referral_rate": lambda query: figures(list_active_clients(query), _referral_rate),
    "referral_share_of_new_clients": lambda query: figures(list_new_clients(query), _referral_share),
    "testimonials": lambda query: figures(list_testimonials(query), _testimonials),
}
_LISTS: dict[str, Callable[[Query], list[Any]]] = {
    "referral_rate": list_active_clients,
    "referral_share_of_new_clients": list_new_clients,
    "testimonials": list_testimonials,
}
_LATER: dict[str, Callable[[Query, date], list[Any]]] = {
    "proposal_conversion_rate": _decided_from,
    "proposal_conversion_value_rate": _decided_from,
    "referral_rate": lambda query, day: [],
    "referral_share_of_new_clients": lambda query, day: [
        row for row in list_new_clients(query) if row.joined_on >= day
    ],
    "testimonials": lambda query, day: [row for row in list_testimonials(query) if row.received_on >= day],
}
