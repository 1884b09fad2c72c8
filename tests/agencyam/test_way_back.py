"""A page offers the way back to where somebody came from, and only what we signed."""

import pytest
from django.test import RequestFactory

from agencyam.way_back import WayBack, find_way_back, with_way_back

FROM = WayBack("the waterfall of March 2026", "/kpis/waterfall/churn/?period=2026-03&by=am#row-1")


def test_the_way_back_travels_with_the_link():
    url = with_way_back("/clients/7/#line-3", FROM)

    path, _, spot = url.partition("#")
    assert (path.startswith("/clients/7/?back="), spot) == (True, "line-3")
    assert find_way_back(RequestFactory().get(path)) == FROM


def test_the_rest_of_the_address_is_kept():
    url = with_way_back("/clients/7/?show=mail", FROM)

    assert url.startswith("/clients/7/?show=mail&back=")
    assert find_way_back(RequestFactory().get(url)) == FROM


@pytest.mark.parametrize("value", ["", "/kpis/", "x:y:z", "\x00", "https://elsewhere.example", "a" * 5000])
def test_what_we_did_not_sign_is_no_offer(value):
    assert find_way_back(RequestFactory().get("/clients/7/", {"back": value})) is None


def test_another_address_under_our_signature_is_no_offer():
    url = with_way_back("/clients/7/", FROM)
    signature = url.rpartition(":")[2]

    forged = RequestFactory().get("/clients/7/", {"back": f"WyJhIiwiaHR0cHM6Ly94LyJd:1abcde:{signature}"})

    assert find_way_back(forged) is None
