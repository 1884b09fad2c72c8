"""A small agency with a generated book, served by gunicorn, visited by Chromium; its mail goes to a real server."""

import os
import shutil
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import delete_agency, suspend_agency
from tests.site import running_site
from tests.smtp import Recorder, smtp_server
from tests.workers import worker

# Playwright's synchronous interface keeps an event loop in this thread; Django's check would take it for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "correct horse battery staple"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


@dataclass
class Site:
    """The visited agency, where it is served, and the mail that its workers have handed over."""

    agency: Agency
    port: int
    mailbox: Recorder

    def url(self, path: str = "/") -> str:
        return f"http://journey.localhost:{self.port}{path}"


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock():
        size = {"profile": "northwind", "seed": 7, "clients": 12, "members": 3, "months": 15}
        call_command("generate_book", str(folder / "book"), until=timezone.localdate(), verbosity=0, **size)
        call_command("import_book", "journey", str(folder / "book"), "--create", verbosity=0)
        agency = Agency.objects.get(slug="journey")
        for role in ("owner", "viewer"):
            options = {"name": f"Journey {role.title()}", "role": role, "password": PASSWORD}
            call_command("create_member", "journey", f"{role}@journey.example", verbosity=0, **options)
        call_command("compute_kpis", "journey", verbosity=0)
        with smtp_server() as (mailbox, smtp_port):
            mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(smtp_port)}
            with running_site(folder / "site.log") as port, worker(PUBLIC_PORT=str(port), **mail):
                yield Site(agency=agency, port=port, mailbox=mailbox)
        suspend_agency(agency=agency)
        delete_agency(agency=agency)
        connection.close()


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium not found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, site: Site):
    """`visit(width=…, scheme=…)` opens a page of its own; nothing may violate the CSP or fail in a script."""
    contexts, complaints = [], []

    def open_page(width: int = 1440, scheme: str = "light", has_script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=has_script,
            # A colour half way through a change is no colour of the page.
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in complaints if "Failed to load resource" not in line] == []


@pytest.fixture
def enter(visit, site: Site):
    """`enter(role=…)` opens a page and signs in as a person would."""

    def sign_in(role: str = "owner", **options) -> Page:
        page = visit(**options)
        page.goto(site.url("/"))
        page.get_by_label("E-mail").fill(f"{role}@journey.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(site.url("/"))
        return page

    return sign_in


@pytest.fixture
def in_agency(site: Site):
    """Look into the visited agency's rows."""

    def look(read):
        with tenant_context(site.agency):
            return read()

    return look
