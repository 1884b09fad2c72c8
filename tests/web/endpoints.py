"""The declared table of an agency's site: each address, who may open it, with which method, and what answers.

Members are freshly signed in and have an authenticator app, recovery codes and a security key. An address
that is not in the table, or a row without an address, fails `test_permissions_matrix`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone

from accounts.roles import Permission, Role, permissions_of
from reports.qbr.forms import list_periods
from tests.web.house import House

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SIGN_IN, NOT_ALLOWED, FORBIDDEN = "sign-in", 405, 403
Answers = Mapping[str, int]


def every(status: int) -> Answers:
    return dict.fromkeys(METHODS, status)


PAGE = {"GET": 200}
ACTION = {"POST": 302}
FORM = {"GET": 200, "POST": 302}
# A form of allauth in error is shown again with 200; its class-based views take PUT for POST.
THEIR_FORM = {"GET": 200, "POST": 200, "PUT": 200}
THEIR_ACTION = {"GET": 200, "POST": 302, "PUT": 302}


def nothing(house: House) -> dict[str, Any]:
    return {}


def client(house: House) -> dict[str, Any]:
    return {"client_id": house.client.pk}


def touchpoint(house: House) -> dict[str, Any]:
    return {"client_id": house.client.pk, "touchpoint_id": house.touchpoint.pk}


def touchpoint_form(house: House) -> dict[str, Any]:
    return {
        "touchpoint-summary": "Said hello.",
        "touchpoint-channel": "call",
        "touchpoint-direction": "upstream",
        "touchpoint-occurred_at": "2025-06-01T09:30",
    }


def mail(house: House) -> dict[str, Any]:
    return {"mail_id": house.mail.pk}


def review(house: House) -> dict[str, Any]:
    return {"qbr_id": house.qbr.pk}


def last_quarter(house: House) -> dict[str, Any]:
    return {"period": list_periods(today=timezone.localdate(), fiscal_year_start_month=1)[0][0]}


def anothers_key(house: House) -> dict[str, Any]:
    """A security key of a member who is none of the visitors."""
    return {"pk": house.key.pk}


@dataclass(frozen=True)
class Endpoint:
    """One address. `answers` to a member who may, per method; any other method is 405.

    `needs` None: every member may. `strangers`: answers to somebody without a session here; None: they are
    sent to sign in, whatever the method.
    """

    name: str
    answers: Answers
    needs: Permission | None = None
    strangers: Answers | None = None
    arguments: Callable[[House], dict[str, Any]] = nothing
    data: Callable[[House], dict[str, Any]] = nothing
    is_client_bound: bool = False

    def url(self, house: House) -> str:
        return reverse(self.name, kwargs=self.arguments(house))

    def expected(self, role: str | None, method: str) -> int | str:
        """What answers a member of this role; None is somebody without a session here."""
        if role is None:
            return SIGN_IN if self.strangers is None else self.strangers.get(method, NOT_ALLOWED)
        if self.needs is not None and self.needs not in permissions_of(Role(role)):
            return FORBIDDEN
        return self.answers.get(method, NOT_ALLOWED)


def _everybody(name: str, answers: Answers, **more: Any) -> Endpoint:
    return Endpoint(name, answers, strangers=answers, **more)


def member(house: House) -> dict[str, Any]:
    return {"member_id": house.colleague.pk}


def team(house: House) -> dict[str, Any]:
    return {"team_id": house.team.pk}


def member_form(house: House) -> dict[str, Any]:
    return {"name": "Somebody", "role": "viewer", "fte": "1", "email": "somebody@agency.example"}


def agency_form(house: House) -> dict[str, Any]:
    return {
        "name": "Northwind",
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

ASKED_WRONGLY = {"GET": 200, "POST": 422}
REVIEW_STEPS = (
    (
        "qbr-step",
        {"POST": 422},
        Permission.REVIEW_SEND,
        lambda house: {"qbr_id": house.qbr.pk, "verb": "submit"},
        nothing,
    ),
    ("qbr-approve", {"POST": 422}, Permission.REVIEW_APPROVE, review, nothing),
    ("qbr-send-back", ASKED_WRONGLY, Permission.REVIEW_APPROVE, review, nothing),
    ("qbr-people", ASKED_WRONGLY, Permission.REVIEW_SEND, review, lambda house: {"owner": ""}),
    ("qbr-meeting", FORM, Permission.REVIEW_SEND, review, lambda house: {"meeting_at": "2026-01-05T10:00"}),
    ("qbr-hold", ASKED_WRONGLY, Permission.REVIEW_SEND, review, nothing),
    ("qbr-correct", ASKED_WRONGLY, Permission.REVIEW_SEND, review, nothing),
    ("qbr-checklist", FORM, Permission.REVIEW_SEND, review, lambda house: {"steps": "Read it"}),
    (
        "qbr-tick",
        {"POST": 422},
        Permission.REVIEW_SEND,
        lambda house: {"qbr_id": house.qbr.pk, "number": 99},
        nothing,
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


def section(house: House) -> dict[str, Any]:
    return {**review(house), "key": "goals"}


def picture(house: House) -> dict[str, Any]:
    """None is stored."""
    return {**review(house), "image_id": 1}


# The review of the sweeps is approved: what would change it is refused in words.
BUILDER = (
    Endpoint(
        "reports:action-add",
        FORM,
        Permission.CLIENT_CHANGE,
        arguments=review,
        data=lambda house: {"title": "Call", "side": "theirs", "due_on": timezone.localdate().isoformat()},
        is_client_bound=True,
    ),
    Endpoint("reports:builder-detail", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:builder-preview", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:builder-look", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:builder-news", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint(
        "reports:section-write",
        {"POST": 422},
        Permission.REVIEW_SEND,
        arguments=section,
        data=lambda house: {"text": "Why", "revision": "0"},
        is_client_bound=True,
    ),
    Endpoint(
        "reports:section-arrange",
        ACTION,
        Permission.REVIEW_SEND,
        arguments=section,
        data=lambda house: {"what": "up"},
        is_client_bound=True,
    ),
    Endpoint("reports:image-add", ACTION, Permission.REVIEW_SEND, arguments=section, is_client_bound=True),
    Endpoint(
        "reports:image-remove",
        ACTION,
        Permission.REVIEW_SEND,
        arguments=lambda house: {**section(house), "image_id": 1},
        is_client_bound=True,
    ),
    Endpoint(
        "reports:image-show", {"GET": 404}, Permission.REVIEW_VIEW, arguments=picture, is_client_bound=True
    ),
)

OWN = (
    *STAFF,
    *BUILDER,
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
    Endpoint("accounts:mail-resend", ACTION, Permission.MAIL_RESEND, arguments=mail),
    Endpoint("clients:home", {"GET": 302}, Permission.CLIENT_VIEW),
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
    Endpoint("reports:qbr-list", PAGE, Permission.REVIEW_VIEW),
    Endpoint(
        "reports:qbr-create",
        FORM,
        Permission.REVIEW_SEND,
        arguments=client,
        data=last_quarter,
        is_client_bound=True,
    ),
    # The review of the house is approved: what a draft may do is refused in words.
    *(
        Endpoint(f"reports:{name}", answers, needs, arguments=more, data=data, is_client_bound=True)
        for name, answers, needs, more, data in REVIEW_STEPS
    ),
    Endpoint("reports:qbr-queue", {"GET": 200, "POST": 422}, Permission.REVIEW_APPROVE),
    Endpoint(
        "reports:batch-create",
        FORM,
        Permission.REVIEW_SEND,
        data=lambda house: {**last_quarter(house), "whose": "all"},
    ),
    Endpoint(
        "reports:batch-detail",
        PAGE,
        Permission.REVIEW_SEND,
        arguments=lambda house: {"batch_id": house.batch.pk},
    ),
    Endpoint("reports:qbr-detail", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:qbr-download", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint(
        "reports:qbr-send",
        FORM,
        Permission.REVIEW_SEND,
        arguments=review,
        data=lambda house: {"contacts": [house.contact.pk]},
        is_client_bound=True,
    ),
    Endpoint(
        "reports:qbr-link-revoke",
        ACTION,
        Permission.REVIEW_SEND,
        arguments=lambda house: {**review(house), "contact_id": house.contact.pk},
        is_client_bound=True,
    ),
    _everybody("gallery", PAGE),
)

SIGNING_IN = (
    Endpoint("account_login", every(302), strangers=THEIR_FORM),
    Endpoint("account_logout", FORM, strangers={"GET": 302, "POST": 302}),
    _everybody("account_inactive", PAGE),
    _everybody("account_signup", every(404)),
    _everybody("account_email", every(404)),
    _everybody("account_email_verification_sent", every(404)),
    _everybody("account_confirm_email", every(404), arguments=lambda house: {"key": "abc"}),
    Endpoint("account_reauthenticate", THEIR_FORM),
    Endpoint("account_change_password", THEIR_FORM),
    Endpoint("account_set_password", every(302)),
    _everybody("account_reset_password", THEIR_FORM),
    _everybody("account_confirm_login_code", every(302)),
    _everybody("account_reset_password_done", PAGE),
    _everybody("account_reset_password_from_key_done", PAGE),
    _everybody(
        "account_reset_password_from_key",
        every(200),
        arguments=lambda house: {"uidb36": "1", "key": "abc-def"},
    ),
    _everybody("mfa_authenticate", every(302)),
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
    _everybody(
        "review-read",
        FORM,
        arguments=review_link,
        data=lambda house: {"deed": "sign_off"},
    ),
    _everybody("review-look", PAGE, arguments=review_link),
    _everybody("review-pdf", PAGE, arguments=review_link),
    _everybody(
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
