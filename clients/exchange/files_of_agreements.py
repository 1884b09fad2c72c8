"""The files of a book that say who is who and what was agreed. Pure data."""

from decimal import Decimal

from clients.exchange import rules
from clients.exchange.columns import (
    AMOUNT,
    CLIENT,
    CLIENT_COLUMN,
    CURRENCY,
    CURRENCY_COLUMN,
    DAY,
    ENDS_AFTER_START,
    ENDS_COLUMN,
    FLAG,
    HOURS,
    LINE,
    LINE_ID,
    MEMBER,
    PHRASE,
    STARTS_COLUMN,
    id_column,
    reference_column,
    text_column,
)
from clients.exchange.spec import Column, FileSpec, NoOverlap, Rule
from clients.exchange.types import Choice, Email, Month, Number, Reference, Tags, Whole, Zone

MEMBERS = FileSpec(
    "members.csv",
    "accounts.User",
    ("member_id",),
    (
        id_column("member_id"),
        text_column("name", LINE, is_required=True),
        Column("email", Email(is_lowered=True), is_required=True),
        Column("role", Choice(("owner", "leader", "account_manager", "viewer")), default="account_manager"),
        Column("fte", Number(Decimal(0), Decimal(99), places=2, digits=2), default=Decimal(1)),
        Column("starts_on", DAY),
        ENDS_COLUMN,
    ),
    rules=(ENDS_AFTER_START,),
)
TEAMS = FileSpec(
    "teams.csv",
    "accounts.Team",
    ("team_id",),
    (id_column("team_id"), text_column("name", PHRASE, is_required=True)),
    is_extra=True,
)
TEAM_MEMBERS = FileSpec(
    "team_members.csv",
    "accounts.TeamMembership",
    ("member_id", "starts_on"),
    (
        reference_column("team_id", Reference(file="teams.csv"), is_required=True),
        reference_column("member_id", MEMBER, is_required=True),
        STARTS_COLUMN,
        ENDS_COLUMN,
    ),
    rules=(ENDS_AFTER_START,),
    no_overlap=NoOverlap(("member_id",), "another team of this member"),
    is_extra=True,
)
SLA_POLICIES = FileSpec(
    "sla_policies.csv",
    "clients.SLAPolicy",
    ("policy_id",),
    (
        id_column("policy_id"),
        text_column("name", PHRASE, is_required=True),
        Column("calendar", Reference(120, file="calendars.json")),
        Column("reply_hours", Number(places=2, digits=6), default=Decimal(4)),
        Column("resolution_hours", Number(places=2, digits=6)),
        Column("is_default", FLAG, default=False),
    ),
    rules=(
        Rule("reply_hours", rules.above_zero("reply_hours")),
        Rule("resolution_hours", rules.above_zero("resolution_hours")),
    ),
)
CLIENTS = FileSpec(
    "clients.csv",
    "clients.Client",
    ("client_id",),
    (
        id_column("client_id"),
        text_column("name", LINE, is_required=True),
        text_column("tier"),
        text_column("industry", PHRASE),
        text_column("segment", PHRASE),
        Column("time_zone", Zone(), default=""),
        CURRENCY_COLUMN,
        reference_column("sla_policy_id", Reference(file="sla_policies.csv")),
        Column("referred_by_client_id", CLIENT, field="referred_by"),
        Column("tags", Tags(60), default=()),
        Column("archived_on", DAY, is_extra=True),
    ),
    rules=(Rule("referred_by_client_id", rules.not_itself("client_id", "referred_by_client_id")),),
    is_required=True,
)
CONTACTS = FileSpec(
    "contacts.csv",
    "clients.Contact",
    ("contact_id",),
    (
        id_column("contact_id"),
        CLIENT_COLUMN,
        text_column("name", LINE, is_required=True),
        Column("email", Email(), default=""),
        text_column("job_title", LINE),
        text_column("buying_role"),
        Column("left_on", DAY),
    ),
)
ASSIGNMENTS = FileSpec(
    "assignments.csv",
    "clients.Assignment",
    ("client_id", "member_id", "role", "starts_on"),
    (
        CLIENT_COLUMN,
        reference_column("member_id", MEMBER, is_required=True),
        Column("role", Choice(("primary", "secondary")), default="primary"),
        STARTS_COLUMN,
        ENDS_COLUMN,
    ),
    rules=(ENDS_AFTER_START,),
    no_overlap=NoOverlap(
        ("client_id",), "another primary assignment of this client", when=("role", "primary")
    ),
)
SERVICES = FileSpec(
    "services.csv",
    "clients.Service",
    ("service_id",),
    (id_column("service_id"), text_column("name", LINE, is_required=True)),
)
CONTRACT_LINES = FileSpec(
    "contract_lines.csv",
    "clients.ContractLine",
    ("line_id",),
    (
        id_column("line_id"),
        CLIENT_COLUMN,
        reference_column("contract_id", Reference(file="contracts")),
        reference_column("service_id", Reference(file="services.csv"), is_required=True),
        Column("kind", Choice(("recurring", "one_off")), is_required=True),
        CURRENCY_COLUMN,
        Column("amount", AMOUNT, is_required=True),
        Column(
            "interval",
            Choice(
                ("month", "quarter", "half_year", "year", "two_years", "three_years", "week", "four_weeks")
            ),
            default="",
        ),
        STARTS_COLUMN,
        ENDS_COLUMN,
        text_column("reason"),
        Column("notice_days", Whole(0, 3650)),
        Column("is_auto_renewing", FLAG, default=False),
        text_column("ended_reason", PHRASE),
        Column("is_void", FLAG, default=False, is_extra=True),
    ),
    rules=(ENDS_AFTER_START, Rule("interval", rules.interval_fits_kind)),
)
LINE_PAUSES = FileSpec(
    "line_pauses.csv",
    "clients.LinePause",
    ("line_id", "starts_on"),
    (reference_column("line_id", LINE_ID, is_required=True), STARTS_COLUMN, ENDS_COLUMN),
    rules=(ENDS_AFTER_START,),
    no_overlap=NoOverlap(("line_id",), "another pause of this line"),
)
FX_RATES = FileSpec(
    "fx_rates.csv",
    "clients.FxRate",
    ("currency", "effective_on"),
    (
        Column("currency", CURRENCY, is_required=True),
        Column("effective_on", DAY, is_required=True),
        Column("rate_to_base", Number(places=10, digits=10), is_required=True),
    ),
    rules=(Rule("rate_to_base", rules.above_zero("rate_to_base")),),
)
RETAINER_USAGE = FileSpec(
    "retainer_usage.csv",
    "clients.RetainerUsage",
    ("line_id", "month"),
    (
        reference_column("line_id", LINE_ID, is_required=True),
        Column("month", Month(), is_required=True),
        Column("hours_budget", HOURS),
        Column("hours_used", HOURS),
    ),
)
INVOICES = FileSpec(
    "invoices.csv",
    "clients.Invoice",
    ("invoice_id",),
    (
        id_column("invoice_id"),
        CLIENT_COLUMN,
        Column("issued_on", DAY, is_required=True),
        Column("due_on", DAY, is_required=True),
        Column("paid_on", DAY),
        Column("amount", AMOUNT, is_required=True),
        CURRENCY_COLUMN,
    ),
    rules=(Rule("due_on", rules.not_before("issued_on", "due_on", "the invoice was issued")),),
)
