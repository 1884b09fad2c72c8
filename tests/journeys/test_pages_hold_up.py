"""Every page, light and dark and at four widths: no axe finding, no sideways scrolling, no CSP violation."""

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from agencyam.periods import quarter_of
from clients.book.models import Client
from reports.models import QBR, QBRBatch, QBRBatchItem
from reports.qbr.stages import services as stages
from tests.catalogue import report

AXE = (Path(__file__).resolve().parents[1] / "vendor/axe.min.js").read_text()
RUN_AXE = """async () => {
  const result = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]});
  return result.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | "));
}"""
WIDEST = """() => [...document.querySelectorAll("main *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 4).map(e => e.outerHTML.slice(0, 120))"""
OVERLONG = "Wäschereigenossenschaft-Großraumverwaltungs-und-Beteiligungsgesellschaft " * 2


def review_of(client):
    """Any review of the client; a draft if there is none."""
    today = timezone.localdate()
    period = quarter_of(today, 1).previous()
    return QBR.objects.filter(client=client).first() or stages.create_draft(
        client=client, period=period, by=None, today=today
    )


def batch_of(client):
    """A batch that found the client's review."""
    owner, qbr = User.objects.get(email="owner@journey.example"), review_of(client)
    batch, _ = QBRBatch.objects.get_or_create(
        requested_by=owner, period_start=qbr.period_start, period_end=qbr.period_end
    )
    QBRBatchItem.objects.get_or_create(batch=batch, client=client, qbr=qbr)
    return batch


@pytest.fixture
def pages(site, in_agency):
    """Addresses of all pages, with one client whose name is far too long."""

    def prepare():
        client = Client.objects.order_by("pk").first()
        longest = Client.objects.order_by("pk").last()
        Client.objects.filter(pk=longest.pk).update(name=OVERLONG.strip()[:140], tags=["x" * 60])
        return client.pk, longest.pk, review_of(longest).pk, batch_of(longest).pk

    first, longest, review, batch = in_agency(prepare)
    return {
        "my day": "/",
        "clients": "/clients/",
        "clients, nothing found": "/clients/?search=zzzz",
        "client": f"/clients/{first}/",
        "client, overlong": f"/clients/{longest}/",
        "scorecard": "/kpis/",
        "scorecard, not computed": "/kpis/?period=2020-01",
        "drill-down": "/kpis/client_retention_rate/?period=ttm",
        "drill-down, money": "/kpis/mrr/",
        "waterfall": "/kpis/waterfall/?period=ttm",
        "waterfall, one bar": "/kpis/waterfall/opening/?period=ttm",
        "cohorts": "/kpis/cohorts/",
        "cohorts, revenue": "/kpis/cohorts/?show=revenue",
        "response times": "/kpis/response-times/?period=ttm&show=all",
        "lifetime": "/kpis/lifetime/",
        "alerts": "/alerts/",
        "alerts, snoozed": "/alerts/?state=snoozed",
        "alerts, nothing found": f"/alerts/?client={first}&kind=detractor",
        "what one hears of": "/alerts/settings/",
        "health": f"/kpis/clients/{first}/health/",
        "health, overlong": f"/kpis/clients/{longest}/health/",
        "risk": "/kpis/risk/",
        "back-test": "/kpis/back-test/",
        "reviews": "/reviews/",
        "review, overlong": f"/reviews/{review}/",
        "builder, overlong": f"/reviews/{review}/builder/",
        "reviews, approvals": "/reviews/queue/",
        "reviews, prepare many": "/reviews/batch/",
        "reviews, a batch": f"/reviews/batch/{batch}/",
        "reviews, next": "/reviews/plan/",
        "reviews, of one client": f"/reviews/clients/{first}/plan/",
        "reviews, templates": "/settings/reviews/",
        "reviews, template": "/settings/reviews/change/",
        "mail": "/mail/",
        "settings": "/settings/",
        "second factor": "/account/2fa/",
        "gallery": "/gallery/",
        "not there": "/clients/999999/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_w8_no_page_has_an_accessibility_finding(enter, site, pages, scheme):
    page, findings = enter(scheme=scheme), {}

    for name, path in pages.items():
        page.goto(site.url(path))
        page.evaluate(AXE)
        found = page.evaluate(RUN_AXE)
        if found:
            findings[name] = found

    report("W8", ok=not findings, scheme=scheme, pages=len(pages), findings=findings)


@pytest.mark.parametrize("width", [320, 390, 1024, 1440])
def test_no_page_scrolls_sideways(enter, site, pages, width):
    page, wide = enter(width=width), {}

    for name, path in pages.items():
        page.goto(site.url(path))
        reach = page.evaluate("document.documentElement.scrollWidth")
        if reach > width:
            wide[name] = (reach, page.evaluate(WIDEST))

    assert wide == {}


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/"])
def test_pages_before_sign_in_have_no_accessibility_finding(visit, site, path):
    page = visit(width=390)

    page.goto(site.url(path))
    page.evaluate(AXE)

    assert page.evaluate(RUN_AXE) == []
