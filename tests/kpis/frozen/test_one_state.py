"""A freeze reads one state of the book, and a comparison too, whatever is written meanwhile."""

import threading
from datetime import date

import pytest
from django.db import connection

from accounts.selectors import find_broken_audit_link, get_settings
from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from kpis.frozen import services
from kpis.frozen.models import FrozenFigure
from tests.kpis.books import line
from tests.kpis.frozen.closing import SEPTEMBER, noon


@pytest.fixture
def at_work(scratch_agency):
    """Somebody else, who writes and commits on a connection of their own."""

    def write(what) -> None:
        def work():
            with tenant_context(scratch_agency):
                what()
            connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    return write


def test_what_is_written_while_a_month_is_read_is_not_in_it(scratch_agency, at_work):
    def new_client_signs():
        line("late", 500, "2026-09-10")
        update_settings(by=None, brand_color="#123456")

    def meanwhile(kind: str, share: float) -> None:
        if kind == "client":
            at_work(new_client_signs)

    with tenant_context(scratch_agency):
        line("early", 300, "2025-01-01")
        services.freeze_month(
            month=SEPTEMBER,
            today=date(2026, 10, 7),
            now=noon("2026-10-07"),
            by=None,
            settings=get_settings(),
            progress=meanwhile,
        )
        reported = dict(FrozenFigure.objects.filter(kpi="mrr").values_list("slice_label", "value"))
        broken = find_broken_audit_link()

    assert {label: int(value) for label, value in reported.items() if label in ("early", "late")} == {
        "early": 300
    }
    assert broken is None
