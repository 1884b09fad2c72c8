"""A review as the client will read it, before it is sent: the printed HTML as a page for members."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.models import AgencySettings
from reports.qbr import selectors
from reports.qbr.delivery.look import look_css
from reports.qbr.delivery.web_page import Additions, as_web_page
from reports.qbr.document import QBRDocument, from_json
from reports.qbr.models import QBR
from reports.qbr.printing.html import Look, assets_of, to_html
from reports.qbr.writing.drafting import image_assets, write_review


def read_document(*, qbr: QBR, now: datetime, settings: AgencySettings) -> QBRDocument:
    """What was frozen of an approved review; of any other what its draft says now. Raises DoesNotAddUp."""
    if qbr.is_approved:
        return from_json(selectors.get_snapshot(qbr=qbr))
    return write_review(qbr=qbr, now=now, settings=settings).document


def write_preview(request: HttpRequest, *, qbr: QBR, document: QBRDocument, settings: AgencySettings) -> str:
    """The whole page."""
    context = {"qbr": qbr}
    additions = Additions(
        head=render_to_string("reports/builder_preview_head.html", context, request),
        top=render_to_string("reports/builder_preview_top.html", context, request),
        foot="",
    )
    return write_page(qbr=qbr, document=document, settings=settings, additions=additions)


def write_page(*, qbr: QBR, document: QBRDocument, settings: AgencySettings, additions: Additions) -> str:
    """The printed HTML with its pictures as a page; of an approved review with the logo of then."""
    kept = qbr.logo if qbr.is_approved else settings.logo
    logo = bytes(kept) if kept else None
    images = image_assets(client_id=qbr.client_id, document=document)
    printed = to_html(document, has_logo=logo is not None)
    return as_web_page(printed, assets=assets_of(document, logo, images), additions=additions)


def preview_css(*, qbr: QBR, settings: AgencySettings) -> str:
    """The colours of the page."""
    return look_css(look_of(qbr=qbr, settings=settings))


@dataclass(frozen=True)
class DraftLook:
    """What the style depends on: the agency's colours and typeface, and the sheet."""

    brand_color: str
    accent_color: str
    heading_font: str
    paper: str


def look_of(*, qbr: QBR, settings: AgencySettings) -> Look:
    """That of the agency; of an approved review as it was then."""
    if qbr.is_approved:
        return from_json(selectors.get_snapshot(qbr=qbr)).cover
    return DraftLook(settings.brand_color, settings.accent_color, settings.heading_font, qbr.paper)
