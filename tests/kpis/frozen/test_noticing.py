"""What was written since about a closed month: which months are looked at again, and who changed them."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from accounts.selectors import get_settings
from agencyam.jobs.models import Job
from clients.changes.services import note_change
from clients.models import Change, ContractLine, Deliverable
from kpis import tasks
from kpis.frozen import restating, selectors
from kpis.frozen.models import FrozenFigure, FrozenMonth, Restatement
from kpis.frozen.tasks import notice_restatements
from tests.clients.exchange.books import load, write_book
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory, DeliverableFactory
from tests.kpis.books import client, line, service
from tests.kpis.frozen.closing import freeze, look_again, noon

pytestmark = pytest.mark.usefixtures("agency")


@pytest.fixture
def september():
    """Closed with a client of 100 and one of 50."""
    line("alder", 100, "2025-01-01", book_id="line-alder")
    line("birch", 50, "2025-01-01")
    return freeze()


def frozen_rows():
    """Everything that was kept, as it stands in the database."""
    return (
        list(FrozenMonth.objects.values_list()),
        list(FrozenFigure.objects.order_by("pk").values_list()),
    )


def notice(since: str, on: str = "2026-11-02"):
    about = {"today": date.fromisoformat(on), "now": noon(on), "settings": get_settings()}
    return restating.notice_changes(since=noon(since), **about)


def test_a_line_of_another_service_shows_by_service(september):
    ContractLine.objects.filter(book_id="line-alder").update(service=service("ads"))
    note_change(area="contracts", by=None, first_on=date(2025, 1, 1), client_id=client("alder").pk)

    found = {(row.kpi, row.by, row.slice_key) for row in notice("2026-10-08")}

    assert {name for name in found if name[0] == "mrr"} == {
        ("mrr", "service", "ads"),
        ("mrr", "service", "retainer"),
    }


def test_a_month_that_was_touched_is_looked_at(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    with time_machine.travel(noon("2026-11-01"), tick=False):
        note_change(area="contracts", by=None, first_on=date(2026, 9, 1), client_id=client("alder").pk)

    found = notice("2026-10-31")

    assert {row.month for row in found} == {september}
    assert {row.slice_key for row in found if row.kpi == "mrr"} == {"", "unassigned", "retainer", "alder"}


def test_a_month_about_which_nothing_was_written_is_not_looked_at(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    with time_machine.travel(noon("2026-11-01"), tick=False):
        note_change(area="contracts", by=None, first_on=date(2026, 10, 1), client_id=client("alder").pk)

    assert notice("2026-10-31") == []
    assert notice("2026-11-02") == []


def test_a_hand_over_that_was_noted_is_looked_for_in_every_slice(september):
    AssignmentFactory(
        client=client("alder"), member=MemberFactory(book_id="bo", name="Bo"), starts_on=date(2025, 1, 1)
    )
    with time_machine.travel(noon("2026-11-01"), tick=False):
        note_change(area="book", by=None, first_on=date(2025, 1, 1), client_id=client("alder").pk)

    found = {(row.kpi, row.slice_key) for row in notice("2026-10-31")}

    assert {key for kpi, key in found if kpi == "mrr"} == {"bo", "unassigned"}


def test_who_changed_it_and_when_is_told(september):
    olga = MemberFactory(name="Olga")
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    with time_machine.travel(noon("2026-11-01"), tick=False):
        alder = client("alder")
        note_change(area="service", by=None, first_on=date(2026, 9, 1), client_id=alder.pk, label="a request")
        note_change(
            area="contracts",
            by=olga,
            first_on=date(2026, 9, 1),
            client_id=alder.pk,
            label="Retainer of Alder",
        )
        note_change(
            area="contracts",
            by=olga,
            first_on=date(2026, 9, 1),
            client_id=client("birch").pk,
            label="Birch's",
        )

    (found,) = (row for row in notice("2026-10-31") if (row.kpi, row.by) == ("mrr", "agency"))

    assert [(cause["by"], cause["label"], cause["client"], cause["at"]) for cause in found.causes] == [
        ("Olga", "Retainer of Alder", "alder", "2026-11-01T12:00:00+00:00")
    ]


def test_a_write_about_the_row_itself_is_the_surest_cause():
    late = DeliverableFactory(
        client=client("alder"),
        book_id="d1",
        baseline_due_on=date(2026, 9, 10),
        delivered_on=date(2026, 9, 9),
    )
    month = freeze()
    Deliverable.objects.filter(pk=late.pk).update(delivered_on=date(2026, 9, 12))
    about = {"area": "delivery", "by": None, "first_on": date(2026, 9, 10), "client_id": client("alder").pk}
    with time_machine.travel(noon("2026-11-01"), tick=False):
        note_change(target=late, **about)
        note_change(label="something else", **about)

    found = look_again(month)["on_time_delivery_rate", ""]

    assert [cause["label"] for cause in found.causes] == [str(late)]


def test_a_change_about_all_clients_is_a_cause_of_last_resort(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    with time_machine.travel(noon("2026-11-01"), tick=False):
        note_change(area="contracts", by=None, first_on=date(2026, 9, 1), label="USD from 1 Sep")

    found = look_again(september)["mrr", ""]

    assert [cause["label"] for cause in found.causes] == ["USD from 1 Sep"]


def test_an_import_that_changes_september_shows_old_new_row_and_who(tmp_path):
    lines = "line_id,client_id,service_id,kind,currency,amount,interval,starts_on\n"
    files = {
        "clients": "client_id,name\nc1,Alder\nc2,Birch\n",
        "services": "service_id,name\nseo,SEO\n",
        "contract_lines": lines
        + "l1,c1,seo,recurring,EUR,100,month,2025-01-01\nl2,c2,seo,recurring,EUR,50,month,2025-01-01\n",
    }
    with time_machine.travel(noon("2026-09-02"), tick=False):
        load(write_book(tmp_path / "first", **files))
    # The import's own time is the database's, which is not frozen.
    Change.objects.update(at=noon("2026-09-02"))
    month = freeze()
    before = frozen_rows()
    files["contract_lines"] = lines + "l1,c1,seo,recurring,EUR,130,month,2025-01-01\n"
    load(write_book(tmp_path / "second", **files))

    found = restating.notice_changes(
        since=month.frozen_at, today=date(2026, 11, 2), now=noon("2026-11-02"), settings=get_settings()
    )

    (mrr,) = (row for row in found if (row.kpi, row.by) == ("mrr", "agency"))
    assert (mrr.old_value, mrr.new_value) == (150, 180)
    assert [(change["row"]["client"], change["fields"]) for change in mrr.rows["altered"]] == [
        ("c1", {"mrr": ["100.000000", "130.000000"]})
    ]
    assert [(cause["origin"], cause["client"]) for cause in mrr.causes] == [("book.import", "Alder")]
    assert frozen_rows() == before


def test_a_night_looks_at_what_was_written_and_at_the_latest_months(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    about = {"today": date(2026, 11, 2), "now": noon("2026-11-02"), "settings": get_settings()}

    first, second = restating.notice_overnight(**about), restating.notice_overnight(**about)

    assert {row.by for row in first} == {"agency", "am", "team", "segment", "service", "client"} - (
        {"team"} if not FrozenFigure.objects.filter(by="team").exists() else set()
    )
    assert second == []


def test_a_refresh_asks_for_a_look_at_the_frozen_months_it_was_about(september):
    ContractLine.objects.filter(book_id="line-alder").update(amount=Decimal(120))
    note_change(area="contracts", by=None, first_on=date(2026, 9, 1), client_id=client("alder").pk)
    since = selectors.find_unnoticed_since()

    tasks.refresh()

    job = Job.objects.get(kind="kpis.notice_restatements")
    assert (job.payload, job.period_key) == ({"since": since.isoformat()}, since.isoformat())
    notice_restatements(**job.payload)
    assert Restatement.objects.get(kpi="mrr", by="agency").new_value == 170


def test_a_refresh_about_open_days_asks_for_nothing(september):
    Change.objects.all().delete()
    note_change(area="touchpoints", by=None, first_on=date(2026, 10, 1), last_on=date(2026, 10, 1))

    tasks.refresh()

    assert not Job.objects.filter(kind="kpis.notice_restatements").exists()
