"""Survey answers and invitations: the facts behind `kpis.direct.feedback`."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal, localcontext

from accounts.models import AgencySettings
from kpis.direct import feedback
from kpis.direct.exact import CONTEXT
from kpis.direct.feedback import MINIMUM_RESPONDENTS, is_satisfied
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.facts.events.answers import Score, store_answers
from kpis.facts.events.asking import IN_PART, KNOWN, PART, Asked, Tally, blank, put, tallies
from kpis.facts.events.storing import scope, store_events
from kpis.formulas import csat, nps, survey_response_rate
from kpis.formulas.nps_interval import nps_interval

KEYS: tuple[str, ...] = feedback.KEYS

# An invitation is unanswered until the day of its first answer, and answered from then on.
_INVITATIONS = """
WITH invited AS (
  SELECT COALESCE(invitation.client_id, contact.client_id) AS client_id,
    (invitation.sent_at AT TIME ZONE %(zone)s)::date AS day,
    (answer.first_at AT TIME ZONE %(zone)s)::date AS answered_on
  FROM clients_surveyinvitation invitation
  JOIN clients_survey survey ON survey.id = invitation.survey_id
  LEFT JOIN clients_contact contact ON contact.id = invitation.contact_id
  LEFT JOIN (
    SELECT invitation_id, MIN(answered_at) AS first_at FROM clients_surveyresponse GROUP BY invitation_id
  ) AS answer ON answer.invitation_id = invitation.id
  WHERE survey.kind IN ('nps', 'csat')
)
SELECT client_id, day, day, answered_on, NULL::date, '', '', 1, 0, NULL::numeric
FROM invited WHERE day < COALESCE(answered_on, 'infinity') AND {scope}
UNION ALL
SELECT client_id, day, GREATEST(day, answered_on), NULL, NULL, '', '', 1, 1, NULL
FROM invited WHERE answered_on IS NOT NULL AND {scope}
"""

# The latest answer of each respondent; then each client's answers together, for the view by client.
_NPS = """
WITH {part}, latest AS (
  SELECT DISTINCT ON (part.number, fact.client_id, fact.respondent) part.number, fact.*
  FROM kpis_answerfact fact {in_part}
  WHERE fact.kind = 'nps' AND {known} AND {is_sliced}
  ORDER BY part.number, fact.client_id, fact.respondent, fact.first_answered_at DESC, fact.answered_at DESC,
    fact.id DESC
), voice AS (
  SELECT fact.number, {slot} AS slot, fact.client_id, COUNT(*) AS answers, SUM(fact.score) AS total,
    COUNT(*) FILTER (WHERE fact.score >= 9) AS promoters, COUNT(*) FILTER (WHERE fact.score <= 6) AS detractors
  FROM latest AS fact WHERE {chosen} GROUP BY fact.number, slot, fact.client_id
), sums AS (
  SELECT number, slot, SUM(answers)::int AS answers, SUM(promoters)::int AS promoters,
    SUM(detractors)::int AS detractors, COUNT(client_id) AS clients,
    COUNT(client_id) FILTER (WHERE total >= 9 * answers) AS promoting,
    COUNT(client_id) FILTER (WHERE total < 7 * answers) AS detracting
  FROM voice GROUP BY number, slot
) """

_CSAT = """
WITH {part}, sums AS (
  SELECT part.number, {slot} AS slot, fact.score, fact.scale_min, fact.scale_max, COUNT(*) AS answers
  FROM kpis_answerfact fact {in_part}
  WHERE fact.kind = 'csat' AND {known} AND {chosen}
  GROUP BY part.number, slot, fact.score, fact.scale_min, fact.scale_max
) """


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the answers and invitations of these clients (all if None), and those of no known client."""
    store_answers("nps", settings=settings, clients=clients)
    store_answers("csat", settings=settings, clients=clients)
    source = _INVITATIONS.format(scope=scope("client_id", clients, has_unknown=True))
    store_events("invitation", source, settings=settings, clients=clients)


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of those of `keys` that belong to this family, per query and slice."""
    answers = blank(queries, KEYS, keys)
    if not queries or queries[0].by == "service":
        return answers
    with localcontext(CONTEXT):
        asked = Asked(queries, only)
        if "nps" in keys:
            for number, slice_key, figure in _scores(asked):
                put(answers, number, "nps", slice_key, figure)
        if "csat" in keys:
            for number, slice_key, figure in _satisfaction(asked):
                put(answers, number, "csat", slice_key, figure)
        if "survey_response_rate" in keys:
            for number, slice_key, group in tallies(asked, "invitation"):
                put(answers, number, "survey_response_rate", slice_key, _response_rate(group))
    return answers


def _scores(asked: Asked) -> Iterator[tuple[int, SliceKey, Figure]]:
    head = _NPS.format(
        part=PART,
        in_part=IN_PART,
        known=KNOWN,
        is_sliced=asked.is_sliced,
        slot=asked.slot,
        chosen=asked.is_chosen,
    )
    tail = asked.answer("answers, promoters, detractors, clients, promoting, detracting")
    for number, slice_key, answers, promoters, detractors, *clients in asked.read(head + tail):
        figure = _nps(asked.by, _classes(answers, promoters, detractors), _classes(*clients))
        yield number, slice_key, figure


def _classes(total: int, promoters: int, detractors: int) -> dict[str, int]:
    passives = total - promoters - detractors
    return {"promoters": promoters, "passives": passives, "detractors": detractors}


def _nps(by: str, counts: dict[str, int], of_clients: dict[str, int]) -> Figure:
    n = sum(counts.values())
    if by != "agency" and n < MINIMUM_RESPONDENTS:
        return Figure(None, None, n, None, reason="too_few_answers")
    interval = nps_interval(**counts)
    return Figure(
        numerator=Decimal(counts["promoters"] - counts["detractors"]),
        denominator=Decimal(n),
        n=n,
        value=nps.compute(**counts),
        extra={**counts, "nps_by_client": nps.compute(**of_clients)},
        ci_low=interval[0] if interval else None,
        ci_high=interval[1] if interval else None,
    )


def _satisfaction(asked: Asked) -> Iterator[tuple[int, SliceKey, Figure]]:
    head = _CSAT.format(part=PART, in_part=IN_PART, known=KNOWN, slot=asked.slot, chosen=asked.is_chosen)
    tail = asked.answer("score, scale_min, scale_max, answers")
    groups: dict[tuple[int, SliceKey], list[tuple[Score, int]]] = defaultdict(list)
    for number, slice_key, score, low, high, count in asked.read(head + tail):
        groups[number, slice_key].append((Score(score, low, high), count))
    for (number, slice_key), scores in groups.items():
        answers = sum(count for _score, count in scores)
        satisfied = sum(given for score, given in scores if is_satisfied(asked.queries[0], score))
        value = csat.compute(satisfied=satisfied, answers=answers)
        yield number, slice_key, Figure(Decimal(satisfied), Decimal(answers), answers, value)


def _response_rate(group: list[Tally]) -> Figure:
    answered = sum(row.successes for row in group)
    invited = sum(row.quantity for row in group)
    value = survey_response_rate.compute(answered=answered, invited=invited)
    return Figure(Decimal(answered), Decimal(invited), invited, value)
