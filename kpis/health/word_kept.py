"""What came of account managers' confidence: of the clients they called safe, how many renewed.

A renewal is a day on which a recurring line of a client's ended, other than by a change of terms; it renewed
if another one runs on that day. The word that counts is the member's last one before it, if it still held.
It is shown to the member and to who leads, beside the pulse; it is no part of anybody's performance.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from agencyam.periods import add_months
from clients.feedback.pulse import EXTREME_PULSE_DAYS, PULSE_DAYS, SAFE_FROM

MONTHS = 24

_SQL = """
WITH term AS (
  SELECT DISTINCT client_id, ends_on FROM clients_contractline
  WHERE kind = 'recurring' AND NOT is_void AND ends_on <= %(today)s AND ends_on > %(since)s
    AND lower(replace(btrim(ended_reason), ' ', '_')) <> ALL(%(changes)s::text[])
), word AS (
  SELECT DISTINCT ON (term.client_id, term.ends_on, response.member_id) term.client_id, term.ends_on,
    response.member_id, response.score,
    (response.answered_at AT TIME ZONE %(zone)s)::date + CASE
      WHEN response.score IN (survey.scale_min, survey.scale_max) THEN %(extreme)s ELSE %(usual)s END AS expires_on
  FROM term
  JOIN clients_surveyresponse response ON response.client_id = term.client_id
    AND (response.answered_at AT TIME ZONE %(zone)s)::date < term.ends_on
  JOIN clients_survey survey ON survey.id = response.survey_id AND survey.kind = 'pulse'
  WHERE response.member_id IS NOT NULL
  ORDER BY term.client_id, term.ends_on, response.member_id, response.answered_at DESC, response.id DESC
), outcome AS (
  SELECT word.*, EXISTS (
    SELECT FROM clients_contractline line WHERE line.client_id = word.client_id AND line.kind = 'recurring'
      AND NOT line.is_void AND line.starts_on <= word.ends_on
      AND (line.ends_on IS NULL OR line.ends_on > word.ends_on)) AS has_renewed
  FROM word WHERE word.expires_on >= word.ends_on
)
SELECT member.id AS member_id, member.name,
  COUNT(*) FILTER (WHERE score >= %(safe)s) AS safe,
  COUNT(*) FILTER (WHERE score >= %(safe)s AND has_renewed) AS safe_renewed,
  COUNT(*) FILTER (WHERE score < %(safe)s) AS unsure,
  COUNT(*) FILTER (WHERE score < %(safe)s AND has_renewed) AS unsure_renewed
FROM outcome JOIN accounts_user member ON member.id = outcome.member_id
WHERE %(member)s::bigint IS NULL OR member.id = %(member)s
GROUP BY member.id, member.name ORDER BY member.name, member.id
"""
# A line that ended for one of these went on in another form; a renewal is what is asked about.
_CHANGES = ["price_change", "upsell", "cross_sell", "downgrade"]


@dataclass(frozen=True)
class Word:
    """What became of one member's words: renewals called safe (7 or more) or not, and those that renewed."""

    member_id: int
    name: str
    safe: int
    safe_renewed: int
    unsure: int
    unsure_renewed: int

    @property
    def sentence(self) -> str:
        said = [
            f"said {word} on {n} renewal{'' if n == 1 else 's'}, {renewed} renewed"
            for word, n, renewed in (
                ("safe", self.safe, self.safe_renewed),
                ("unsure", self.unsure, self.unsure_renewed),
            )
            if n
        ]
        return f"{self.name} {'; '.join(said)}."


def list_words(*, today: date, zone: str, member_id: int | None = None) -> list[Word]:
    """Members whose word was followed by a renewal or its loss in the last 24 months; one query."""
    known: dict[str, Any] = {
        "today": today,
        "since": add_months(today, -MONTHS),
        "zone": zone,
        "changes": _CHANGES,
        "extreme": EXTREME_PULSE_DAYS,
        "usual": PULSE_DAYS,
        "safe": SAFE_FROM,
        "member": member_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, known)
        return [Word(*row) for row in cursor.fetchall()]
