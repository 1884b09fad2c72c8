"""Proposals without a decision, referrals of former clients and testimonials that may not be used."""

from collections.abc import Callable

from agencyam.periods import trailing_year
from kpis.direct.evidence import fetch
from kpis.direct.exclusions import Why
from kpis.direct.growth_rows import Listed, OpenProposal, Praise, Referrer
from kpis.direct.lines import BOOK
from kpis.direct.query import Query
from kpis.direct.slices import client_slice

# As of the day: drafts, those withdrawn in the period, and those sent that wait for an answer at the close.
_PROPOSAL_SQL = """
WITH known AS (
  SELECT *, decided_at IS NOT NULL AND decided_at < %(known_until)s AS is_decided,
    (sent_at AT TIME ZONE %(zone)s)::date AS sent_on,
    (decided_at AT TIME ZONE %(zone)s)::date AS decided_on
  FROM clients_proposal
), open AS (
  SELECT *, CASE
      WHEN status = 'draft' THEN 'draft'
      WHEN status = 'withdrawn' AND (decided_at IS NULL OR is_decided) THEN 'withdrawn'
      ELSE 'sent' END AS state
  FROM known
)
SELECT {slice} AS slice_key, open.book_id AS proposal, client.book_id AS client, client.name AS client_name,
  open.title, open.state, open.sent_on, open.amount, open.currency
FROM open JOIN clients_client client ON client.id = open.client_id
WHERE open.state = 'draft'
  OR (open.state = 'withdrawn' AND COALESCE(open.decided_on, open.sent_on) >= %(start)s
    AND COALESCE(open.decided_on, open.sent_on) < %(cut_end)s)
  OR (open.state = 'sent' AND NOT open.is_decided AND open.sent_on < %(cut_end)s
    AND open.sent_on + %(expiry_days)s >= %(cut_end)s)
ORDER BY open.sent_on NULLS LAST, open.book_id
"""

_FORMER_SQL = """
SELECT {slice} AS slice_key, client.book_id AS client, client.name AS client_name, COUNT(*) AS referrals
FROM clients_referral referral
JOIN clients_client client ON client.id = referral.client_id
LEFT JOIN presence ON presence.client_id = client.id
WHERE referral.made_on >= %(year_start)s AND referral.made_on < %(cut_end)s
  AND NOT COALESCE(presence.active @> %(closing_day)s::date, FALSE)
GROUP BY client.id, client.book_id, client.name
ORDER BY client.name, client.book_id
"""

_UNUSABLE_SQL = """
SELECT {slice} AS slice_key, testimonial.book_id AS testimonial, client.book_id AS client,
  client.name AS client_name, testimonial.received_on
FROM clients_testimonial testimonial
JOIN clients_client client ON client.id = testimonial.client_id
WHERE NOT testimonial.is_usable
  AND testimonial.received_on >= %(start)s AND testimonial.received_on < %(cut_end)s
ORDER BY testimonial.received_on, testimonial.book_id
"""

_STATES = {"draft": Why.DRAFT, "withdrawn": Why.WITHDRAWN, "sent": Why.UNDECIDED}


def list_open_proposals(query: Query) -> list[tuple[Why, Listed]]:
    """Drafts, proposals withdrawn in the period, and those without an answer at its close."""
    sql = _PROPOSAL_SQL.format(slice=client_slice(query.by, "client.id", "%(closing_day)s::date"))
    rows = fetch(query, OpenProposal, sql, expiry_days=query.settings.proposal_expiry_days)
    return [(_STATES[row.state], row) for row in rows]


def list_former_clients(query: Query) -> list[tuple[Why, Listed]]:
    """Those who made referrals in the trailing 12 months and are no clients at the close."""
    sql = BOOK + _FORMER_SQL.format(slice=client_slice(query.by, "client.id", "%(closing_day)s::date"))
    rows = fetch(query, Referrer, sql, year_start=trailing_year(query.closing_day).start)
    return [(Why.NOT_ACTIVE, row) for row in rows]


def list_unusable(query: Query) -> list[tuple[Why, Listed]]:
    """Testimonials of the period that may not be used."""
    sql = _UNUSABLE_SQL.format(slice=client_slice(query.by, "client.id", "testimonial.received_on"))
    return [(Why.NOT_USABLE, row) for row in fetch(query, Praise, sql)]


LISTS: dict[str, Callable[[Query], list[tuple[Why, Listed]]]] = {
    "proposal_conversion_rate": list_open_proposals,
    "proposal_conversion_value_rate": list_open_proposals,
    "referral_rate": list_former_clients,
    "referral_share_of_new_clients": lambda query: [],
    "testimonials": list_unusable,
}
