"""An agency with a row of everything that an address can name, and its members by role."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.models import OutboxEmail, Team, User
from accounts.roles import Role
from accounts.selectors import get_settings
from agencyam.jobs import outbox
from agencyam.periods import month_of
from clients.models import ActionItem, Client, Contact, Touchpoint
from kpis.models import Alert, AlertNotice, ChoiceChange, Target
from reports.models import QBR, QBRBatch, QBRDelivery, QBRLink
from reports.qbr.delivery.links import make_link
from reports.qbr.document import to_json
from reports.qbr.writing.build import build_document
from tests.factories.accounts import MemberFactory, TeamMembershipFactory
from tests.factories.clients import (
    ActionItemFactory,
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
    step: ActionItem  # of `client`, open
    qbr: QBR
    batch: QBRBatch  # of the account manager
    mail: OutboxEmail
    key: Authenticator  # of `colleague`
    colleague: User  # who is none of `members`
    team: Team
    target: Target
    alert: Alert  # about `client`; each of `members` has a notice of it
    contact: Contact  # of `client`, who got `mail` with both links
    review_token: str
    unsubscribe_token: str


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
    qbr, mail, now = _review(client, timezone.now()), _mail(), timezone.now()
    QBRDelivery.objects.create(qbr=qbr, contact=contact, mail=mail)
    return House(
        members=members,
        client=client,
        touchpoint=TouchpointFactory(client=client, contact=contact, member=members[Role.ACCOUNT_MANAGER]),
        step=ActionItemFactory(client=client, owner=members[Role.ACCOUNT_MANAGER]),
        qbr=qbr,
        batch=_batch(members[Role.ACCOUNT_MANAGER]),
        mail=mail,
        key=equip(colleague),
        colleague=colleague,
        team=TeamMembershipFactory(member=colleague).team,
        target=_target(),
        alert=_alert(client, [*members.values()]),
        contact=contact,
        review_token=make_link(qbr=qbr, contact=contact, purpose=QBRLink.Purpose.REVIEW, now=now),
        unsubscribe_token=make_link(qbr=qbr, contact=contact, purpose=QBRLink.Purpose.UNSUBSCRIBE, now=now),
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
        stage=QBR.Stage.APPROVED,
        approved_at=now,
        snapshot=to_json(build_document(**about)),
        pdf=PDF,
        pdf_sha256="0" * 64,
        pages=1,
        rendered_at=now,
    )


def _batch(member: User) -> QBRBatch:
    return QBRBatch.objects.create(
        period_start=date(2025, 1, 1), period_end=date(2025, 4, 1), requested_by=member
    )


def _target() -> Target:
    """A target, and beside it a choice that is planned to change."""
    ChoiceChange.objects.create(
        name="fcr_window_days", version=2, old=7, new=14, from_on=date(2099, 1, 1), at=timezone.now()
    )
    return Target.objects.create(kpi="nps", low=60, starts_on=date(2025, 1, 1))


def _alert(client: Client, members: list[User]) -> Alert:
    link = {"words": "Look", "view": "clients:client-detail", "kwargs": {"client_id": client.pk}, "rest": ""}
    alert = Alert.objects.create(
        rule="health",
        cause_key="planted",
        title="Planted alert",
        tone="bad",
        measure=101,
        client=client,
        row=link,
        action=link,
        raised_at=timezone.now(),
    )
    for member in members:
        AlertNotice.objects.create(alert=alert, member=member, created_at=timezone.now())
    return alert


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
