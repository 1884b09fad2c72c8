"""Feedback: net promoter score, satisfaction, and how many of those asked answered.

An answer given through an invitation may be edited: the last edit known at `as_of` counts, dated by the first
answer. An answer whose client is unknown counts in the agency's total and in no slice.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from kpis.direct.evidence import as_json, fetch, figures
from kpis.direct.exclusions import Why, because, until_the_end
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.slices import client_slice
from kpis.formulas import csat, nps, survey_response_rate
from kpis.formulas.nps_interval import nps_interval

KEYS = ("nps", "csat", "survey_response_rate")

# Fewer respondents than this in a slice could be recognised.
MINIMUM_RESPONDENTS = 3

_ANSWER_SQL = """
WITH edit AS (
  SELECT response.id, response.book_id, response.score, response.answered_at,
    COALESCE(response.client_id, invitation.client_id, contact.client_id) AS client_id,
    contact.id AS contact_id, COALESCE(response.member_id, invitation.member_id) AS member_id,
    survey.scale_min, survey.scale_max, invitation.sent_at AS invited_at,
    COALESCE('invitation ' || response.invitation_id, 'response ' || response.id) AS answer
  FROM clients_surveyresponse response
  JOIN clients_survey survey ON survey.id = response.survey_id
  LEFT JOIN clients_surveyinvitation invitation ON invitation.id = response.invitation_id
  LEFT JOIN clients_contact contact ON contact.id = COALESCE(response.contact_id, invitation.contact_id)
  WHERE survey.kind = %(kind)s AND response.answered_at < %(known_until)s
), answer AS (
  SELECT DISTINCT ON (answer) *, MIN(answered_at) OVER (PARTITION BY answer) AS first_answered_at
  FROM edit ORDER BY answer, answered_at DESC, id DESC
)
SELECT {slice} AS slice_key, answer.book_id AS response, client.book_id AS client, client.name AS client_name,
  COALESCE('contact ' || answer.contact_id, answer.answer) AS respondent, member.book_id AS member,
  answer.score, answer.scale_min, answer.scale_max, answer.first_answered_at AS answered_at
FROM answer
LEFT JOIN clients_client client ON client.id = answer.client_id
LEFT JOIN accounts_user member ON member.id = answer.member_id
WHERE answer.first_answered_at >= %(starts_at)s AND answer.first_answered_at < %(cut_at)s
  AND (client.id IS NOT NULL OR NOT %(needs_client)s)
ORDER BY answer.first_answered_at, answer.answered_at, answer.id
"""

_INVITATION_SQL = """
SELECT {slice} AS slice_key, invitation.book_id AS invitation, survey.book_id AS survey,
  client.book_id AS client, client.name AS client_name, invitation.sent_at,
  EXISTS (
    SELECT FROM clients_surveyresponse response
    WHERE response.invitation_id = invitation.id AND response.answered_at < %(known_until)s
  ) AS is_answered
FROM clients_surveyinvitation invitation
JOIN clients_survey survey ON survey.id = invitation.survey_id
LEFT JOIN clients_contact contact ON contact.id = invitation.contact_id
LEFT JOIN clients_client client ON client.id = COALESCE(invitation.client_id, contact.client_id)
WHERE survey.kind IN ('nps', 'csat')
  AND invitation.sent_at >= %(starts_at)s AND invitation.sent_at < %(cut_at)s
  AND (client.id IS NOT NULL OR NOT %(is_sliced)s)
ORDER BY invitation.sent_at, invitation.book_id
"""


class Scored(Protocol):
    """What was answered, on which scale."""

    @property
    def score(self) -> int: ...

    @property
    def scale_min(self) -> int: ...

    @property
    def scale_max(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the period after its last edit. `respondent` only tells people apart."""

    slice_key: SliceKey
    response: str
    client: str | None
    client_name: str | None
    respondent: str
    member: str | None
    score: int
    scale_min: int
    scale_max: int
    answered_at: datetime

    def as_json(self, **cells: Any) -> dict[str, Any]:
        """The answer as an evidence row; it does not say who gave it."""
        return as_json(
            response=self.response,
            client=self.client,
            name=self.client_name,
            score=self.score,
            answered_at=self.answered_at,
            **cells,
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """One client asked in the period."""

    slice_key: SliceKey
    invitation: str
    survey: str
    client: str | None
    client_name: str | None
    sent_at: datetime
    is_answered: bool

    def as_json(self) -> dict[str, Any]:
        """The invitation as an evidence row."""
        return as_json(
            invitation=self.invitation,
            survey=self.survey,
            client=self.client,
            name=self.client_name,
            sent_at=self.sent_at,
            numerator=int(self.is_answered),
            denominator=1,
        )


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of those of `keys` that belong to this family, per slice."""
    answers: Figures = {}
    if query.by == "service":
        return answers
    if "nps" in keys:
        answers["nps"] = figures(list_respondents(query), lambda group: _nps(query, group))
    if "csat" in keys:
        answers["csat"] = figures(list_answers(query, "csat"), lambda group: _csat(query, group))
    if "survey_response_rate" in keys:
        answers["survey_response_rate"] = figures(list_invitations(query), _response_rate)
    return answers


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The answers or invitations behind one figure; none where the figure itself is hidden."""
    if query.by == "service":
        return []
    if kpi_key == "survey_response_rate":
        return [row.as_json() for row in list_invitations(query) if row.slice_key == slice_key]
    if kpi_key == "csat":
        answers = [row for row in list_answers(query, "csat") if row.slice_key == slice_key]
        return [row.as_json(numerator=int(is_satisfied(query, row)), denominator=1) for row in answers]
    answers = [row for row in list_respondents(query) if row.slice_key == slice_key]
    if _is_hidden(query, answers):
        return []
    return [row.as_json(numerator=nps_class(row.score), denominator=1) for row in answers]


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """Answers and invitations of the slice that do not count, each with its `reason` in words."""
    if query.by == "service":
        return []
    whole = until_the_end(query)
    if kpi_key == "survey_response_rate":
        later = list_invitations(whole) if whole else []
        sent = [row for row in later if row.slice_key == slice_key and row.sent_at >= query.cut_at]
        return [because(Why.LATER, row.as_json()) for row in sent]
    counted = list_respondents(query) if kpi_key == "nps" else list_answers(query, "csat")
    if kpi_key == "nps" and _is_hidden(query, [row for row in counted if row.slice_key == slice_key]):
        return []
    known = {row.response for row in counted}
    earlier = [row for row in list_answers(query, kpi_key) if row.response not in known]
    later_answers = list_answers(whole, kpi_key) if whole else []
    late = [row for row in later_answers if row.answered_at >= query.cut_at]
    reasons = [*((Why.EARLIER_ANSWER, row) for row in earlier), *((Why.LATER, row) for row in late)]
    return [because(why, row.as_json()) for why, row in reasons if row.slice_key == slice_key]


def list_answers(query: Query, kind: str) -> list[Answer]:
    """Answers of one kind of survey in the period, earliest first.

    The slice of a satisfaction answer is that of the interaction: the day of the invitation, if there is one.
    """
    moment = (
        "COALESCE(answer.invited_at, answer.first_answered_at)"
        if kind == "csat"
        else "answer.first_answered_at"
    )
    day = f"({moment} AT TIME ZONE %(zone)s)::date"
    sql = _ANSWER_SQL.format(slice=client_slice(query.by, "client.id", day))
    return fetch(query, Answer, sql, kind=kind, needs_client=query.by != "agency" and kind != "pulse")


def list_respondents(query: Query) -> list[Answer]:
    """The latest NPS answer of each respondent; a contact of two clients is one respondent of each.

    An answer without a contact is a respondent of its own.
    """
    latest = {(answer.client, answer.respondent): answer for answer in list_answers(query, "nps")}
    return list(latest.values())


def list_invitations(query: Query) -> list[Invitation]:
    """Invitations to clients' surveys sent in the period, without the pulse of the agency's own people."""
    day = "(invitation.sent_at AT TIME ZONE %(zone)s)::date"
    sql = _INVITATION_SQL.format(slice=client_slice(query.by, "client.id", day))
    return fetch(query, Invitation, sql)


def nps_class(score: int | Decimal) -> int:
    """1 for a promoter, -1 for a detractor, 0 for a passive."""
    if score >= 9:
        return 1
    return -1 if score <= 6 else 0


def satisfied_scores(scale_min: int, scale_max: int, configured: Collection[int] | None) -> frozenset[int]:
    """The scores that count as satisfied on a scale.

    The agency's own list where it fits the scale: all of it within, and reaching its best or worst end (some
    scales run downwards). Else the best score of 2 or 3, the two best of 4 to 7, the three best of more.
    """
    if configured:
        fits = all(scale_min <= score <= scale_max for score in configured)
        if fits and (scale_max in configured or scale_min in configured):
            return frozenset(configured)
    count = scale_max - scale_min + 1
    best = 1 if count <= 3 else 2 if count <= 7 else 3
    return frozenset(range(scale_max - best + 1, scale_max + 1))


def is_satisfied(query: Query, answer: Scored) -> bool:
    """Whether the answer is a satisfied one by the agency's setting or its scale's rule."""
    configured = query.settings.csat_satisfied_scores
    return answer.score in satisfied_scores(answer.scale_min, answer.scale_max, configured)


def _is_hidden(query: Query, group: list[Answer]) -> bool:
    return query.by != "agency" and len(group) < MINIMUM_RESPONDENTS


def _nps(query: Query, group: list[Answer]) -> Figure:
    if _is_hidden(query, group):
        return Figure(None, None, len(group), None, reason="too_few_answers")
    counts = _class_counts(nps_class(answer.score) for answer in group)
    interval = nps_interval(**counts)
    return Figure(
        numerator=Decimal(counts["promoters"] - counts["detractors"]),
        denominator=Decimal(len(group)),
        n=len(group),
        value=nps.compute(**counts),
        extra={**counts, "nps_by_client": _nps_by_client(group)},
        ci_low=interval[0] if interval else None,
        ci_high=interval[1] if interval else None,
    )


def _class_counts(classes: Iterable[int]) -> dict[str, int]:
    listed = list(classes)
    return {"promoters": listed.count(1), "passives": listed.count(0), "detractors": listed.count(-1)}


def _nps_by_client(group: list[Answer]) -> Decimal | None:
    """The secondary view: each client classified by the mean of its answers."""
    scores: dict[str, list[int]] = {}
    for answer in group:
        if answer.client is not None:
            scores.setdefault(answer.client, []).append(answer.score)
    means = [Decimal(sum(given)) / len(given) for given in scores.values()]
    return nps.compute(**_class_counts(_mean_class(mean) for mean in means))


def _mean_class(mean: Decimal) -> int:
    """Classes of a mean have no gaps: below 7 is a detractor, from 9 on a promoter."""
    if mean >= 9:
        return 1
    return -1 if mean < 7 else 0


def _csat(query: Query, group: list[Answer]) -> Figure:
    satisfied = sum(is_satisfied(query, answer) for answer in group)
    value = csat.compute(satisfied=satisfied, answers=len(group))
    return Figure(Decimal(satisfied), Decimal(len(group)), len(group), value)


def _response_rate(group: list[Invitation]) -> Figure:
    answered = sum(invitation.is_answered for invitation in group)
    value = survey_response_rate.compute(answered=answered, invited=len(group))
    return Figure(Decimal(answered), Decimal(len(group)), len(group), value)
