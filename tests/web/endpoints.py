"""The declared table of an agency's site: each address, who may open it, with which method, and what answers.

Members are freshly signed in and have an authenticator app, recovery codes and a security key. An address
that is not in the table, or a row without an address, fails `test_permissions_matrix`.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone

from accounts.roles import Permission
from tests.web.endpoint import (
    ACTION,
    FORM,
    PAGE,
    THEIR_ACTION,
    THEIR_FORM,
    Endpoint,
    anothers_key,
    client,
    every,
    everybody,
    mail,
    step,
    touchpoint,
    touchpoint_form,
)
from tests.web.house import House
from tests.web.review_endpoints import REVIEWS


def member(house: House) -> dict[str, Any]:
    return {"member_id": house.colleague.pk}


def team(house: House) -> dict[str, Any]:
    return {"team_id": house.team.pk}


def first_cohort(house: House) -> dict[str, Any]:
    return {"month": "2025-01", "age": 0}


def member_form(house: House) -> dict[str, Any]:
    person = {"name": "Somebody", "role": "viewer", "fte": "1", "email": "somebody@agency.example"}
    return person | {"starts_on": "2026-01-01"}


def agency_form(house: House) -> dict[str, Any]:
    return {
        "name": "Northwind",
        "heading_font": "plex_serif",
        "brand_color": "#0f4c81",
        "accent_color": "#b45309",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "locale": "en_GB",
        "freeze_business_day": "5",
    }


STAFF = (
    Endpoint("clients:member-list", PAGE, Permission.MEMBER_VIEW),
    Endpoint("clients:member-detail", PAGE, Permission.MEMBER_VIEW, arguments=member),
    Endpoint("clients:member-invite", FORM, Permission.MEMBER_CHANGE, data=member_form),
    Endpoint("clients:member-change", FORM, Permission.MEMBER_CHANGE, arguments=member, data=member_form),
    Endpoint(
        "clients:member-end",
        FORM,
        Permission.MEMBER_CHANGE,
        arguments=member,
        data=lambda house: {"ends_on": "2026-01-01"},
    ),
    Endpoint(
        "clients:member-place",
        FORM,
        Permission.MEMBER_CHANGE,
        arguments=member,
        data=lambda house: {"team": "", "starts_on": "2026-01-01"},
    ),
    Endpoint("clients:member-return", ACTION, Permission.MEMBER_CHANGE, arguments=member),
    Endpoint("clients:member-remind", ACTION, Permission.MEMBER_CHANGE, arguments=member),
    Endpoint("clients:member-sign-out", ACTION, Permission.MEMBER_CHANGE, arguments=member),
    Endpoint("clients:team-list", PAGE, Permission.MEMBER_VIEW),
    Endpoint(
        "clients:team-create", FORM, Permission.MEMBER_CHANGE, data=lambda house: {"name": "Another team"}
    ),
    Endpoint(
        "clients:team-rename",
        FORM,
        Permission.MEMBER_CHANGE,
        arguments=team,
        data=lambda house: {"name": "Another name"},
    ),
)

DECISIONS = (
    Endpoint("accounts:agency-settings", FORM, Permission.SETTINGS_CHANGE, data=agency_form),
    # The agency of the sweeps has no logo.
    Endpoint("accounts:agency-logo", {"GET": 404}, Permission.OWN_SETTINGS_CHANGE),
    Endpoint("choices:choice-list", PAGE, Permission.KPI_VIEW),
    Endpoint(
        "choices:choice-change",
        FORM,
        Permission.SETTINGS_CHANGE,
        arguments=lambda house: {"name": "max_pause_days"},
        data=lambda house: {"value": "90", "from_on": timezone.localdate().isoformat()},
    ),
    Endpoint(
        "choices:choice-withdraw",
        ACTION,
        Permission.SETTINGS_CHANGE,
        arguments=lambda house: {"name": "fcr_window_days", "version": 2},
    ),
    Endpoint("kpis:target-list", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:target-detail", PAGE, Permission.KPI_VIEW, arguments=lambda house: {"kpi": "nps"}),
    # Which KPI it is for stands in the query.
    Endpoint("kpis:target-set", {"GET": 404, "POST": 404}, Permission.KPI_CHANGE_TARGETS),
    Endpoint(
        "kpis:target-end",
        FORM,
        Permission.KPI_CHANGE_TARGETS,
        arguments=lambda house: {"target_id": house.target.pk},
        data=lambda house: {"ends_on": timezone.localdate().isoformat()},
    ),
)


def alert(house: House) -> dict[str, Any]:
    return {"alert_id": house.alert.pk}


def tomorrow(house: House) -> dict[str, Any]:
    return {"until": (timezone.localdate() + timedelta(days=2)).isoformat()}


ALERTS = (
    Endpoint("alerts:alert-list", PAGE, Permission.KPI_VIEW),
    Endpoint("alerts:alerts-seen", ACTION, Permission.KPI_VIEW),
    Endpoint("alerts:alert-settings", {"GET": 200, "POST": 422}, Permission.OWN_SETTINGS_CHANGE),
    Endpoint("alerts:alert-done", ACTION, Permission.KPI_VIEW, arguments=alert, is_client_bound=True),
    Endpoint(
        "alerts:alert-snooze",
        FORM,
        Permission.KPI_VIEW,
        arguments=alert,
        data=tomorrow,
        is_client_bound=True,
    ),
    Endpoint("alerts:alert-reopen", ACTION, Permission.KPI_VIEW, arguments=alert, is_client_bound=True),
    Endpoint(
        "alerts:alert-resolve", ACTION, Permission.TOUCHPOINT_LOG, arguments=alert, is_client_bound=True
    ),
)


OWN = (
    *STAFF,
    *REVIEWS,
    *DECISIONS,
    *ALERTS,
    Endpoint(
        "accounts:own-settings", FORM, Permission.OWN_SETTINGS_CHANGE, data=lambda house: {"theme": "dark"}
    ),
    Endpoint("accounts:sessions-end", ACTION, Permission.OWN_SETTINGS_CHANGE),
    Endpoint("accounts:mail-list", PAGE, Permission.MAIL_VIEW),
    Endpoint("accounts:mail-detail", PAGE, Permission.MAIL_VIEW, arguments=mail),
    Endpoint(
        "accounts:mail-attachment",
        PAGE,
        Permission.MAIL_VIEW,
        arguments=lambda house: {"mail_id": house.mail.pk, "number": 0},
    ),
    Endpoint("accounts:mail-resend", FORM, Permission.MAIL_RESEND, arguments=mail),
    Endpoint("accounts:mail-retry", FORM, Permission.MAIL_RESEND, arguments=mail),
    Endpoint("clients:my-day", PAGE, Permission.CLIENT_VIEW),
    Endpoint("clients:step-done", ACTION, Permission.CLIENT_CHANGE, arguments=step, is_client_bound=True),
    Endpoint("clients:step-reopen", ACTION, Permission.CLIENT_CHANGE, arguments=step, is_client_bound=True),
    Endpoint(
        "clients:step-move",
        FORM,
        Permission.CLIENT_CHANGE,
        arguments=step,
        data=lambda house: {"due_on": timezone.localdate() + timedelta(days=9)},
        is_client_bound=True,
    ),
    Endpoint("clients:client-list", PAGE, Permission.CLIENT_VIEW),
    Endpoint("clients:client-find", {"GET": 302}, Permission.CLIENT_VIEW),
    Endpoint("clients:client-detail", PAGE, Permission.CLIENT_VIEW, arguments=client, is_client_bound=True),
    Endpoint(
        "clients:touchpoint-log",
        {"GET": 302, "POST": 302},
        Permission.TOUCHPOINT_LOG,
        arguments=client,
        data=touchpoint_form,
        is_client_bound=True,
    ),
    Endpoint(
        "clients:touchpoint-cancel",
        ACTION,
        Permission.TOUCHPOINT_LOG,
        arguments=touchpoint,
        is_client_bound=True,
    ),
    Endpoint(
        "clients:pulse-give",
        {"GET": 200, "POST": 422},
        Permission.TOUCHPOINT_LOG,
        arguments=client,
        is_client_bound=True,
    ),
    Endpoint("kpis:client-health", PAGE, Permission.KPI_VIEW, arguments=client, is_client_bound=True),
    Endpoint("kpis:risk", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:risk-csv", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:back-test", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:health-weights", {"GET": 200, "POST": 422}, Permission.KPI_CHANGE_TARGETS),
    Endpoint("kpis:scorecard", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:kpi-detail", PAGE, Permission.KPI_VIEW, arguments=lambda house: {"kpi": "mrr"}),
    Endpoint(
        "kpis:kpi-rows", PAGE, Permission.KPI_VIEW, arguments=lambda house: {"kpi": "mrr", "kind": "csv"}
    ),
    Endpoint("kpis:cohorts", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:cohorts-export", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:cohort-cell", PAGE, Permission.KPI_VIEW, arguments=first_cohort),
    Endpoint("kpis:cohort-cell-export", PAGE, Permission.KPI_VIEW, arguments=first_cohort),
    Endpoint("kpis:lifetime", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:lifetime-export", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:response-times", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:response-times-export", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:waterfall", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:waterfall-export", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:waterfall-step", PAGE, Permission.KPI_VIEW, arguments=lambda house: {"step": "churn"}),
    Endpoint(
        "kpis:waterfall-step-export",
        PAGE,
        Permission.KPI_VIEW,
        arguments=lambda house: {"step": "opening"},
    ),
    Endpoint("kpis:months-list", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:months-detail", PAGE, Permission.KPI_VIEW, arguments=lambda house: {"month": "2025-01"}),
    everybody("gallery", PAGE),
)

SIGNING_IN = (
    Endpoint("account_login", every(302), strangers=THEIR_FORM),
    Endpoint("account_logout", FORM, strangers={"GET": 302, "POST": 302}),
    everybody("account_inactive", PAGE),
    everybody("account_signup", every(404)),
    everybody("account_email", every(404)),
    everybody("account_email_verification_sent", every(404)),
    everybody("account_confirm_email", every(404), arguments=lambda house: {"key": "abc"}),
    Endpoint("account_reauthenticate", THEIR_FORM),
    Endpoint("account_change_password", THEIR_FORM),
    Endpoint("account_set_password", every(302)),
    everybody("account_reset_password", THEIR_FORM),
    everybody("account_confirm_login_code", every(302)),
    everybody("account_reset_password_done", PAGE),
    everybody("account_reset_password_from_key_done", PAGE),
    everybody(
        "account_reset_password_from_key",
        every(200),
        arguments=lambda house: {"uidb36": "1", "key": "abc-def"},
    ),
    everybody("mfa_authenticate", every(302)),
    Endpoint("mfa_index", PAGE),
    Endpoint("mfa_reauthenticate", THEIR_FORM),
    Endpoint("mfa_activate_totp", every(302)),
    Endpoint("mfa_deactivate_totp", THEIR_ACTION),
    Endpoint("mfa_view_recovery_codes", PAGE),
    Endpoint("mfa_generate_recovery_codes", THEIR_ACTION),
    Endpoint("mfa_download_recovery_codes", PAGE),
    Endpoint("mfa_list_webauthn", PAGE),
    Endpoint("mfa_add_webauthn", THEIR_FORM),
    Endpoint("mfa_reauthenticate_webauthn", THEIR_ACTION),
    Endpoint("mfa_remove_webauthn", {"GET": 404, "POST": 404, "DELETE": 404}, arguments=anothers_key),
    Endpoint("mfa_edit_webauthn", {"GET": 404, "POST": 404, "PUT": 404}, arguments=anothers_key),
    Endpoint("mfa_login_webauthn", every(302), strangers={"GET": 302, "POST": 302, "PUT": 302}),
    Endpoint("usersessions_list", THEIR_ACTION),
)


def review_link(house: House) -> dict[str, Any]:
    return {"token": house.review_token}


# Whoever holds the link is the contact, signed in or not.
CLIENTS = (
    everybody(
        "review-read",
        FORM,
        arguments=review_link,
        data=lambda house: {"deed": "sign_off"},
    ),
    everybody("review-look", PAGE, arguments=review_link),
    everybody("review-pdf", PAGE, arguments=review_link),
    everybody(
        "review-unsubscribe",
        {"GET": 200, "POST": 200},
        arguments=lambda house: {"token": house.unsubscribe_token},
    ),
)

TABLE = OWN + CLIENTS + SIGNING_IN

# A mail program posts it without ever having seen a form (RFC 8058).
WITHOUT_FORM = {"review-unsubscribe"}


def list_addresses() -> Iterator[tuple[str, str, Any]]:
    """(name, pattern, view) of every address of the site; a nameless one is named by its pattern."""
    yield from _walk(get_resolver("agencyam.urls"), "", ())


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        pattern = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield (":".join([*spaces, entry.name]) if entry.name else pattern), pattern, entry.callback
        else:
            yield from _walk(entry, pattern, spaces + ((entry.namespace,) if entry.namespace else ()))
