"""The templates of reviews, stored or not yet."""

from dataclasses import dataclass

from clients.book import selectors as book_selectors
from clients.book.models import Client
from reports.qbr.draft import first_arrangement
from reports.qbr.models import QBRTemplate


@dataclass(frozen=True)
class TemplateRow:
    """A tier's template, unsaved where the tier has none; how many parts it shows, cover and sections, of how many."""

    template: QBRTemplate
    shown: int
    number: int


def list_templates() -> list[TemplateRow]:
    """That of every other tier first, then each tier that a client has or a template was written for."""
    stored = {template.tier: template for template in QBRTemplate.objects.order_by("tier")}
    tiers = {tier for tier in (*_tiers(), *stored) if tier}
    return [_row(stored.get(tier) or QBRTemplate(tier=tier)) for tier in ("", *sorted(tiers))]


def find_template(*, tier: str) -> QBRTemplate | None:
    """The tier's template, unsaved if it has none; None for a tier that nobody has."""
    return next((row.template for row in list_templates() if row.template.tier == tier), None)


def _tiers() -> list[str]:
    return book_selectors.list_tiers(clients=Client.objects.all())


def _row(template: QBRTemplate) -> TemplateRow:
    usual = first_arrangement(template.sections)
    shown = usual.has_cover + sum(section.is_shown for section in usual.sections)
    return TemplateRow(template, shown, 1 + len(usual.sections))
