"""One row of the table of addresses, and the arguments and answers that many rows share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
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


def step(house: House) -> dict[str, Any]:
    return {"client_id": house.client.pk, "step_id": house.step.pk}


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


def everybody(name: str, answers: Answers, **more: Any) -> Endpoint:
    return Endpoint(name, answers, strangers=answers, **more)
