"""The files of a book that say what happened, was said and is planned. Pure data."""

from decimal import Decimal

from clients.exchange import rules
from clients.exchange.columns import (
    AMOUNT,
    CLIENT,
    CLIENT_COLUMN,
    CONTACT,
    COST,
    CURRENCY_COLUMN,
    DAY,
    FLAG,
    INSTANT,
    LINE,
    MEMBER,
    PHRASE,
    PROSE,
    TITLE,
    id_column,
    reference_column,
    text_column,
)
from clients.exchange.spec import Column, FileSpec, Rule
from clients.exchange.types import Choice, Number, Reference, Text, Whole

REQUESTS = FileSpec(
    "requests.csv",
    "clients.Request",
    ("request_id",),
    (
        id_column("request_id"),
        CLIENT_COLUMN,
        reference_column("contact_id", CONTACT),
        reference_column("member_id", MEMBER),
        text_column("subject", TITLE),
        text_column("topic", PHRASE),
        Column("kind", Choice(("question", "change", "complaint", "other")), default="other"),
        text_column("priority", Text(40, is_line=True)),
        text_column("status", Text(40, is_line=True)),
        Column("opened_at", INSTANT, is_required=True),
        Column("resolved_at", INSTANT),
        Column("is_reopened", FLAG, default=False),
        Column("is_fcr_eligible", FLAG, default=True),
    ),
    rules=(Rule("resolved_at", rules.not_before("opened_at", "resolved_at", "the request was opened")),),
)
MESSAGES = FileSpec(
    "messages.csv",
    "clients.Message",
    ("message_id",),
    (
        id_column("message_id"),
        reference_column("request_id", Reference(file="requests.csv"), is_required=True),
        Column("sent_at", INSTANT, is_required=True),
        Column("direction", Choice(("inbound", "outbound")), is_required=True),
        Column("is_auto", FLAG, default=False),
        Column("is_public", FLAG, default=True),
        Column("no_reply_needed", FLAG, default=False),
        text_column("body", PROSE, is_extra=True),
    ),
)
TOUCHPOINTS = FileSpec(
    "touchpoints.csv",
    "clients.Touchpoint",
    ("touchpoint_id",),
    (
        id_column("touchpoint_id"),
        CLIENT_COLUMN,
        reference_column("contact_id", CONTACT),
        reference_column("member_id", MEMBER),
        Column("occurred_at", INSTANT, is_required=True),
        text_column("channel", Text(40, is_line=True)),
        Column("direction", Choice(("upstream", "downstream")), default=""),
        Column("status", Choice(("held", "cancelled")), default="held"),
        text_column("summary", PROSE),
    ),
)
SURVEYS = FileSpec(
    "surveys.csv",
    "clients.Survey",
    ("survey_id",),
    (
        id_column("survey_id"),
        Column("kind", Choice(("nps", "csat", "pulse")), is_required=True),
        text_column("name", LINE),
        Column("scale_min", Whole(-100, 1000)),
        Column("scale_max", Whole(-100, 1000)),
    ),
    rules=(Rule("scale_max", rules.scale_ascends), Rule("scale_min", rules.nps_scale)),
)
SURVEY_INVITATIONS = FileSpec(
    "survey_invitations.csv",
    "clients.SurveyInvitation",
    ("invitation_id",),
    (
        id_column("invitation_id"),
        reference_column("survey_id", Reference(file="surveys.csv"), is_required=True),
        reference_column("client_id", CLIENT),
        reference_column("contact_id", CONTACT),
        reference_column("member_id", MEMBER),
        Column("sent_at", INSTANT, is_required=True),
    ),
)
SURVEY_RESPONSES = FileSpec(
    "survey_responses.csv",
    "clients.SurveyResponse",
    ("response_id",),
    (
        id_column("response_id"),
        reference_column("survey_id", Reference(file="surveys.csv"), is_required=True),
        reference_column("invitation_id", Reference(file="survey_invitations.csv")),
        reference_column("client_id", CLIENT),
        reference_column("contact_id", CONTACT),
        reference_column("member_id", MEMBER),
        Column("score", Whole(-100, 1000), is_required=True),
        Column("answered_at", INSTANT, is_required=True),
        text_column("comment", PROSE),
    ),
)
OPPORTUNITIES = FileSpec(
    "opportunities.csv",
    "clients.Opportunity",
    ("opportunity_id",),
    (
        id_column("opportunity_id"),
        CLIENT_COLUMN,
        Column("kind", Choice(("upsell", "cross_sell", "renewal")), default=""),
        text_column("name", LINE),
        Column("monthly_amount", COST),
        Column("one_off_amount", COST),
        CURRENCY_COLUMN,
        Column("probability", Number(Decimal(0), Decimal(1), digits=1)),
        text_column("stage"),
        Column("expected_on", DAY),
        Column("closed_on", DAY),
    ),
)
PROPOSALS = FileSpec(
    "proposals.csv",
    "clients.Proposal",
    ("proposal_id",),
    (
        id_column("proposal_id"),
        CLIENT_COLUMN,
        text_column("title", TITLE, is_required=True),
        Column("amount", COST),
        CURRENCY_COLUMN,
        Column("status", Choice(("draft", "sent", "won", "lost", "expired", "withdrawn")), is_required=True),
        Column("sent_at", INSTANT),
        Column("decided_at", INSTANT),
        text_column("lost_reason", LINE),
    ),
    rules=(
        Rule("decided_at", rules.decision_has_date),
        Rule("decided_at", rules.not_before("sent_at", "decided_at", "the proposal was sent")),
    ),
)
DELIVERABLES = FileSpec(
    "deliverables.csv",
    "clients.Deliverable",
    ("deliverable_id",),
    (
        id_column("deliverable_id"),
        CLIENT_COLUMN,
        text_column("project", LINE),
        text_column("title", TITLE, is_required=True),
        Column("baseline_due_on", DAY, is_required=True),
        Column("due_on", DAY),
        Column("delivered_on", DAY),
        Column("submitted_on", DAY),
        Column("approved_on", DAY),
        text_column("status", Text(40, is_line=True)),
        Column("delay_cause", Choice(("ours", "client", "agreed")), default=""),
        Column("planned_cost", COST),
        Column("actual_cost", COST),
    ),
)
REFERRALS = FileSpec(
    "referrals.csv",
    "clients.Referral",
    ("referral_id",),
    (
        id_column("referral_id"),
        CLIENT_COLUMN,
        text_column("lead_name", LINE, is_required=True),
        Column("made_on", DAY, is_required=True),
        Column("outcome", Choice(("open", "won", "lost")), default="open"),
        Column("became_client_id", CLIENT, field="became_client"),
    ),
    rules=(Rule("became_client_id", rules.not_itself("client_id", "became_client_id")),),
)
TESTIMONIALS = FileSpec(
    "testimonials.csv",
    "clients.Testimonial",
    ("testimonial_id",),
    (
        id_column("testimonial_id"),
        CLIENT_COLUMN,
        reference_column("contact_id", CONTACT),
        Column("received_on", DAY, is_required=True),
        text_column("text", PROSE),
        Column("is_usable", FLAG, default=False),
    ),
)
GOALS = FileSpec(
    "goals.csv",
    "clients.Goal",
    ("goal_id",),
    (
        id_column("goal_id"),
        CLIENT_COLUMN,
        text_column("title", TITLE, is_required=True),
        text_column("metric", LINE),
        Column("baseline", AMOUNT),
        Column("target", AMOUNT),
        Column("current", AMOUNT),
        Column("due_on", DAY),
        text_column("status", Text(40, is_line=True)),
    ),
)
