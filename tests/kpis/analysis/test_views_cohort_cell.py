"""The clients behind a cell of the cohorts: kept and lost, and together what the cell says."""

import csv
from datetime import date
from io import StringIO

import pytest

from accounts.services.settings import update_settings
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import client, line
from tests.queries import queries_of

MARCH = {"period": "2026-03"}


def said(response):
    """Of each client: kept or lost, the last day of a lost one, first and later MRR."""
    return [
        (
            row.client.name,
            row.client.is_active,
            None if row.client.is_active else row.client.last_on,
            int(row.client.first_mrr),
            int(row.client.mrr),
        )
        for row in response.context["page"].rows
    ]


def test_lost_clients_stand_first_with_their_last_day(reader, winter):
    response = reader("/kpis/cohorts/2026-01/2/", **MARCH)

    page = response.context["page"]
    assert said(response) == [
        ("leaves", False, date(2026, 3, 14), 300, 0),
        ("stays", True, None, 100, 100),
    ]
    assert (page.kept, page.size, page.share, page.mrr_share, page.close) == (
        1,
        2,
        "50%",
        "25%",
        date(2026, 3, 31),
    )


def test_every_cell_adds_up_from_its_clients(reader, winter):
    cohorts = reader("/kpis/cohorts/", **MARCH).context["page"].cohorts

    for cohort in cohorts:
        for age, active in enumerate(cohort.logos):
            rows = said(reader(f"/kpis/cohorts/{cohort.month:%Y-%m}/{age}/", **MARCH))
            assert (len(rows), sum(row[1] for row in rows)) == (cohort.size, active)
            assert sum(row[4] for row in rows) == cohort.revenue[age]


def test_the_map_leads_to_its_cells_and_a_cell_to_its_neighbours(reader, winter):
    svg = reader("/kpis/cohorts/", **MARCH).context["page"].chart.svg

    page = reader("/kpis/cohorts/2026-01/1/", **MARCH).context["page"]
    last = reader("/kpis/cohorts/2026-01/2/", **MARCH).context["page"]

    assert 'href="/kpis/cohorts/2026-01/2/?period=2026-03"' in svg
    assert (page.earlier_url, page.later_url, last.later_url) == (
        "/kpis/cohorts/2026-01/0/?period=2026-03",
        "/kpis/cohorts/2026-01/2/?period=2026-03",
        "",
    )


@pytest.mark.parametrize(
    "path", ["2026-01/3/", "2025-12/0/", "2026-13/0/", "2026-01/99999/", "2026-02/2/", "9999-12/600/"]
)
def test_a_cell_that_the_table_does_not_have_is_not_found(reader, winter, path):
    assert reader(f"/kpis/cohorts/{path}", **MARCH).status_code == 404


def test_a_cell_of_a_slice_has_its_clients_alone(reader, winter):
    client("stays").__class__.objects.filter(book_id="stays").update(segment="Retail")

    response = reader("/kpis/cohorts/2026-01/2/", **MARCH, by="segment", key="Retail")

    assert said(response) == [("stays", True, None, 100, 100)]


def test_private_portfolios_hide_the_clients_of_others(sign_in, winter):
    update_settings(by=None, is_portfolio_private=True)
    ada = MemberFactory(book_id="ada")
    AssignmentFactory(client=client("stays"), member=ada, starts_on=date(2026, 1, 1))
    AssignmentFactory(client=client("leaves"), starts_on=date(2026, 1, 1))

    browser = sign_in(ada)
    page, file = (browser.get(f"/kpis/cohorts/2026-01/2/{end}", MARCH) for end in ("", "export/"))

    assert [row[0] for row in said(page)] == ["stays"]
    assert "leaves" not in file.content.decode()


def test_the_file_has_a_row_for_each_client(reader, winter):
    response = reader("/kpis/cohorts/2026-01/2/export/", **MARCH)

    lines = list(csv.reader(StringIO(response.content.decode(), newline="")))
    assert lines == [
        ["client", "name", "first_paid_on", "is_kept", "last_day", "first_mrr_eur", "mrr_eur", "known_on"],
        ["leaves", "leaves", "2026-01-20", "no", "2026-03-14", "300.000000", "0.000000", "2026-04-10"],
        ["stays", "stays", "2026-01-10", "yes", "", "100.000000", "100.000000", "2026-04-10"],
    ]


def test_a_cell_asks_as_much_for_one_client_as_for_thirty(reader):
    line("c0", 100, "2026-01-10")
    few = queries_of(lambda: reader("/kpis/cohorts/2026-01/2/", **MARCH))
    for number in range(1, 30):
        line(f"c{number}", 100, "2026-01-10")

    many = queries_of(lambda: reader("/kpis/cohorts/2026-01/2/", **MARCH))

    assert len(many) == len(few)
