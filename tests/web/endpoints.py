"""The declared table of an agency's site: each address, who may open it, with which method, and what answers.

Members are freshly signed in and have an authenticator app, recovery codes and a security key. An address
that is not in the table, or a row without an address, fails `test_permissions_matrix`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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


OWN = (
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
    Endpoint("kpis:scorecard", PAGE, Permission.KPI_VIEW),
    Endpoint("kpis:kpis-compute", ACTION, Permission.KPI_VIEW),
    Endpoint(
        "kpis:kpis-compute-status",
        PAGE,
        Permission.KPI_VIEW,
        arguments=lambda house: {"job_id": house.job.pk},
    ),
    Endpoint("kpis:kpi-detail", PAGE, Permission.KPI_VIEW, arguments=lambda house: {"kpi": "mrr"}),
    Endpoint("reports:qbr-list", PAGE, Permission.REVIEW_VIEW),
    Endpoint(
        "reports:qbr-create",
        FORM,
        Permission.REVIEW_SEND,
        arguments=client,
        data=last_quarter,
        is_client_bound=True,
    ),
    Endpoint("reports:qbr-detail", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:qbr-download", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:qbr-send", FORM, Permission.REVIEW_SEND, arguments=review, is_client_bound=True),
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

TABLE = OWN + SIGNING_IN


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
