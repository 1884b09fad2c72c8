"""Catalogue row T11: the Host header alone decides the agency, and only a host that we know."""

import random

import pytest
from django.test import Client as Browser

from agencyam.tenancy.canary.models import Canary
from agencyam.tenancy.models import Agency, Domain
from agencyam.tenancy.services import CannotChangeAgency, CannotCreateAgency, create_agency, delete_agency
from tests.catalogue import report

LOGIN = "/account/login/"
KNOWN = {"northwind.localhost": "Northwind", "harbour.localhost": "Harbour &amp; Finch"}


def _hostile_hosts() -> list[str]:
    dice = random.Random(11)
    fixed = [
        "evil.example", "localhost.evil.example", "northwind.localhost.evil.example", "evil.example:8000",
        "northwind.localhost.", "northwind..localhost", ".northwind.localhost", "www.northwind.localhost",
        "northwind.localhost\x00", "north\x00wind.localhost", "northwind.localhost@evil.example",
        "evil.example@northwind.localhost", "[::1]", "[::1]:8000", "127.0.0.1", "0", "2130706433", "",
        "northwind.localhost/../harbour.localhost", "northwind.localhost?x", "northwind.localhost#x",
        "northwind%2elocalhost", "nörthwind.localhost", "xn--nrthwind-n4a.localhost", "t_abc.localhost",
        "public.localhost", "northwind.localhost harbour.localhost", "northwind.localhost,harbour.localhost",
        "a" * 300 + ".localhost", "northwind.localhost:x", "northwind_localhost",
    ]  # fmt: skip
    marks = "abcdefghijklmnopqrstuvwxyz0123456789.-:@%_[]"
    return fixed + ["".join(dice.choices(marks, k=dice.randint(1, 40))) for _ in range(170)]


def test_t11_hostile_hosts_reach_no_agency(agency, other_agency):
    browser, wrong = Browser(raise_request_exception=False), []
    hosts = _hostile_hosts()

    for host in hosts:
        response = browser.get(LOGIN, headers={"host": host})
        body = response.content.decode()
        if response.status_code not in {400, 404} or any(name in body for name in KNOWN.values()):
            wrong.append((host, response.status_code))

    report("T11", ok=not wrong and len(hosts) >= 200, hosts=len(hosts), wrong=wrong)


@pytest.mark.parametrize("host", ["northwind.localhost", "NORTHWIND.LocalHost", "northwind.localhost:8000"])
def test_t11_case_and_port_do_not_matter(agency, other_agency, host):
    response = Browser().get(LOGIN, headers={"host": host})

    assert response.status_code == 200
    assert KNOWN["northwind.localhost"] in response.content.decode()


def test_t11_forwarded_host_is_ignored(agency, other_agency):
    headers = {
        "host": "northwind.localhost",
        "x-forwarded-host": "harbour.localhost",
        "forwarded": "host=harbour.localhost",
    }

    body = Browser().get(LOGIN, headers=headers).content.decode()

    assert KNOWN["northwind.localhost"] in body
    assert KNOWN["harbour.localhost"] not in body


def test_public_host_serves_no_agency(agency):
    response = Browser().get("/", headers={"host": "localhost"})

    assert response.status_code == 200
    assert "Northwind" not in response.content.decode()


def test_health_answers_on_any_host():
    assert Browser().get("/healthz", headers={"host": "10.0.0.7"}).content == b"ok\n"


@pytest.mark.parametrize(("state", "status"), [("creating", 404), ("deleting", 404), ("suspended", 503)])
def test_only_a_ready_agency_is_served(agency, browser, state, status):
    Agency.objects.filter(pk=agency.pk).update(status=state)

    assert browser.get(LOGIN).status_code == status


def test_a_wrong_canary_stops_the_request(agency):
    Canary.objects.update(schema_name="t_0000000000000000")

    response = Browser(raise_request_exception=False).get(LOGIN, headers={"host": "northwind.localhost"})

    assert response.status_code == 500
    assert "Northwind" not in response.content.decode()


@pytest.mark.parametrize(
    "slug", ["", "UPPER", "has space", "-dash", "dash-", "a" * 33, "a.b", "1st", "northwind"]
)
def test_a_bad_or_taken_slug_makes_no_agency(db, slug):
    before = Agency.objects.count()

    with pytest.raises(CannotCreateAgency):
        create_agency(slug=slug, name="Nobody")

    assert Agency.objects.count() == before


def test_a_served_agency_cannot_be_deleted(db):
    with pytest.raises(CannotChangeAgency, match="northwind"):
        delete_agency(agency=Agency.objects.get(slug="northwind"))


def test_schema_names_are_generated_and_domains_lower_case(agency):
    assert agency.schema_name.startswith("t_")
    assert Domain.objects.get(tenant=agency).domain == "northwind.localhost"
