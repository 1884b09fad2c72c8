"""The specs, the published format and the models say the same."""

import pytest
from django.apps import apps

from clients.exchange import book_format
from clients.exchange.rules import DEFAULT_SCALES
from clients.exchange.tables import ALL_SPECS, table_of
from clients.exchange.types import Choice, Email, Ident, Number, Tags, Text
from clients.feedback.models import Survey

# As published; `*` marks a required column.
PUBLISHED = {
    "members.csv": "member_id*, name*, email*, role, fte, starts_on, ends_on",
    "clients.csv": "client_id*, name*, tier, industry, segment, time_zone, currency, "
    "sla_policy_id, referred_by_client_id, tags",
    "contacts.csv": "contact_id*, client_id*, name*, email, job_title, buying_role, left_on",
    "assignments.csv": "client_id*, member_id*, role, starts_on*, ends_on",
    "services.csv": "service_id*, name*",
    "contract_lines.csv": "line_id*, client_id*, contract_id, service_id*, kind*, currency, amount*, "
    "interval, starts_on*, ends_on, reason, notice_days, is_auto_renewing, ended_reason",
    "line_pauses.csv": "line_id*, starts_on*, ends_on",
    "fx_rates.csv": "currency*, effective_on*, rate_to_base*",
    "sla_policies.csv": "policy_id*, name*, calendar, reply_hours, resolution_hours, is_default",
    "requests.csv": "request_id*, client_id*, contact_id, member_id, subject, topic, kind, priority, status, "
    "opened_at*, resolved_at, is_reopened, is_fcr_eligible",
    "messages.csv": "message_id*, request_id*, sent_at*, direction*, is_auto, is_public, no_reply_needed",
    "touchpoints.csv": "touchpoint_id*, client_id*, contact_id, member_id, occurred_at*, channel, direction, "
    "status, summary",
    "surveys.csv": "survey_id*, kind*, name, scale_min, scale_max",
    "survey_invitations.csv": "invitation_id*, survey_id*, client_id, contact_id, member_id, sent_at*",
    "survey_responses.csv": "response_id*, survey_id*, invitation_id, client_id, contact_id, member_id, "
    "score*, answered_at*, comment",
    "opportunities.csv": "opportunity_id*, client_id*, kind, name, monthly_amount, one_off_amount, "
    "currency, probability, stage, expected_on, closed_on",
    "proposals.csv": "proposal_id*, client_id*, title*, amount, currency, status*, sent_at, decided_at, "
    "lost_reason",
    "deliverables.csv": "deliverable_id*, client_id*, project, title*, baseline_due_on*, due_on, delivered_on, "
    "submitted_on, approved_on, status, delay_cause, planned_cost, actual_cost",
    "retainer_usage.csv": "line_id*, month*, hours_budget, hours_used",
    "invoices.csv": "invoice_id*, client_id*, issued_on*, due_on*, paid_on, amount*, currency",
    "referrals.csv": "referral_id*, client_id*, lead_name*, made_on*, outcome, became_client_id",
    "testimonials.csv": "testimonial_id*, client_id*, contact_id, received_on*, text, is_usable",
    "goals.csv": "goal_id*, client_id*, title*, metric, baseline, target, current, due_on, status",
}
COLUMNS = [(spec, column) for spec in ALL_SPECS for column in spec.columns]


def test_the_files_and_columns_are_those_published():
    found = {
        spec.name: ", ".join(
            column.name + "*" * column.is_required for column in spec.columns if not column.is_extra
        )
        for spec in book_format.FILES
        if not spec.is_extra
    }

    assert found == PUBLISHED


def test_a_file_is_read_after_those_it_points_to():
    order = [spec.name for spec in ALL_SPECS]

    late = [
        (spec.name, column.name)
        for spec, column in COLUMNS
        if column.is_reference and order.index(column.type.file) > order.index(spec.name)
    ]

    assert late == []


@pytest.mark.parametrize(("spec", "column"), COLUMNS, ids=lambda value: value.name)
def test_what_a_column_accepts_fits_its_field(spec, column):
    field = table_of(spec.name).field(column)

    if column.is_reference:
        assert field.related_model is table_of(column.type.file).model
    elif isinstance(column.type, Text | Ident) and field.max_length:
        assert column.type.max_length == field.max_length
    elif isinstance(column.type, Choice) and field.choices:
        assert set(column.type.words) == {value for value, _label in field.choices}
    elif isinstance(column.type, Number):
        assert column.type.places <= field.decimal_places
        assert column.type.digits <= field.max_digits - field.decimal_places
    elif isinstance(column.type, Email):
        assert field.max_length == 254
    elif isinstance(column.type, Tags):
        assert column.type.max_tag_length == field.base_field.max_length
    assert field.null or column.is_required or column.default is not None or spec.name == "surveys.csv"


def test_default_scales_are_those_of_the_model():
    assert {str(kind): scale for kind, scale in Survey.DEFAULT_SCALES.items()} == DEFAULT_SCALES


def test_every_model_with_a_book_id_has_a_file():
    with_book_id = {
        model._meta.label
        for model in [
            *apps.get_app_config("clients").get_models(),
            *apps.get_app_config("accounts").get_models(),
        ]
        if any(field.name == "book_id" for field in model._meta.fields)
    }

    # Steps of the account plan are no part of the published format.
    assert with_book_id - {spec.model for spec in ALL_SPECS} == {"clients.ActionItem"}
