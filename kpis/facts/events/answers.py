"""Survey answers as facts: one row per edit, known from its own day until the day of the next edit."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import AgencySettings
from kpis.facts.events.storing import PLACED, delete_facts, place, run, scope

# The edits of one invitation are one answer; edits of one day leave the last.
_EDITS = """
WITH edit AS (
  SELECT response.id, response.score, response.answered_at,
    COALESCE(response.client_id, invitation.client_id, contact.client_id) AS client_id,
    contact.id AS contact_id, COALESCE(response.member_id, invitation.member_id) AS member_id,
    survey.scale_min, survey.scale_max, invitation.sent_at AS invited_at,
    COALESCE('invitation ' || response.invitation_id, 'response ' || response.id) AS answer
  FROM clients_surveyresponse response
  JOIN clients_survey survey ON survey.id = response.survey_id
  LEFT JOIN clients_surveyinvitation invitation ON invitation.id = response.invitation_id
  LEFT JOIN clients_contact contact ON contact.id = COALESCE(response.contact_id, invitation.contact_id)
  WHERE survey.kind = %(survey_kind)s
), version AS (
  SELECT *, (answered_at AT TIME ZONE %(zone)s)::date AS known_from,
    (lead(answered_at) OVER edits AT TIME ZONE %(zone)s)::date AS known_until,
    first_value(answered_at) OVER edits AS first_answered_at
  FROM edit WINDOW edits AS (PARTITION BY answer ORDER BY answered_at, id)
), dated AS (
  SELECT *, (first_answered_at AT TIME ZONE %(zone)s)::date AS day,
    (COALESCE({interaction}, first_answered_at) AT TIME ZONE %(zone)s)::date AS slice_day
  FROM version WHERE known_from IS DISTINCT FROM known_until AND {scope}
)
"""
_INSERT = """
INSERT INTO kpis_answerfact (id, kind, client_id, member_id, am_id, team_id, segment, day, first_answered_at,
  answered_at, known_from, known_until, respondent, score, scale_min, scale_max)
{edits} SELECT dated.id, %(survey_kind)s, dated.client_id, dated.member_id, {placed}, dated.day,
  dated.first_answered_at, dated.answered_at, dated.known_from, dated.known_until,
  COALESCE('contact ' || dated.contact_id, dated.answer), dated.score, dated.scale_min, dated.scale_max
FROM dated {place}
"""
_OF_CLIENT = place("dated.client_id", "dated.slice_day")
# A pulse belongs to the member who answered, and to the team that the member was in.
_OF_MEMBER_PLACED = "dated.member_id, place_team.team_id, ''"
_OF_MEMBER = """LEFT JOIN accounts_teammembership place_team ON place_team.member_id = dated.member_id
  AND place_team.starts_on <= dated.slice_day
  AND (place_team.ends_on IS NULL OR place_team.ends_on > dated.slice_day)"""


@dataclass(frozen=True, slots=True)
class Score:
    """What was answered, on which scale."""

    score: int
    scale_min: int
    scale_max: int


def store_answers(kind: str, *, settings: AgencySettings, clients: Sequence[int] | None) -> None:
    """Replace the answers to one kind of survey; satisfaction is placed by the day of the invitation."""
    is_pulse = kind == "pulse"
    edits = _EDITS.format(
        interaction="invited_at" if kind == "csat" else "NULL::timestamptz",
        scope=scope("client_id", clients, has_unknown=True),
    )
    text = _INSERT.format(
        edits=edits,
        placed=_OF_MEMBER_PLACED if is_pulse else PLACED,
        place=_OF_MEMBER if is_pulse else _OF_CLIENT,
    )
    delete_facts("kpis_answerfact", clients, kind)
    run(text, settings, clients, survey_kind=kind)
