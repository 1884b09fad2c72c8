"""Who comes to an agency's site: nobody known, its members by role, and an owner of another agency."""

from dataclasses import dataclass

from django.test import Client as Browser

from accounts.roles import Role
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from tests.factories.accounts import OwnerFactory
from tests.web.house import House

NORTHWIND, HARBOUR = "northwind.localhost", "harbour.localhost"
ANONYMOUS, FOREIGN = "anonymous", "owner of the other agency"
VISITORS = (ANONYMOUS, FOREIGN, *Role.values)


def new_browser(host: str = NORTHWIND, **options: bool) -> Browser:
    return Browser(headers={"host": host}, SERVER_NAME=host, **options)


@dataclass(frozen=True)
class Visitors:
    house: House
    other_agency: Agency

    def browser(self, visitor: str, **options: bool) -> Browser:
        """A browser on northwind, with the session that the visitor has, wherever they have it."""
        browser = new_browser(**options)
        if visitor == FOREIGN:
            with tenant_context(self.other_agency):
                browser.force_login(self._foreign_owner())
        elif visitor != ANONYMOUS:
            browser.force_login(self.house.members[visitor])
        return browser

    def _foreign_owner(self):
        found = type(self.house.members[Role.OWNER]).objects.filter(email="owner@harbour.example").first()
        return found or OwnerFactory(email="owner@harbour.example")
