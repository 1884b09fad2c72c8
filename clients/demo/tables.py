"""An invented agency as the rows of its book."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from agencyam.periods import add_months
from clients.demo import conversations, delivery, growth
from clients.demo.clientele import Contact, Life
from clients.demo.commerce import Line
from clients.demo.conversations import Answer
from clients.demo.desk import Desk, Request
from clients.demo.people import Assignment, Member
from clients.demo.world import World

Row = dict[str, Any]


def tables_of(world: World) -> dict[str, list[Row]]:
    """All rows of all files, by file name."""
    span = {"start": world.start, "until": world.until}
    requests = _all_requests(world)
    return {
        "members.csv": _members(world),
        **_teams(world),
        "sla_policies.csv": _policies(world),
        "clients.csv": [_client(world, life) for life in world.lives],
        "contacts.csv": [_contact(life, one) for life in world.lives for one in life.contacts],
        "assignments.csv": [_assignment(item) for item in world.staff.assignments],
        "services.csv": [{"service_id": one.service_id, "name": one.name} for one in world.profile.offers],
        "contract_lines.csv": [_line(world, line) for line in world.commerce.lines],
        "line_pauses.csv": [
            {"line_id": line.line_id, "starts_on": begins, "ends_on": ends}
            for line, begins, ends in world.commerce.pauses
        ],
        "fx_rates.csv": _rates(world),
        "requests.csv": [_request(one, number) for number, one in enumerate(requests, 1)],
        "messages.csv": _messages(requests),
        "touchpoints.csv": _touchpoints(world),
        **_surveys(world, requests),
        "opportunities.csv": _opportunities(world),
        "proposals.csv": _proposals(world),
        "deliverables.csv": _deliverables(world),
        "retainer_usage.csv": delivery.retainer_usage(world.commerce, world.dice, **span),
        "invoices.csv": _invoices(world),
        "referrals.csv": _numbered("referral_id", "R", world.referrals),
        "testimonials.csv": _numbered(
            "testimonial_id", "T", growth.testimonials(world.lives, world.dice, **span)
        ),
        "goals.csv": _numbered("goal_id", "G", growth.goals(world.lives, world.dice, until=world.until)),
    }


def _numbered(key: str, letter: str, rows: Iterable[Row]) -> list[Row]:
    return [{key: f"{letter}{number:05}"} | row for number, row in enumerate(rows, start=1)]


def _id(member: Member | None) -> str:
    return member.member_id if member else ""


def _contact_id(contact: Contact | None) -> str:
    return contact.contact_id if contact else ""


def _members(world: World) -> list[Row]:
    fields = ("member_id", "name", "email", "role", "starts_on", "ends_on")
    members = [*world.staff.leadership, *world.staff.managers]
    return [{name: getattr(one, name) for name in fields} | {"fte": float(one.fte)} for one in members]


def _teams(world: World) -> dict[str, list[Row]]:
    teams = world.staff.teams
    places = [(team, one) for team in teams for one in team.members]
    return {
        "teams.csv": [{"team_id": team.team_id, "name": team.name} for team in teams],
        "team_members.csv": [
            {
                "team_id": team.team_id,
                "member_id": one.member_id,
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
            }
            for team, one in places
        ],
    }


def _policies(world: World) -> list[Row]:
    names = list(world.calendars)
    standard = {
        "policy_id": "sla-standard",
        "name": "Standard",
        "calendar": names[0],
        "reply_hours": 4,
        "resolution_hours": 24,
    }
    priority = {
        "policy_id": "sla-priority",
        "name": "Priority",
        "calendar": names[-1],
        "reply_hours": 4,
        "resolution_hours": 12,
    }
    return [standard | {"is_default": True}] + ([priority | {"is_default": False}] if len(names) > 1 else [])


def _client(world: World, life: Life) -> Row:
    return {
        "client_id": life.client_id,
        "name": life.name,
        "tier": life.tier,
        "industry": life.industry,
        "segment": life.segment,
        "time_zone": life.time_zone or world.zone,
        "currency": life.currency or world.profile.currency,
        "sla_policy_id": world.policy_of(life),
        "referred_by_client_id": life.referred_by,
        "tags": list(life.tags),
    }


def _contact(life: Life, one: Contact) -> Row:
    fields = ("contact_id", "name", "email", "job_title", "buying_role", "left_on")
    return {"client_id": life.client_id} | {name: getattr(one, name) for name in fields}


def _assignment(item: Assignment) -> Row:
    return {
        "client_id": item.client_id,
        "member_id": item.member.member_id,
        "role": item.role,
        "starts_on": item.starts_on,
        "ends_on": item.ends_on,
    }


def _line(world: World, line: Line) -> Row:
    fields = (
        "line_id",
        "client_id",
        "contract_id",
        "service_id",
        "amount",
        "interval",
        "starts_on",
        "ends_on",
    )
    more = ("reason", "notice_days", "is_auto_renewing", "ended_reason")
    row = {name: getattr(line, name) for name in fields + more}
    return row | {
        "kind": "recurring" if line.interval else "one_off",
        "is_void": False,
        "currency": world.currency_of(line.client_id),
    }


def _rates(world: World) -> list[Row]:
    """A rate on the first of each month, wandering a little around where it began."""
    first = min((line.starts_on for line in world.commerce.lines), default=world.start).replace(day=1)
    rows = []
    for code, _zone, begins, _share in world.profile.foreign:
        own, rate, month = world.dice.stream("rates", code), begins, first
        while month <= world.until:
            rows.append({"currency": code, "effective_on": month, "rate_to_base": round(rate, 4)})
            rate += (begins - rate) * 0.08 + own.normal(0, begins * 0.009)
            month = add_months(month, 1)
    return rows


def _all_requests(world: World) -> list[Request]:
    desk = Desk(world.profile, world.staff, world.calendars, world.now)
    requests = []
    for life in world.lives:
        own, calendar = world.dice.stream("requests", life.client_id), world.calendar_of(life)
        for start, end in world.months:
            services = [line.service_id for line in world.commerce.monthly_lines(life.client_id, start)]
            requests += desk.month_of(life, own, start, end, services, calendar)
    return sorted(requests, key=lambda one: (one.opened_at, one.client_id))


def _request(one: Request, number: int) -> Row:
    fields = ("client_id", "subject", "topic", "kind", "priority", "status", "opened_at", "resolved_at")
    return {name: getattr(one, name) for name in fields} | {
        "request_id": f"Q{number:05}",
        "contact_id": one.contact.contact_id,
        "member_id": _id(one.member),
        "is_reopened": one.is_reopened,
        "is_fcr_eligible": one.is_fcr_eligible,
    }


def _messages(requests: list[Request]) -> list[Row]:
    return [
        {
            "message_id": f"Q{number:05}-{place}",
            "request_id": f"Q{number:05}",
            "sent_at": message.sent_at,
            "direction": "inbound" if message.is_inbound else "outbound",
            "is_auto": message.is_auto,
            "is_public": message.is_public,
            "no_reply_needed": message.no_reply_needed,
            "body": message.body,
        }
        for number, request in enumerate(requests, 1)
        for place, message in enumerate(request.messages, 1)
    ]


def _touchpoints(world: World) -> list[Row]:
    points = []
    for life in world.lives:
        own = world.dice.stream("touchpoints", life.client_id)
        for start, end in world.months:
            if life.is_client(start):
                lines = world.commerce.monthly_lines(life.client_id, start)
                services = [line.offer.name for line in lines] or ["our work"]
                points += conversations.touchpoints_of_month(
                    life, world.staff, own, world.zone, start, end, services
                )
    rows = [
        {
            "client_id": one.client_id,
            "contact_id": _contact_id(one.contact),
            "member_id": _id(one.member),
            "occurred_at": one.at,
            "channel": one.channel,
            "direction": one.direction,
            "status": one.status,
            "summary": one.summary,
        }
        for one in points
        if one.at <= world.now
    ]
    return _numbered(
        "touchpoint_id", "TP", sorted(rows, key=lambda row: (row["occurred_at"], row["client_id"]))
    )


def _surveys(world: World, requests: list[Request]) -> dict[str, list[Row]]:
    surveys = [
        {"survey_id": "csat", "kind": "csat", "name": "After a request", "scale_min": 1, "scale_max": 5}
    ]
    answers: list[Answer] = []
    for month, _end in world.months:
        if month.month % 3 == 1:
            survey_id = f"nps-{month.year}-q{(month.month + 2) // 3}"
            surveys.append(
                _survey(survey_id, "nps", f"Recommendation, Q{(month.month + 2) // 3} {month.year}", 0)
            )
            answers += conversations.nps_of_quarter(world.lives, world.dice, world.zone, month, survey_id)
        survey_id = f"pulse-{month:%Y-%m}"
        surveys.append(_survey(survey_id, "pulse", f"Confidence, {month:%B %Y}", 1))
        answers += conversations.pulse_of_month(
            world.staff.managers, world.dice, world.zone, month, survey_id
        )
        if month.month % 3 == 1:
            answers += conversations.confidence_of_quarter(
                world.lives, world.staff, world.dice, world.zone, month, survey_id
            )
    for number, request in enumerate(requests):
        own = world.dice.stream("csat", number)
        mood = world.client(request.client_id).mood(request.opened_at.date())
        answer = conversations.csat_of_request(request, own, "csat", mood)
        answers += [answer] if answer else []
    asked = sorted(
        (one for one in answers if one.sent_at <= world.now), key=lambda one: (one.sent_at, one.survey_id)
    )
    return {"surveys.csv": surveys} | _invitations_and_responses(asked, world.now)


def _survey(survey_id: str, kind: str, name: str, low: int) -> Row:
    return {"survey_id": survey_id, "kind": kind, "name": name, "scale_min": low, "scale_max": 10}


def _invitations_and_responses(asked: list[Answer], now: datetime) -> dict[str, list[Row]]:
    invitations, responses = [], []
    for number, one in enumerate(asked, 1):
        invitation: Row = {
            "invitation_id": f"I{number:05}",
            "survey_id": one.survey_id,
            "client_id": one.client_id,
            "contact_id": _contact_id(one.contact),
            "member_id": _id(one.member),
        }
        invitations.append(invitation | {"sent_at": one.sent_at})
        if one.answered_at is not None and one.answered_at <= now:
            answer: Row = {"score": one.score, "answered_at": one.answered_at, "comment": one.comment}
            responses.append(invitation | answer)
    responses.sort(key=lambda row: (row["answered_at"], row["invitation_id"]))
    return {
        "survey_invitations.csv": invitations,
        "survey_responses.csv": _numbered("response_id", "A", responses),
    }


def _opportunities(world: World) -> list[Row]:
    found = growth.opportunities(
        world.commerce, world.lives, world.profile, world.dice, start=world.start, until=world.until
    )
    fields = ("client_id", "kind", "name", "stage", "expected_on", "closed_on")
    rows = [
        {name: getattr(one, name) for name in fields}
        | {
            "monthly_amount": one.monthly,
            "one_off_amount": one.one_off,
            "probability": float(one.probability),
            "currency": world.currency_of(one.client_id),
        }
        for one in found
    ]
    return _numbered("opportunity_id", "O", rows)


def _proposals(world: World) -> list[Row]:
    found = growth.proposals(
        world.commerce, world.lives, world.profile, world.dice, start=world.start, until=world.until
    )
    fields = ("client_id", "title", "amount", "status", "sent_at", "decided_at", "lost_reason")
    rows = [
        {name: getattr(one, name) for name in fields} | {"currency": world.currency_of(one.client_id)}
        for one in found
    ]
    return _numbered("proposal_id", "PR", rows)


def _deliverables(world: World) -> list[Row]:
    rows = []
    # Work is planned two months ahead.
    ahead = [
        (add_months(world.start, len(world.months) + n), add_months(world.start, len(world.months) + n + 1))
        for n in (0, 1)
    ]
    for life in world.lives:
        own = world.dice.stream("deliverables", life.client_id)
        for start, end in [*world.months, *ahead]:
            if life.is_client(start):
                rows += delivery.deliverables_of_month(
                    life, world.commerce, world.profile, own, start, end, world.until
                )
    return _numbered(
        "deliverable_id",
        "D",
        sorted(rows, key=lambda row: (row["baseline_due_on"], row["client_id"], row["title"])),
    )


def _invoices(world: World) -> list[Row]:
    rows = []
    for life in world.lives:
        own, currency = world.dice.stream("invoices", life.client_id), world.currency_of(life.client_id)
        rows += delivery.invoices(life, world.commerce, own, currency, start=world.start, until=world.until)
    return _numbered("invoice_id", "INV", sorted(rows, key=lambda row: (row["issued_on"], row["client_id"])))
