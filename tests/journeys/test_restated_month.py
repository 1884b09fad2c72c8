"""A month is closed at a shell, a later import changes it, and the pages say what was reported, what is, and why."""

import re
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import ContractLine
from kpis.frozen.models import Restatement
from tests.clients.exchange.books import write_book

# Over for at least a month, and in the book of the site.
MONTH = (
    f"{(timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1) - timedelta(days=1):%Y-%m}"
)
PATIENCE = 60


@pytest.fixture
def correction(in_agency, tmp_path):
    """A book of one line that was forgotten: 500 a month more from the middle of the month, for a client that pays."""
    line = in_agency(
        lambda: (
            ContractLine.objects.filter(kind="recurring", starts_on__lt=f"{MONTH}-01", ends_on=None)
            .select_related("client", "service")
            .order_by("pk")
            .first()
        )
    )
    return line.client.name, write_book(
        tmp_path,
        clients=f'client_id,name\n{line.client.book_id},"{line.client.name}"\n',
        contract_lines="line_id,client_id,service_id,kind,currency,amount,interval,starts_on\n"
        f"forgotten,{line.client.book_id},{line.service.book_id},recurring,{line.currency},500,month,{MONTH}-15\n",
    )


def wait_for_restatement(in_agency) -> Restatement:
    """The worker's own notice of what became of the agency's MRR."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = in_agency(
            lambda: Restatement.objects.filter(kpi="mrr", by="agency", month__starts_on=f"{MONTH}-01").first()
        )
        if found is not None:
            return found
        time.sleep(0.2)
    raise AssertionError("Nobody noticed that the month was changed.")


def test_a_closed_month_that_an_import_changed(enter, site, in_agency, correction):
    client, book = correction
    call_command("freeze_month", "journey", MONTH)
    page = enter()
    page.goto(site.url(f"/kpis/mrr/?period={MONTH}"))
    reported = page.locator(".tile .figure").first.inner_text()
    expect(page.locator("#restated")).to_have_count(0)

    call_command("import_book", "journey", str(book), verbosity=0)
    restated = wait_for_restatement(in_agency)

    page.goto(site.url(f"/kpis/?period={MONTH}"))
    expect(page.locator(".banner[data-tone=warn]")).to_contain_text(re.compile(r"\d+ numbers are restated"))
    page.get_by_role("link", name="Which rows, and who").click()
    page.wait_for_url(re.compile(f"/kpis/months/{MONTH}/"))
    row = page.locator("tr", has=page.get_by_role("link", name="Monthly recurring revenue"))
    expect(row.locator("[data-label=Reported]")).to_contain_text(reported)
    expect(row.locator("[data-label=Now]")).to_contain_text(restated.new_display)
    row.get_by_role("link", name="Monthly recurring revenue").click()
    page.wait_for_url(re.compile("/kpis/mrr/"))
    why = page.locator("#restated")
    expect(why).to_contain_text(f"Reported {reported}, now {restated.new_display}; rows: 1 changed")
    expect(why.locator("tbody tr")).to_contain_text(client)
    expect(why).to_contain_text("An import of a book")
    expect(page.locator(".tile .figure").first).to_have_text(reported)

    page.get_by_role("link", name="Waterfall", exact=True).click()
    page.wait_for_url(re.compile("/kpis/waterfall/"))
    closing = page.locator("tr", has=page.locator("#step-closing"))
    expect(closing).to_contain_text(reported)
    expect(closing).to_contain_text(f"Restated, now {restated.new_display}")
    page.locator("#step-closing").click()
    page.wait_for_url(re.compile("/kpis/waterfall/closing/"))
    expect(page.locator(".tile .figure")).to_contain_text([reported, restated.new_display])
    expect(page.locator("tfoot")).to_contain_text(restated.new_display)
