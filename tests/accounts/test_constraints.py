"""The database refuses what must not be, each time by the constraint made for it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AgencySettings, AuditEvent, MailEvent, OutboxEmail
from accounts.services import audit
from tests.constraints import constraint_names, refused_by, unlisted_choices
from tests.factories.accounts import MemberFactory, TeamFactory, TeamMembershipFactory

SHA = "a" * 64


def change_settings(**fields):
    AgencySettings.objects.update_or_create(pk=1, defaults=fields)


def write_event(**fields):
    AuditEvent.objects.create(**{"at": timezone.now(), "action": "x.y", "hash": SHA, **fields})


def post_mail(**fields):
    about = {"key": "k", "to_email": "a@b.example", "subject": "s", "is_client_mail": False}
    OutboxEmail.objects.create(**about | fields)


def report_mail(**fields):
    mail, _ = OutboxEmail.objects.get_or_create(
        key="k", defaults={"to_email": "a@b.example", "subject": "s", "is_client_mail": True}
    )
    about = {"mail": mail, "provider": "mailgun", "event_key": "e", "kind": "bounced", "at": timezone.now()}
    MailEvent.objects.create(**about | fields)


WRONG_ROWS = [
    ("mailevent_kind_listed", report_mail, {"kind": "opened"}),
    ("user_email_lower_case", MemberFactory, {"email": "Ada@agency.example"}),
    ("user_ends_after_start", MemberFactory, {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 1, 1)}),
    ("user_fte_not_negative", MemberFactory, {"fte": -1}),
    ("user_role_listed", MemberFactory, {"role": "intern"}),
    ("user_theme_listed", MemberFactory, {"theme": "sepia"}),
    ("agencysettings_client_basis_listed", change_settings, {"client_basis": "some"}),
    ("agencysettings_colors_hex", change_settings, {"brand_color": "red"}),
    ("agencysettings_currency_code", change_settings, {"currency": "eur"}),
    ("agencysettings_fiscal_month_valid", change_settings, {"fiscal_year_start_month": 13}),
    ("agencysettings_freeze_day_valid", change_settings, {"freeze_business_day": 21}),
    ("agencysettings_heading_font_listed", change_settings, {"heading_font": "comic"}),
    ("agencysettings_gross_margin_within_one", change_settings, {"gross_margin": 0}),
    ("agencysettings_reply_hours_positive", change_settings, {"reply_hours": 0}),
    ("agencysettings_windows_positive", change_settings, {"clv_window_months": 0}),
    ("agencysettings_one_row", lambda: AgencySettings.objects.create(pk=2), {}),
    ("auditevent_hash_sha256", write_event, {"hash": "short", "prev_hash": SHA}),
    ("outboxemail_client_mail_once", post_mail, {"is_client_mail": True, "may_repeat": True}),
    ("outboxemail_state_known", post_mail, {"state": "lost"}),
    ("outboxemail_sent_has_time", post_mail, {"state": "sent"}),
    ("team_name_present", TeamFactory, {"name": ""}),
    (
        "teammembership_ends_after_start",
        TeamMembershipFactory,
        {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 1, 1)},
    ),
]
REFUSED_BESIDE_ANOTHER = {
    "user_email_unique",
    "user_book_id_unique",
    "auditevent_chain_linear",
    "team_book_id_unique",
    "team_name_unique",
    "teammembership_no_overlap",
    "teammembership_unique",
    "mailevent_reported_once",
}


def test_every_constraint_has_a_row_that_violates_it():
    tested = {name for name, _, _ in WRONG_ROWS} | REFUSED_BESIDE_ANOTHER

    assert sorted(tested) == constraint_names("accounts")


def test_every_closed_list_holds_exactly_its_choices():
    kernel_fields = ["outboxemail.state"]

    assert unlisted_choices("accounts") == kernel_fields


@pytest.mark.parametrize(("constraint", "write", "fields"), WRONG_ROWS)
def test_a_wrong_row_is_refused_by_its_own_constraint(agency, constraint, write, fields):
    assert refused_by(lambda: write(**fields)) == constraint


def test_an_address_belongs_to_one_member(agency):
    MemberFactory(email="ada@agency.example")

    assert refused_by(lambda: MemberFactory(email="ada@agency.example")) == "user_email_unique"


def test_a_book_id_names_one_member(agency):
    MemberFactory(book_id="m-1")

    assert refused_by(lambda: MemberFactory(book_id="m-1")) == "user_book_id_unique"


@pytest.mark.parametrize(
    ("constraint", "one", "other"),
    [
        ("team_book_id_unique", {"book_id": "t"}, {"book_id": "t"}),
        ("team_name_unique", {"name": "North"}, {"name": "north"}),
    ],
)
def test_a_book_id_and_a_name_belong_to_one_team(agency, constraint, one, other):
    TeamFactory(**one)

    assert refused_by(lambda: TeamFactory(**other)) == constraint


def test_nobody_is_in_two_teams_on_one_day(agency):
    place = TeamMembershipFactory(starts_on=date(2025, 1, 1), ends_on=date(2025, 3, 1))
    TeamMembershipFactory(member=place.member, starts_on=date(2025, 3, 1))

    assert (
        refused_by(lambda: TeamMembershipFactory(member=place.member, starts_on=date(2024, 1, 1)))
        == "teammembership_no_overlap"
    )


def test_a_place_in_a_team_begins_once_on_a_day(agency):
    place = TeamMembershipFactory()

    assert refused_by(lambda: TeamMembershipFactory(member=place.member)) == "teammembership_unique"


def test_two_audit_rows_cannot_follow_the_same_row(agency):
    event = audit.record(by=None, action="agency.open")

    assert refused_by(lambda: write_event(prev_hash=event.prev_hash)) == "auditevent_chain_linear"


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_audit_trail_is_append_only(agency, change):
    event = audit.record(by=None, action="agency.open")
    row = AuditEvent.objects.filter(pk=event.pk)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        row.update(action="agency.close") if change == "update" else row.delete()

    assert AuditEvent.objects.get(pk=event.pk).action == "agency.open"


def test_a_report_of_a_provider_is_kept_once(agency):
    report_mail()

    assert refused_by(report_mail) == "mailevent_reported_once"
