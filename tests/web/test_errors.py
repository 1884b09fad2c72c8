"""Catalogue row W22: whatever breaks, the page is plain, names an id to quote and tells nothing else."""

import logging
import re
import urllib.error
import urllib.request
from datetime import date

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import include, path
from django.utils import timezone

from agencyam.jobs import runner
from agencyam.jobs.models import Job
from agencyam.tenancy.context import nobody_bound
from reports.qbr.stages import services as stages
from tests.catalogue import report
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import ClientFactory
from tests.kpis.books import question
from tests.site import running_site
from tests.web.visitors import new_browser

SECRET = "planted-4711"
TELLTALES = (
    SECRET,
    "Traceback",
    "LookupError",
    "File &quot;",
    'File "',
    ".py",
    "SELECT",
    "DoesNotExist",
    "psycopg",
)


def in_view(request):
    raise LookupError(SECRET)


def in_template(request):
    def boom():
        raise LookupError(SECRET)

    return HttpResponse(Template("<p>{{ boom }}</p>").render(Context({"boom": boom})))


def in_query(request):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT '{SECRET}' FROM nowhere_{SECRET[-4:]}")
    return HttpResponse()


def in_recursion(request):
    return in_recursion(request)


def in_answer(request):
    return None


BROKEN = {view.__name__: view for view in (in_view, in_template, in_query, in_recursion, in_answer)}
urlpatterns = [
    *(path(f"{name}/", view) for name, view in BROKEN.items()),
    path("", include("agencyam.urls")),
]
handler500 = "agencyam.views.handle_500"


def leaks(page: str) -> list[str]:
    return [word for word in TELLTALES if word in page]


@pytest.mark.parametrize("place", BROKEN)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_w22_a_view_that_breaks_tells_nothing(agency, settings, caplog, place, headers):
    settings.ROOT_URLCONF = __name__
    browser = new_browser(raise_request_exception=False)

    with caplog.at_level(logging.ERROR):
        response = browser.get(f"/{place}/", headers=headers)

    page = response.content.decode()
    traces = [record for record in caplog.records if record.exc_info]
    ok = (
        response.status_code == 500 and not leaks(page) and f"<code>{response['X-Request-Id']}</code>" in page
    )
    report("W22", ok=ok and len(traces) > 0, place=place, status=response.status_code, leaks=leaks(page))


def run_until_dead(job):
    for attempt in (1, 2, 3):
        Job.objects.filter(pk=job.pk).update(available_at=timezone.now())
        with nobody_bound():
            runner.run(job_id=job.pk, now=timezone.now() + timezone.timedelta(seconds=attempt))
    job.refresh_from_db()
    return job


def test_w22_a_review_that_breaks_tells_nothing_on_its_page(sign_in):
    client, today = ClientFactory(), date(2026, 4, 10)
    period = question("2026Q1").period
    qbr = stages.create_draft(client=client, period=period, by=None, today=today)
    stages.submit_for_review(qbr=qbr, by=None, now=timezone.now())
    stages.approve(qbr=qbr, by=LeaderFactory(), now=timezone.now())
    job = Job.objects.get(kind="reports.render_qbr")
    Job.objects.filter(pk=job.pk).update(payload={"qbr_id": 0})
    browser = sign_in(LeaderFactory())

    run_until_dead(job)
    page = browser.get(f"/reviews/{qbr.pk}/").content.decode()

    ok = job.status == "dead" and not leaks(page) and "could not be made" in page
    report("W22", ok=ok, place="in a job of a review", status=job.status, leaks=leaks(page))


def fetch(port: int, where: str) -> tuple[int, dict[str, str], str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{where}", headers={"Host": f"northwind.localhost:{port}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, dict(response.headers), response.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode(errors="replace")


def test_w22_without_a_database_the_page_is_plain_and_has_its_looks(tmp_path):
    nowhere = "postgresql://agencyam@127.0.0.1:1/nowhere"

    with running_site(tmp_path / "site.log", workers=1, DATABASE_URL=nowhere) as port:
        answers = {where: fetch(port, where) for where in ("/", "/account/login/", "/clients/5/")}
        style, health = fetch(port, "/static/css/app.css"), fetch(port, "/healthz")

    wrong = [
        where
        for where, (status, headers, page) in answers.items()
        if status != 500 or leaks(page) or f"<code>{headers.get('X-Request-Id')}</code>" not in page
    ]
    log = (tmp_path / "site.log").read_text()
    report(
        "W22",
        ok=not wrong and (style[0], health[0]) == (200, 200),
        place="database down",
        pages=len(answers),
        wrong=wrong,
        style=style[0],
        health=health[0],
    )
    assert len(re.findall("OperationalError", log)) >= len(answers)
