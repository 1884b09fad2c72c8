"""Catalogue row W8 as it is served: a real gunicorn with the settings of a production site."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from agencyam.tenancy.context import tenant_context
from tests.catalogue import report
from tests.factories.accounts import PASSWORD, OwnerFactory
from tests.site import running_site
from tests.web.test_headers import EXACT, POLICY, directives
from tests.web.wire import WireBrowser

CHECKOUT = Path(__file__).resolve().parents[2]
HTTPS = {"X-Forwarded-Proto": "https"}
OWNER = "owner@scratch.example"
HSTS = "max-age=31536000; includeSubDomains; preload"


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The environment of a production site, its static files collected."""
    environment = {
        "TESTING": "0",
        "DEMO": "0",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "PUBLIC_HOST": "localhost",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=CHECKOUT, env={**os.environ, **environment}, check=True)
    return environment


@pytest.fixture
def visit(production, scratch_agency, tmp_path):
    """`visit(**headers)` is a browser on the scratch agency's production site."""
    with tenant_context(scratch_agency):
        OwnerFactory(email=OWNER)
    with running_site(tmp_path / "site.log", workers=1, **production) as port:
        yield lambda **headers: WireBrowser("scratch.localhost", port, headers=headers)


def cookie_faults(line: str) -> list[str]:
    """What a cookie lacks; `line` is a whole Set-Cookie header."""
    parts = [part.strip().lower() for part in line.split(";")]
    needed = {"path=/", "secure", "httponly", "samesite=lax"}
    faults = sorted(needed - set(parts[1:])) + [part for part in parts if part.startswith("domain")]
    return faults if line.startswith(("__Host-sid=", "__Host-csrf=")) else [*faults, "name"]


def header_faults(headers: dict[str, str]) -> list[str]:
    wanted = {**EXACT, "Strict-Transport-Security": HSTS}
    faults = [name for name, value in wanted.items() if headers.get(name) != value]
    same_policy = directives(headers.get("Content-Security-Policy", "none")) == directives(POLICY)
    return faults if same_policy else [*faults, "Content-Security-Policy"]


def test_w8_production_is_https_with_host_cookies_and_every_header(visit):
    browser, plain, wrong = visit(**HTTPS), visit(), {}
    refused = visit(**HTTPS)
    refused.get("/account/login/")

    no_origin = refused.post("/account/login/", login=OWNER, password=PASSWORD)
    browser.headers |= {"Origin": f"https://scratch.localhost:{browser.port}"}
    signed_in = browser.sign_in(OWNER, PASSWORD)
    paths = ["/", "/clients/", "/kpis/", "/reviews/", "/mail/", "/settings/", "/account/2fa/", "/nothing/"]
    answers = {path: browser.get(path) for path in paths}
    redirect = plain.get("/clients/?search=a")

    cookies = [line for answer in [signed_in, *answers.values()] for line in answer.set_cookies]
    for path, answer in {**answers, "sign-in": signed_in}.items():
        faults = header_faults(answer.headers) + [
            fault for line in answer.set_cookies for fault in cookie_faults(line)
        ]
        if faults or answer.status >= 500:
            wrong[path] = [answer.status, *faults]
    assert (no_origin.status, signed_in.status, answers["/settings/"].status) == (403, 302, 200)
    assert sorted(browser.cookies) == ["__Host-csrf", "__Host-sid"]
    assert (redirect.status, redirect.headers["Location"]) == (
        301,
        f"https://scratch.localhost:{plain.port}/clients/?search=a",
    )
    assert answers["/nothing/"].status == 404
    assert browser.get("/gallery/").status == 404
    report(
        "W8", ok=not wrong, settings="production", pages=len(answers) + 1, cookies=len(cookies), wrong=wrong
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"SECRET_KEY": ""}, "Set SECRET_KEY"), ({"SECRET_KEY": "short"}, "Set SECRET_KEY")],
)
def test_production_does_not_start_with_a_weak_key(production, changes, words):
    command = [sys.executable, "-c", "import agencyam.settings"]

    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env={**os.environ, **production, **changes},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert words in done.stderr
