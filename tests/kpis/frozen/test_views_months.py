"""The pages of months: which are open, closed, restated, and what became of one."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from accounts.services.settings import update_settings
from agencyam.tenancy.context import tenant_context
from clients.changes.services import note_change
from clients.models import ContractLine
from kpis.choices.services import change_choice
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import client, line
from tests.kpis.frozen.closing import freeze, look_again
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _second_of_november(agency):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada():
    """She looks after alder (100); birch (50) is somebody else's. Both came here in August."""
    member = MemberFactory(name="Ada", book_id="ada")
    with time_machine.travel(datetime(2026, 8, 10, tzinfo=UTC), tick=False):
        line("alder", 100, "2025-01-01", book_id="line-alder")
        line("birch", 50, "2025-01-01", book_id="line-birch")
    AssignmentFactory(client=client("alder"), member=member, starts_on=date(2025, 1, 1))
    AssignmentFactory(
        client=client("birch"), member__name="Bo", member__book_id="bo", starts_on=date(2025, 1, 1)
    )
    return member


def correct(name: str, amount: int, month) -> None:
    """The line of a client has another amount, as the member Olga wrote."""
    ContractLine.objects.filter(book_id=f"line-{name}").update(amount=Decimal(amount))
    note_change(
        area="contracts",
        by=LeaderFactory(name="Olga", is_carrying_clients=False),
        first_on=date(2026, 9, 1),
        client_id=client(name).pk,
        label=f"Retainer of {name}",
    )
    look_again(month)


def states(response) -> dict[str, tuple[str, int]]:
    return {row.period.label: (row.state, row.n_restated) for row in response.context["months"]}


def test_months_are_running_open_closed_or_from_before(sign_in, ada):
    freeze("2026-08", on="2026-09-07")

    response = sign_in(LeaderFactory()).get("/kpis/months/")

    found = states(response)
    assert [
        found[name][0]
        for name in ("November 2026", "October 2026", "September 2026", "August 2026", "July 2026")
    ] == [
        "Running",
        "Open",
        "Open",
        "Closed",
        "Not closed",
    ]
    details = {row.period.label: row.detail for row in response.context["months"]}
    assert details["November 2026"] == "It closes on 7 Dec 2026."
    assert details["October 2026"] == "It closes on 6 Nov 2026; until then its numbers may still move."
    assert details["September 2026"] == "It closes with the next night's run."
    assert details["August 2026"] == "Closed on 7 Sep 2026, as known at the close of 6 Sep 2026."


def test_a_fresh_month_says_that_first_contact_is_provisional(sign_in, ada):
    page = sign_in(LeaderFactory()).get("/kpis/months/").content.decode()

    assert page.count("Provisional until 7 November: a repeat within 7 days still counts against it.") == 1


def test_restated_kpis_are_counted(sign_in, ada):
    month = freeze()
    correct("alder", 120, month)

    response = sign_in(LeaderFactory()).get("/kpis/months/")

    n = states(response)["September 2026"][1]
    assert n > 0
    assert f"{n} KPIs" in response.content.decode()


def test_a_closed_month_shows_old_new_rows_and_who(sign_in, ada):
    month = freeze()
    correct("alder", 120, month)

    response = sign_in(LeaderFactory()).get("/kpis/months/2026-09/")

    (mrr,) = (each for each in response.context["page"].restated if each.definition.key == "mrr")
    assert (mrr.latest.old_display, mrr.latest.new_display, mrr.state) == ("€150.00", "€170.00", "Restated")
    assert [
        (row.what, row.title, [(cell.name, cell.before, cell.now) for cell in row.cells]) for row in mrr.rows
    ] == [("Changed", "alder", [("MRR", "100", "120")])]
    assert [(cause.by, cause.what) for cause in mrr.causes] == [("Olga", "Retainer of alder · Contracts")]
    page = response.content.decode()
    assert "What was restated" in page
    assert f'<a href="/clients/{client("alder").pk}/">alder</a>' in page
    assert "Every KPI by the version that holds today." in page


def test_a_closed_month_without_corrections_says_so(sign_in, ada):
    freeze()

    page = sign_in(LeaderFactory()).get("/kpis/months/2026-09/").content.decode()

    assert "Every number is as it was reported." in page


def test_a_correction_that_was_taken_back_is_told(sign_in, ada):
    month = freeze()
    correct("alder", 120, month)
    correct("alder", 100, month)

    response = sign_in(LeaderFactory()).get("/kpis/months/2026-09/")

    (mrr,) = (each for each in response.context["page"].restated if each.definition.key == "mrr")
    assert (mrr.state, [row.new_display for row in mrr.earlier]) == ("As reported again", ["€170.00"])
    assert "Every number is as it was reported." in response.content.decode()


def test_a_month_by_an_earlier_definition_says_by_which_and_until_when(sign_in, ada):
    freeze()
    change_choice(
        by=None,
        name="gross_margin",
        value=Decimal("0.5"),
        from_on=date(2026, 10, 1),
        today=NOW.date(),
        now=NOW,
    )

    response = sign_in(LeaderFactory()).get("/kpis/months/2026-09/")

    page = response.content.decode()
    assert "<b>Counted by version 1 (until 30 Sep 2026); today&#x27;s is version 2.</b>" in page
    assert [note.names for note in response.context["page"].versions] == [["Client lifetime value"]]


def test_other_slices_are_a_click_away(sign_in, ada):
    month = freeze()
    correct("alder", 120, month)

    browser = sign_in(LeaderFactory())
    others = {each.label: each.url for each in browser.get("/kpis/months/2026-09/").context["page"].others}
    response = browser.get(f"/kpis/months/2026-09/{others['Ada']}")

    assert others["Ada"] == "?by=am&key=ada"
    (mrr,) = (each for each in response.context["page"].restated if each.definition.key == "mrr")
    assert (mrr.latest.old_display, mrr.latest.new_display) == ("€100.00", "€120.00")


def test_an_open_month_says_when_it_closes(sign_in, ada):
    page = sign_in(LeaderFactory()).get("/kpis/months/2026-10/").content.decode()

    assert "It closes on 6 Nov 2026; until then its numbers may still move." in page
    assert "Provisional until 7 November" in page


def test_a_month_before_those_of_the_list_has_a_page_too(sign_in, ada):
    page = sign_in(LeaderFactory()).get("/kpis/months/2020-01/").content.decode()

    assert "It was over before" in page


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "soon", "0000-01", "9999-12"])
def test_what_is_no_month_that_has_begun_is_not_there(sign_in, month):
    assert sign_in(LeaderFactory()).get(f"/kpis/months/{month}/").status_code == 404


def test_a_private_portfolio_shows_an_account_manager_their_own_slice_only(sign_in, ada):
    update_settings(by=None, is_portfolio_private=True)
    month = freeze()
    correct("alder", 120, month)
    correct("birch", 70, month)

    browser = sign_in(ada)
    responses = [
        browser.get(f"/kpis/months/2026-09/{query}")
        for query in ("", "?by=agency", "?by=am&key=bo", "?by=segment")
    ]

    for response in responses:
        (mrr,) = (each for each in response.context["page"].restated if each.definition.key == "mrr")
        assert (mrr.latest.slice_key, mrr.latest.old_display) == ("ada", "€100.00")
        assert response.context["page"].others == []
        assert "birch" not in response.content.decode()


def test_of_a_private_portfolio_another_client_cannot_be_named(sign_in, ada):
    update_settings(by=None, is_portfolio_private=True)
    month = freeze()
    correct("birch", 70, month)

    response = sign_in(ada).get("/kpis/months/2026-09/?by=client&key=birch")

    assert response.context["page"].restated == []
    assert "birch" not in response.content.decode()


def test_a_viewer_may_look(sign_in, ada):
    browser = sign_in(ViewerFactory())

    assert [browser.get(path).status_code for path in ("/kpis/months/", "/kpis/months/2026-09/")] == [
        200,
        200,
    ]


def test_another_agencys_months_are_not_here(sign_in, agency_beside):
    with tenant_context(agency_beside):
        freeze()

    assert "Closed on" not in sign_in(LeaderFactory()).get("/kpis/months/").content.decode()


def test_htmx_gets_the_part_that_changes(sign_in, ada):
    browser = sign_in(LeaderFactory())

    pages = [
        browser.get(path, headers=HTMX).content.decode()
        for path in ("/kpis/months/", "/kpis/months/2026-09/")
    ]

    assert [page.strip()[:20] for page in pages] == ['<div id="months" cla', '<div id="month" clas']


def test_the_scorecard_leads_to_the_months(sign_in, ada):
    page = sign_in(LeaderFactory()).get("/kpis/?period=2026-09").content.decode()

    assert 'href="/kpis/months/?period=2026-09"' in page


def test_as_many_queries_for_one_restated_kpi_as_for_thirty(sign_in, ada):
    few, many = freeze("2026-08", on="2026-09-07"), freeze()
    browser = sign_in(LeaderFactory())
    for number in range(8):
        line(f"late{number}", 30, "2026-09-10")
    look_again(many)
    paths = ("/kpis/months/2026-08/", "/kpis/months/2026-09/")

    counts = [len(queries_of(lambda at=path: browser.get(at))) for path in paths]

    assert counts[1] - counts[0] <= 1
    assert look_again(few) == {}


def test_the_number_itself_and_its_file_tell_the_rows_and_who(sign_in, ada):
    month = freeze()
    browser = sign_in(LeaderFactory())
    address = "?period=2026-09"
    as_reported = browser.get(f"/kpis/mrr/{address}").context["page"].restated
    correct("alder", 120, month)

    page = browser.get(f"/kpis/mrr/{address}").context["page"]
    file = browser.get(f"/kpis/mrr/rows.csv{address}").content.decode()

    assert as_reported is None
    assert (page.display, page.result.display, page.months_url) == (
        "€150.00",
        "€170.00",
        "/kpis/months/2026-09/?",
    )
    assert [(row.title, row.sentence) for row in page.restated.rows] == [("alder", "MRR 100 → 120")]
    assert [cause.by for cause in page.restated.causes] == ["Olga"]
    lines = dict(line.partition(",")[::2] for line in file.split("\r\n\r\n")[0].split("\r\n"))
    assert (lines["Reported"], lines["Now"], lines["Row changed"]) == (
        "150.000000",
        "170.000000",
        "alder: MRR 100 → 120",
    )
    assert lines["Changed by"].startswith('"Olga, ')


def test_a_restated_number_of_a_slice_leads_to_the_month_of_that_slice(sign_in, ada):
    month = freeze()
    correct("alder", 120, month)

    page = sign_in(LeaderFactory()).get("/kpis/mrr/?period=2026-09&by=am&key=ada").context["page"]

    assert page.months_url == "/kpis/months/2026-09/?by=am&key=ada"
