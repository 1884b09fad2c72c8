from datetime import date

import pytest

from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import client, line


@pytest.fixture(autouse=True)
def _tenth_of_april(tenth_of_april):
    """All pages of this folder are read on that day."""


@pytest.fixture
def reader(sign_in):
    """A leader's browser: `reader(path, **address)` answers."""
    browser = sign_in(LeaderFactory())
    return lambda path, **address: browser.get(path, address)


@pytest.fixture
def march():
    """Ada's three clients in March 2026: one leaves, one grows, one comes; Bo's fourth pauses and is Ada's then."""
    ada, bo = MemberFactory(name="Ada", book_id="ada"), MemberFactory(name="Bo", book_id="bo")
    for name in ("leaves", "grows", "comes"):
        AssignmentFactory(client=client(name), member=ada, starts_on=date(2025, 1, 1))
    AssignmentFactory(
        client=client("moves"), member=bo, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 10)
    )
    AssignmentFactory(client=client("moves"), member=ada, starts_on=date(2026, 3, 10))
    lines = {
        "leaves": line("leaves", 300, "2025-01-01", "2026-03-20", ended_reason="budget cut"),
        "before": line("grows", 100, "2025-01-01", "2026-03-05"),
        "after": line("grows", 150, "2026-03-05", reason="price_change"),
        "cross": line("grows", 50, "2026-03-12", of="seo", reason="cross_sell"),
        "comes": line("comes", 200, "2026-03-01"),
        "moves": line("moves", 500, "2025-01-01", pauses=[("2026-03-25", None)]),
    }
    return {"ada": ada, "bo": bo, **lines}


@pytest.fixture
def winter():
    """Two start in January, one of whom leaves in March; one starts in February and doubles in March."""
    line("stays", 100, "2026-01-10")
    line("leaves", 300, "2026-01-20", "2026-03-15")
    line("grows", 200, "2026-02-05", "2026-03-01")
    line("grows", 400, "2026-03-01")
