from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from accounts.mail_state import is_undeliverable
from accounts.models import AgencySettings, AuditEvent, OutboxEmail, Team, TeamMembership, User, UserQuerySet


def get_settings() -> AgencySettings:
    """The agency's settings; the defaults while it has none of its own."""
    return AgencySettings.objects.get_solo()


def list_members() -> UserQuerySet:
    """All members, those with access first, then by name."""
    return User.objects.order_by("-is_active", "name", "pk")


def list_places_on(day: date) -> dict[int, TeamMembership]:
    """Who is in which team on a day, by member's id."""
    held = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    places = TeamMembership.objects.filter(held, starts_on__lte=day).select_related("team")
    return {place.member_id: place for place in places}


def list_team_places(*, member: User) -> list[TeamMembership]:
    """Where a member is, was and will be, the latest first."""
    return list(member.team_memberships.select_related("team").order_by("-starts_on"))


def find_member(member_id: int) -> User | None:
    return User.objects.filter(pk=member_id).first()


def list_teams() -> QuerySet[Team]:
    return Team.objects.order_by("name", "pk")


def find_team(team_id: int) -> Team | None:
    return Team.objects.filter(pk=team_id).first()


def get_member(*, member_id: int) -> User:
    """A member, fresh from the database. Raises User.DoesNotExist."""
    return User.objects.get(pk=member_id)


def find_last_settings_change() -> AuditEvent | None:
    """The latest change of the agency's settings, and who made it."""
    events = AuditEvent.objects.filter(action="settings.update").select_related("actor")
    return events.order_by("-at", "-pk").first()


def find_broken_audit_link() -> AuditEvent | None:
    """The first row of the trail that was changed, or whose predecessor is gone; None for a whole trail."""
    last_hash = ""
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=1000):
        if event.prev_hash != last_hash or event.hash != event.expected_hash():
            return event
        last_hash = event.hash
    return None


def list_mail(*, state: str = "") -> QuerySet[OutboxEmail]:
    """Mail to clients, latest first, without its texts; ``state`` narrows it if it is one.

    Mail to members is left out: it holds reset links, and those are nobody else's.
    """
    mails = OutboxEmail.objects.filter(is_client_mail=True).defer("text", "html", "attachments")
    mails = mails.filter(state=state) if state in OutboxEmail.State else mails
    return mails.order_by("-created_at", "-pk")


def find_mail(mail_id: int) -> OutboxEmail | None:
    return OutboxEmail.objects.filter(pk=mail_id).first()


def count_unknown_mail() -> int:
    """How many mails wait for a person's decision: no provider has reported what became of them either."""
    unknown = OutboxEmail.objects.filter(is_client_mail=True, state=OutboxEmail.State.UNKNOWN)
    return unknown.filter(events__isnull=True).count()


def list_bounced_addresses(addresses: Collection[str]) -> set[str]:
    """Those of the addresses, in lower case, whose latest mail bounced or was called spam; two queries."""
    wanted = {address.lower() for address in addresses} | set(addresses)
    mails = OutboxEmail.objects.filter(is_client_mail=True, to_email__in=wanted)
    mails = mails.only("to_email", "state", "smtp_code").prefetch_related("events")
    latest = {mail.to_email.lower(): mail for mail in mails.order_by("created_at", "pk")}
    return {address for address, mail in latest.items() if is_undeliverable(mail, mail.events.all())}
