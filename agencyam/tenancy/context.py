"""The only way into an agency's schema: ``with tenant_context(agency):``.

django-tenants offers ``with tenant:`` and decorators as well; both keep their state on an object that
threads share and were seen to read another tenant's rows. This class keeps its state on itself, works
once, is no decorator, and tells the query guard who is bound.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, Final

from agencyam.tenancy.connection import connection

if TYPE_CHECKING:
    from agencyam.tenancy.models import Agency


class NoTenant(RuntimeError):
    """A query for an agency's table was made while no agency, or another one, was bound."""


class _Unguarded:
    """Marks the stretches in which migrations move the search path themselves."""


_UNGUARDED: Final = _Unguarded()
_bound: "ContextVar[Agency | _Unguarded | None]" = ContextVar("bound_agency", default=None)


class tenant_context:  # noqa: N801 - reads as a keyword at every call
    """Bind one agency for the length of a block; outermost, never inside ``atomic``.

    Raises RuntimeError when entered twice, or inside a transaction (a rolled back transaction would take
    the search path with it). Transactions that Django's test case opened are let through.
    """

    __slots__ = ("_agency", "_previous", "_token")

    def __init__(self, agency: "Agency") -> None:
        self._agency = agency
        self._token: Token[Agency | _Unguarded | None] | None = None
        self._previous: Any = None

    def __enter__(self) -> "Agency":
        if self._token is not None:
            raise RuntimeError("A tenant_context works once; make a new one for each block.")
        _refuse_inside_transaction()
        self._previous = connection.tenant
        self._token = _bound.set(self._agency)
        connection.set_tenant(self._agency)
        return self._agency

    def __exit__(self, *exc_info: object) -> None:
        if self._token is not None:
            _bound.reset(self._token)
        connection.set_tenant(self._previous)


def current_agency() -> "Agency":
    """The bound agency. Raises NoTenant when there is none. For edges only."""
    agency = _bound.get()
    if agency is None or isinstance(agency, _Unguarded):
        raise NoTenant("No agency is bound; enter one with tenant_context(agency).")
    return agency


def has_agency() -> bool:
    """Whether an agency is bound right now."""
    agency = _bound.get()
    return agency is not None and not isinstance(agency, _Unguarded)


@contextmanager
def unguarded() -> Iterator[None]:
    """Let migrations and provisioning set the search path themselves. Nothing else may use it."""
    token = _bound.set(_UNGUARDED)
    try:
        yield
    finally:
        _bound.reset(token)


@contextmanager
def nobody_bound() -> Iterator[None]:
    """Leave any agency for the length of a block, for work on the public tables alone."""
    previous = connection.tenant
    token = _bound.set(None)
    connection.set_schema_to_public()
    try:
        yield
    finally:
        _bound.reset(token)
        connection.set_tenant(previous)


def bound_schema() -> str | None:
    """What the guard compares with: a schema name, "" where the guard is off, None where nobody is bound."""
    agency = _bound.get()
    if agency is None:
        return None
    if isinstance(agency, _Unguarded):
        return ""
    return agency.schema_name


def _refuse_inside_transaction() -> None:
    blocks = getattr(connection, "atomic_blocks", [])
    if any(not getattr(block, "_from_testcase", False) for block in blocks):
        raise RuntimeError("Enter the agency first, then open the transaction: tenant_context, then atomic.")
