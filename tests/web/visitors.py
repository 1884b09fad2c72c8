"""Who comes to an agency's site: nobody known, its members by role, and an owner of another agency."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

from django.db import transaction
from django.test import Client as Browser

from accounts.models import User
from accounts.roles import Role
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from tests.factories.accounts import PASSWORD, OwnerFactory
from tests.web.house import House
from tests.web.passkeys import equip

NORTHWIND, HARBOUR = "northwind.localhost", "harbour.localhost"
ANONYMOUS, FOREIGN = "anonymous", "owner of the other agency"
VISITORS = (ANONYMOUS, FOREIGN, *Role.values)


def role_of(visitor: str) -> str | None:
    """The visitor's role at the agency; None without a session there."""
    return visitor if visitor in Role.values else None


def new_browser(host: str = NORTHWIND, **options: bool) -> Browser:
    return Browser(headers={"host": host}, SERVER_NAME=host, **options)


def sign_in_afresh(browser: Browser, member: User) -> None:
    """Sign in with the password and give it once more, so that nothing asks for it again."""
    browser.post("/account/login/", {"login": member.email, "password": PASSWORD})
    browser.post("/account/reauthenticate/", {"password": PASSWORD})


class Visitors:
    """Browsers on northwind, each with the session that its visitor has, wherever they have it."""

    def __init__(self, house: House, other_agency: Agency) -> None:
        self.house = house
        self._jars: dict[str, SimpleCookie] = {ANONYMOUS: SimpleCookie()}
        for role, member in house.members.items():
            browser = new_browser()
            sign_in_afresh(browser, member)
            equip(member)
            self._jars[role] = browser.cookies
        with tenant_context(other_agency):
            abroad = new_browser(HARBOUR)
            sign_in_afresh(abroad, OwnerFactory(email="owner@harbour.example"))
        self._jars[FOREIGN] = abroad.cookies

    def browser(self, visitor: str, **options: bool) -> Browser:
        """A new browser with the visitor's cookies."""
        browser = new_browser(**options)
        browser.cookies = copy.deepcopy(self._jars[visitor])
        return browser


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block writes; what it is answered stays."""
    block = transaction.atomic()
    # As Django's own test transactions, which agencies may be entered in.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
