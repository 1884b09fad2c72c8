-- Surveys: the last edit of each answer, dated by the first; the latest answer of each respondent.

CREATE TABLE answer AS
WITH edit AS (
  SELECT response.id, response.score, response.answered_at, survey.kind, survey.scale_min, survey.scale_max,
    COALESCE(response.client_id, invitation.client_id, contact.client_id) AS client_id, contact.id AS contact_id,
    COALESCE(response.member_id, invitation.member_id) AS member_id, invitation.sent_at,
    COALESCE('invitation ' || response.invitation_id, 'response ' || response.id) AS answer
  FROM response
  JOIN survey ON survey.id = response.survey_id
  LEFT JOIN invitation ON invitation.id = response.invitation_id
  LEFT JOIN contact ON contact.id = COALESCE(response.contact_id, invitation.contact_id)
  WHERE response.answered_at < getvariable('known_until')
), latest AS (
  SELECT *, MIN(answered_at) OVER (PARTITION BY answer) AS first_at,
    ROW_NUMBER() OVER (PARTITION BY answer ORDER BY answered_at DESC, id DESC) AS place
  FROM edit
)
SELECT latest.*, month.number, local_day(first_at) AS day,
  local_day(CASE kind WHEN 'csat' THEN COALESCE(sent_at, first_at) ELSE first_at END) AS owned_on,
  COALESCE('contact ' || contact_id, answer) AS respondent
FROM latest JOIN month ON month.starts <= local_day(first_at) AND local_day(first_at) < month.ends
WHERE place = 1;

CREATE TABLE opinion AS
WITH counted AS (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY number, kind, client_id, CASE kind WHEN 'nps' THEN respondent ELSE answer END
    ORDER BY first_at DESC, answered_at DESC, id DESC
  ) AS rank FROM answer WHERE kind IN ('nps', 'csat')
), judged AS (
  SELECT number, kind, client_id, owned_on,
    CASE kind
      WHEN 'nps' THEN CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END
      -- The best score of 2 or 3, the two best of 4 to 7, the three best of more.
      ELSE (score > scale_max - CASE WHEN scale_max - scale_min < 3 THEN 1
        WHEN scale_max - scale_min < 7 THEN 2 ELSE 3 END)::INTEGER
    END AS points
  FROM counted WHERE rank = 1
)
SELECT judged.*, owner.am, owner.team, owner.segment, owner.client FROM judged
ASOF LEFT JOIN owner ON owner.client_id = judged.client_id AND owner.since <= judged.owned_on;

-- Where nobody knows the client, an answer counts for the agency alone. Few respondents are not told of.
INSERT INTO result
SELECT kpi, number, slice, key, CASE WHEN is_told THEN points END, CASE WHEN is_told THEN n END, n,
  CASE WHEN is_told THEN points * CASE kpi WHEN 'nps' THEN 100 ELSE 1 END / n END
FROM (
  SELECT kind AS kpi, number, kind_of(GROUPING(am, team, segment, client)) AS slice,
    COALESCE(am, team, segment, client) AS key, SUM(points) AS points, COUNT(*) AS n,
    kind = 'csat' OR slice = 'agency' OR COUNT(*) >= 3 AS is_told
  FROM opinion
  GROUP BY GROUPING SETS ((kind, number), (kind, number, am), (kind, number, team), (kind, number, segment),
    (kind, number, client))
)
WHERE slice = 'agency' OR key IS NOT NULL;

CREATE TABLE asked AS
WITH answered AS (
  SELECT DISTINCT invitation_id FROM response WHERE answered_at < getvariable('known_until')
), sent AS (
  SELECT COALESCE(invitation.client_id, contact.client_id) AS client_id, local_day(invitation.sent_at) AS day,
    (answered.invitation_id IS NOT NULL)::INTEGER AS is_answered
  FROM invitation
  JOIN survey ON survey.id = invitation.survey_id AND survey.kind IN ('nps', 'csat')
  LEFT JOIN contact ON contact.id = invitation.contact_id
  LEFT JOIN answered ON answered.invitation_id = invitation.id
)
SELECT month.number, sent.is_answered, owner.am, owner.team, owner.segment, owner.client
FROM sent JOIN month ON month.starts <= sent.day AND sent.day < month.ends
ASOF LEFT JOIN owner ON owner.client_id = sent.client_id AND owner.since <= sent.day;

INSERT INTO result
SELECT 'survey_response_rate', number, kind_of(GROUPING(am, team, segment, client)) AS slice,
  COALESCE(am, team, segment, client) AS key, SUM(is_answered), COUNT(*), COUNT(*), SUM(is_answered) / COUNT(*)
FROM asked GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client))
HAVING slice = 'agency' OR key IS NOT NULL;

-- Members' own confidence, stretched onto 1 to 10; what they say of one client is left out.
CREATE TABLE rating AS
WITH counted AS (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY number, COALESCE('member ' || member_id, respondent) ORDER BY first_at DESC, answered_at DESC, id DESC
  ) AS rank FROM answer WHERE kind = 'pulse' AND client_id IS NULL
)
SELECT counted.number, member.book_id AS am,
  CASE WHEN member.id IS NOT NULL THEN COALESCE(team.book_id, 'unassigned') END AS team,
  1 + 9 * (counted.score - counted.scale_min) / (counted.scale_max - counted.scale_min) AS points
FROM counted
LEFT JOIN member ON member.id = counted.member_id
LEFT JOIN membership ON membership.member_id = member.id AND membership.starts_on <= counted.day
  AND COALESCE(membership.ends_on, DATE '9999-12-31') > counted.day
LEFT JOIN team ON team.id = membership.team_id
WHERE rank = 1;

INSERT INTO result
SELECT 'am_confidence', number, slice, key, CASE WHEN is_told THEN points END, CASE WHEN is_told THEN n END, n,
  CASE WHEN is_told THEN points / n END
FROM (
  SELECT number, CASE GROUPING(am, team) WHEN 3 THEN 'agency' WHEN 1 THEN 'am' ELSE 'team' END AS slice,
    COALESCE(am, team) AS key, SUM(points) AS points, COUNT(*) AS n,
    slice = 'agency' OR (slice = 'team' AND COUNT(*) >= 3) AS is_told
  FROM rating GROUP BY GROUPING SETS ((number), (number, am), (number, team))
)
WHERE slice = 'agency' OR key IS NOT NULL;
