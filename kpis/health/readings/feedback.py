"""What clients answered, what their account managers believe, and who keeps silent.

An edited answer counts as it was last known on the day, dated by its first version. An answer tells how a
client feels for 180 days; an account manager's confidence holds for 90, an extreme one (the scale's first or
last step) for 30.
"""

from clients.feedback.pulse import EXTREME_PULSE_DAYS, PULSE_DAYS
from clients.models import Survey
from kpis.direct.feedback import satisfied_scores
from kpis.health.readings.asking import WITH_DAYS, Days, Reading, by_client_day, fetch

_ANSWERS = """, satisfied AS (
  SELECT * FROM unnest(%(surveys)s::bigint[], %(scores)s::integer[]) AS satisfied (survey_id, score)
), edit AS (
  SELECT response.id, response.survey_id, response.score, response.answered_at, survey.kind,
    contact.name AS contact_name,
    COALESCE(response.client_id, invitation.client_id, contact.client_id) AS client_id,
    MIN(response.answered_at) OVER answer AS first_answered_at,
    lead(response.answered_at) OVER (answer ORDER BY response.answered_at, response.id) AS edited_at
  FROM clients_surveyresponse response
  JOIN clients_survey survey ON survey.id = response.survey_id AND survey.kind IN ('nps', 'csat')
  LEFT JOIN clients_surveyinvitation invitation ON invitation.id = response.invitation_id
  LEFT JOIN clients_contact contact ON contact.id = COALESCE(response.contact_id, invitation.contact_id)
  WHERE response.answered_at < %(known_until)s
  WINDOW answer AS (
    PARTITION BY COALESCE('invitation ' || response.invitation_id, 'response ' || response.id))
), known AS (
  SELECT edit.*, day.day, (edit.first_answered_at AT TIME ZONE %(zone)s)::date AS answered_on,
    EXISTS (SELECT FROM satisfied WHERE satisfied.survey_id = edit.survey_id
      AND satisfied.score = edit.score) AS is_satisfied
  FROM day JOIN edit ON edit.answered_at < day.ends_at
    AND (edit.edited_at IS NULL OR edit.edited_at >= day.ends_at)
  WHERE edit.client_id = ANY(%(clients)s::bigint[])
), latest AS (
  SELECT DISTINCT ON (client_id, day) client_id, day, score, answered_on, first_answered_at, contact_name
  FROM known WHERE kind = 'nps' AND answered_on > day - %(sentiment_window)s
  ORDER BY client_id, day, first_answered_at DESC, answered_at DESC, id DESC
), satisfaction AS (
  SELECT client_id, day, COUNT(*) AS answers, COUNT(*) FILTER (WHERE is_satisfied) AS satisfied
  FROM known WHERE kind = 'csat' AND answered_on > day - %(sentiment_window)s GROUP BY client_id, day
)
SELECT client_id, day, latest.score AS nps, latest.answered_on AS nps_on, latest.first_answered_at AS nps_at,
  latest.contact_name AS nps_from, satisfaction.answers AS csat_answers, satisfaction.satisfied AS csat_satisfied
FROM latest FULL JOIN satisfaction USING (client_id, day)
"""

_PULSE = """, answer AS (
  SELECT response.id, response.client_id, response.score, response.answered_at, member.name AS member_name,
    survey.scale_min, survey.scale_max, (response.answered_at AT TIME ZONE %(zone)s)::date AS given_on
  FROM clients_surveyresponse response
  JOIN clients_survey survey ON survey.id = response.survey_id AND survey.kind = 'pulse'
  LEFT JOIN accounts_user member ON member.id = response.member_id
  WHERE response.client_id = ANY(%(clients)s::bigint[]) AND response.answered_at < %(known_until)s
), latest AS (
  SELECT DISTINCT ON (answer.client_id, day.day) answer.*, day.day,
    answer.given_on + CASE WHEN answer.score IN (answer.scale_min, answer.scale_max)
      THEN %(extreme_pulse_days)s ELSE %(pulse_days)s END AS expires_on
  FROM day JOIN answer ON answer.answered_at < day.ends_at
  ORDER BY answer.client_id, day.day, answer.answered_at DESC, answer.id DESC
)
SELECT client_id, day, score AS pulse, scale_min AS pulse_min, scale_max AS pulse_max, given_on AS pulse_on,
  expires_on AS pulse_expires_on, member_name AS pulse_by, expires_on > day AS is_pulse_valid
FROM latest
"""

_SILENCE = """, invitation AS (
  SELECT invitation.id, COALESCE(invitation.client_id, contact.client_id) AS client_id, invitation.sent_at,
    (invitation.sent_at AT TIME ZONE %(zone)s)::date AS sent_on, (
      SELECT MIN(answered_at) FROM clients_surveyresponse response
      WHERE response.invitation_id = invitation.id) AS answered_at
  FROM clients_surveyinvitation invitation
  JOIN clients_survey survey ON survey.id = invitation.survey_id AND survey.kind IN ('nps', 'csat')
  LEFT JOIN clients_contact contact ON contact.id = invitation.contact_id
  WHERE invitation.sent_at >= %(long_ago)s AND invitation.sent_at < %(known_until)s
)
SELECT invitation.client_id, day.day, COUNT(*) AS asked,
  COUNT(*) FILTER (WHERE answered_at < day.ends_at) AS answered
FROM day JOIN invitation ON sent_on <= day.day AND sent_on > day.day - %(sentiment_window)s
WHERE invitation.client_id = ANY(%(clients)s::bigint[])
GROUP BY invitation.client_id, day.day
"""


def read_feedback(asked: Days) -> list[Reading]:
    """The latest NPS answer, satisfaction, the account manager's confidence and unanswered surveys."""
    pairs = [
        (survey.pk, score)
        for survey in Survey.objects.filter(kind=Survey.Kind.CSAT)
        for score in satisfied_scores(
            survey.scale_min, survey.scale_max, asked.settings.csat_satisfied_scores
        )
    ]
    known = asked.parameters() | {
        "surveys": [survey for survey, _ in pairs],
        "scores": [score for _, score in pairs],
        "pulse_days": PULSE_DAYS,
        "extreme_pulse_days": EXTREME_PULSE_DAYS,
    }
    return [by_client_day(fetch(WITH_DAYS + sql, known)) for sql in (_ANSWERS, _PULSE, _SILENCE)]
