from pathlib import Path
import time
import pytest
from reports.qbr.build import build_document
from reports.qbr.html import render_document
from tests.factories.clients import ClientFactory
from tests.reports import books


@pytest.mark.parametrize("kind", ["normal", "empty", "long"])
def test_render(agency, kind):
    settings = books.make_settings()
    if kind == "empty":
        client = ClientFactory(name="Quiet & Co")
        settings = books.make_settings(brand_color="#f5c518", accent_color="#7c3aed", name="Ünder Óne")
    elif kind == "long":
        settings = books.make_settings(brand_color="#c2410c", name="The Extraordinarily Long Named Marketing And Communications Agency Of Northern Europe GmbH & Co. KG")
        client = books.make_client(name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft International Holding and Subsidiaries Limited Partnership of Zażółć Gęślą Jaźń")
        books.make_long(client)
    else:
        client = books.make_client()
    start = time.perf_counter()
    document = build_document(client=client, period=books.PERIOD, as_of=books.LAST_DAY, now=books.NOW, settings=settings)
    built = time.perf_counter() - start
    rendered = render_document(document, logo=None, identifier="x")
    print(kind, rendered.pages, rendered.seconds, rendered.peak_mb, len(rendered.content), "build", built)
    Path(f"/tmp/qbr/{kind}.pdf").write_bytes(rendered.content)
