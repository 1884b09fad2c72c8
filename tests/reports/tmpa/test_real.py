import time
from pathlib import Path
import pytest
from reports.qbr.build import build_document
from reports.qbr.html import render_document
from tests.factories.clients import ClientFactory
from tests.reports import books
@pytest.mark.parametrize("kind", ["normal","empty","long"])
def test_it(agency, kind):
    name="Northwind Ltd"
    settings=books.make_settings(**({"name":"Donaudampfschifffahrtsgesellschaft Agentur für ganz besonders lange Namen und Markenführung","brand_color":"#ffd100","accent_color":"#0a0a0a"} if kind=="long" else {}))
    if kind=="empty": client=ClientFactory(name="Quiet & Co")
    elif kind=="normal": client=books.make_client()
    else:
        client=books.make_client(name="Überlandstraßenbahnbetriebsgesellschaft International Holding and Subsidiaries Limited Partnership of Zażółć Gęślą Jaźń"); books.make_long(client)
    t=time.perf_counter(); d=build_document(client=client,period=books.PERIOD,as_of=books.TODAY,now=books.NOW,settings=settings); b=time.perf_counter()-t
    r=render_document(d,logo=None,identifier="x")
    r=render_document(d,logo=None,identifier="x")
    print(kind,r.pages,r.seconds,r.peak_mb,len(r.content),"build",b)
    Path(f"/tmp/qbr/A/{kind}.pdf").write_bytes(r.content)
