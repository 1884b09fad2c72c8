"""Catalogue row W2: reading changes nothing, whoever reads."""

from tests.catalogue import report
from tests.factories.clients import TouchpointFactory
from tests.web.checksums import changed, checksums
from tests.web.endpoints import TABLE
from tests.web.visitors import ANONYMOUS, VISITORS


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
        # The gallery shows the same to everybody, and shows a lot.
        urls = [each.url(visitors.house) for each in TABLE if each.name != "gallery" or visitor == ANONYMOUS]
        for url in urls * 2:
            browser.get(url)
            browser.head(url)
        for url in urls:
            browser.get(url, headers={"HX-Request": "true"})
        n_requests += 5 * len(urls)
        after = checksums()
        written |= {visitor: changed(before, after)} if after != before else {}
        before = after

    about = {
        "addresses": len(TABLE),
        "visitors": len(VISITORS),
        "requests": n_requests,
        "tables": len(before),
    }
    report("W2", ok=not written, **about, changed=written)
