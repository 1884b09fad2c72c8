"""Numbers on demand: asked for, watched, led back to."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from agencyam.jobs import runner, services
from agencyam.jobs.models import Job
from agencyam.tenancy.context import nobody_bound, tenant_context
from kpis.models import KPIValue
from tests.factories.accounts import LeaderFactory, ViewerFactory
from tests.kpis.books import line

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 4, 10, 12, 0, 30, tzinfo=UTC)
FEBRUARY = "?period=2026-02"


@pytest.fixture(autouse=True)
def _tenth_of_april(agency):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def leader(sign_in):
    return sign_in(LeaderFactory())


def run(job):
    with nobody_bound():
        return runner.run(job_id=job.pk, now=timezone.now() + timedelta(seconds=1))


@pytest.fixture
def job(leader):
    """The job of a computation that was asked for."""
    leader.post(f"/kpis/compute/{FEBRUARY}")
    job = Job.objects.get(kind="kpis.compute_on_demand")
    # The row's own time is the database's, which is not frozen.
    Job.objects.filter(pk=job.pk).update(available_at=NOW)
    return job


def test_asking_makes_a_job_and_leads_to_its_progress(leader):
    response = leader.post(f"/kpis/compute/{FEBRUARY}")

    job = Job.objects.get(kind="kpis.compute_on_demand")
    assert job.payload == {"start": "2026-02-01", "end": "2026-03-01", "as_of": "2026-04-10", "by": "agency"}
    assert (response.status_code, response["Location"]) == (302, f"/kpis/compute/{job.pk}/{FEBRUARY}")


def test_asking_through_htmx_is_led_by_its_header(leader):
    response = leader.post(f"/kpis/compute/{FEBRUARY}", headers=HTMX)

    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/kpis/compute/")


def test_asking_twice_within_a_minute_makes_one_job(leader):
    leader.post(f"/kpis/compute/{FEBRUARY}")
    leader.post(f"/kpis/compute/{FEBRUARY}")

    assert Job.objects.filter(kind="kpis.compute_on_demand").count() == 1


def test_a_viewer_may_ask(sign_in):
    assert sign_in(ViewerFactory()).post(f"/kpis/compute/{FEBRUARY}").status_code == 302


def test_asking_is_no_link(leader):
    assert leader.get(f"/kpis/compute/{FEBRUARY}").status_code == 405


def test_progress_asks_again_by_itself_and_works_without_script(leader, job):
    page = leader.get(f"/kpis/compute/{job.pk}/{FEBRUARY}").content.decode()

    assert f'hx-get="/kpis/compute/{job.pk}/{FEBRUARY}" hx-trigger="load delay:1s"' in page
    assert f'<a href="/kpis/compute/{job.pk}/{FEBRUARY}">look again</a>' in page


def test_htmx_gets_the_progress_alone(leader, job):
    page = leader.get(f"/kpis/compute/{job.pk}/{FEBRUARY}", headers=HTMX).content.decode().strip()

    assert page.startswith('<div id="progress"')


def test_when_it_is_done_the_scorecard_follows(leader, job):
    line("stays", 300, "2025-01-01")

    outcome = run(job)
    whole = leader.get(f"/kpis/compute/{job.pk}/{FEBRUARY}")
    part = leader.get(f"/kpis/compute/{job.pk}/{FEBRUARY}", headers=HTMX)

    assert outcome == "done"
    assert (whole.status_code, whole["Location"]) == (302, f"/kpis/{FEBRUARY}")
    assert (part.status_code, part["HX-Redirect"]) == (204, f"/kpis/{FEBRUARY}")
    assert KPIValue.objects.get(kpi="mrr").display == "€300.00"
    assert "€300.00" in leader.get(whole["Location"]).content.decode()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("dead", "Something broke on our side"),
        ("skipped", "Something broke on our side"),
        ("failed", "Not today."),
    ],
)
def test_when_it_breaks_the_page_says_so_and_offers_to_try_again(leader, job, status, words):
    error = "Not today." if status == "failed" else "LookupError: secret_table at 0x7f"
    Job.objects.filter(pk=job.pk).update(status=status, error=error)

    page = leader.get(f"/kpis/compute/{job.pk}/{FEBRUARY}").content.decode()

    assert (words in page, "LookupError" in page, 'hx-trigger="load' in page) == (True, False, False)
    assert f'action="/kpis/compute/{FEBRUARY}"' in page


def test_a_job_of_another_kind_has_no_page_here(leader):
    mail = services.enqueue(kind="mail.send", period_key="mail:1", payload={"outbox_id": 1})

    assert leader.get(f"/kpis/compute/{mail.pk}/").status_code == 404


def test_a_job_of_another_agency_is_404(leader, other_agency):
    with tenant_context(other_agency):
        theirs = services.enqueue(kind="kpis.compute_on_demand", period_key="x")

    assert leader.get(f"/kpis/compute/{theirs.pk}/").status_code == 404
