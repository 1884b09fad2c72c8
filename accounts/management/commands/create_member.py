import secrets
from getpass import getpass

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.addresses import password_key_url
from accounts.roles import Role
from accounts.selectors import get_settings
from accounts.services import invitations, members
from agencyam.commands import PlainCommand
from agencyam.periods import local_day
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency


class Command(PlainCommand):
    help = "Add a member to an agency; without a password the member gets a mail to choose one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agency", metavar="AGENCY", help="the agency's slug")
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=Role.values, default=Role.ACCOUNT_MANAGER)
        password = parser.add_mutually_exclusive_group()
        password.add_argument("--password", help="visible to others on this machine; better --ask-password")
        password.add_argument("--ask-password", action="store_true", help="type it here")

    def handle(
        self,
        *,
        agency: str,
        email: str,
        name: str,
        role: str,
        password: str | None,
        ask_password: bool,
        **options: object,
    ) -> None:
        found = Agency.objects.filter(slug=agency).first()
        if found is None:
            raise CommandError(f"There is no agency called {agency}.", returncode=2)
        if ask_password:
            password = getpass("Password: ")
        with tenant_context(found):
            try:
                self._create(email=email, name=name, role=role, password=password)
            except members.CannotCreateMember as error:
                raise CommandError(str(error)) from error
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error

    @transaction.atomic
    def _create(self, *, email: str, name: str, role: str, password: str | None) -> None:
        today = local_day(timezone.now(), get_settings().time_zone)
        member = members.create_member(
            by=None, email=email, name=name, role=role, password=password, starts_on=today
        )
        if password is not None:
            self.stdout.write(f"{member.name} can sign in as {member.email}.")
            return
        url = password_key_url(invitations.password_key(member))
        invitations.invite_member(
            by=None, member=member, key=f"invitation:{secrets.token_hex(16)}", password_url=url
        )
        self.stdout.write(f"{member.email} gets a mail to choose a password.")
