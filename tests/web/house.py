"""An agency with a row of everything that an address can name, and its members by role."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.models import OutboxEmail, User
from accounts.roles import Role
from accounts.selectors import get_settings
from agencyam.jobs import outbox, services
from agencyam.jobs.models import Job
from agencyam.periods import month_of
from clients.models import Client, Touchpoint
from reports.models import QBR
from reports.qbr.build import build_document
from reports.qbr.document import to_json
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    ClientFactory,
    ContactFactory,
    ContractLineFactory,
    RequestFactory,
    SurveyResponseFactory,
    TouchpointFactory,
)
from tests.web.passkeys import equip

PDF = b"%PDF-1.7 planted"


@dataclass(frozen=True)
class House:
    """Rows of one agency. `client` belongs to nobody's portfolio, so that a private one must hide it."""

    members: dict[str, User]
    client: Client
    touchpoint: Touchpoint
    qbr: QBR
    mail: OutboxEmail
    job: Job
    key: Authenticator  # of a member who is none of `members`


def furnish() -> House:
    """Make the rows in the bound agency. Passwords of all members: tests.factories.accounts.PASSWORD."""
    colleague = MemberFactory(name="Somebody else")
    members = {
        role: MemberFactory(role=role, name=f"Some {role}", email=f"{role}@agency.example")
        for role in Role.values
    }
    client = ClientFactory(name="Planted client")
    contact = ContactFactory(client=client, email="julia@client.example")
    AssignmentFactory(client=client, member=colleague)
    AssignmentFactory(client=ClientFactory(name="Own client"), member=members[Role.ACCOUNT_MANAGER])
    ContractLineFactory(client=client)
    RequestFactory(client=client, contact=contact)
    SurveyResponseFactory(client=client, contact=contact)
    return House(
        members=members,
        client=client,
        touchpoint=TouchpointFactory(client=client, contact=contact),
        qbr=_review(client, timezone.now()),
        mail=_mail(),
        job=services.enqueue(kind="kpis.compute_on_demand", period_key="planted", payload={}),
        key=equip(colleague),
    )


def _review(client: Client, now: datetime) -> QBR:
    """A ready one, without the seconds that printing takes."""
    period = month_of(now.date().replace(day=1) - timedelta(days=1))
    about = {"client": client, "period": period, "as_of": now.date(), "now": now, "settings": get_settings()}
    return QBR.objects.create(
        client=client,
        period_start=period.start,
        period_end=period.end,
        as_of=now.date(),
        status=QBR.Status.READY,
        snapshot=to_json(build_document(**about)),
        pdf=PDF,
        pdf_sha256="0" * 64,
        pages=1,
        rendered_at=now,
    )


def _mail() -> OutboxEmail:
    mail = outbox.post(
        key="planted",
        to="julia@client.example",
        subject="Planted mail",
        text="Dear Julia",
        attachments=[("review.pdf", PDF, "application/pdf")],
        is_client_mail=True,
    )
    OutboxEmail.objects.filter(pk=mail.pk).update(state=OutboxEmail.State.UNKNOWN)
    mail.refresh_from_db()
    return mail
