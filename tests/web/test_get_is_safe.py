"""Catalogue row W2: reading changes nothing, whoever reads."""

from tests.catalogue import report
from tests.factories.clients import TouchpointFactory
from tests.web.checksums import changed, checksums
from tests.web.endpoints import TABLE
from tests.web.visitors import VISITORS


def test_a_checksum_notices_a_row_and_a_value(house):
    empty = checksums()
    touchpoint = TouchpointFactory(client=house.client)
    added = checksums()
    touchpoint.summary = "Changed"
    touchpoint.save()

    assert changed(empty, added) == ["agency.clients_touchpoint"]
    assert changed(added, checksums()) == ["agency.clients_touchpoint"]


def test_w2_no_get_and_no_head_changes_a_table(visitors):
    before, n_requests, written = checksums(), 0, {}

    for visitor in VISITORS:
        browser = visitors.browser(visitor, raise_request_exception=False)
        for _ in range(2):
            for endpoint in TABLE:
                url = endpoint.url(visitors.house)
                browser.get(url)
                browser.head(url)
                browser.get(url, headers={"HX-Request": "true"})
                n_requests += 3
        after = checksums()
        written |= {visitor: changed(before, after)} if after != before else {}
        before = after

    report(
        "W2",
        ok=not written,
        addresses=len(TABLE),
        visitors=len(VISITORS),
        requests=n_requests,
        tables=len(before),
        changed=written,
    )
