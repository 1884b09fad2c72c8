"""Which sections a review has, what they are called, and which of them a document shows."""

from typing import Any

from django.utils.translation import gettext as _

from reports.qbr.document import QBRDocument, SectionLayout, StepRow
from reports.qbr.draft import KEYS
from reports.qbr.words import NOTHING

# Letters of a note that takes two lines.
LITTLE = 250


def titles() -> dict[str, str]:
    """The heading of each section, in the language that is active."""
    return {
        "summary": _("Executive summary"),
        "promises": _("What we promised"),
        "goals": _("Your goals"),
        "scorecard": _("Our work in numbers"),
        "value": _("What we delivered"),
        "service": _("The service we gave you"),
        "voice": _("What you told us"),
        "investment": _("Your investment"),
        "risks": _("Risks and how we meet them"),
        "opportunities": _("Opportunities and recommendations"),
        "roadmap": _("What happens next"),
        "appendix": _("How we measure"),
    }


def default_layout() -> tuple[SectionLayout, ...]:
    """All sections in the usual order, nothing added."""
    return tuple(SectionLayout(key, title) for key, title in titles().items())


def shown_sections(document: QBRDocument) -> tuple[SectionLayout, ...]:
    """The sections to print, in order: those that a person wrote in or the numbers have something for."""
    layout = document.layout or default_layout()
    return tuple(
        section
        for section in layout
        if section.key in KEYS
        and (section.notes_html or section.image_names or _has_content(document, section.key))
    )


def needs_contents(document: QBRDocument) -> bool:
    """Whether a reader looks for a section: not in a review of a page or two, in which hardly anything happened."""
    rows = (
        document.summary.tiles,
        document.promises,
        document.goals,
        document.delivery.rows,
        document.service.requests,
        document.feedback.measures,
        document.commercials.services,
        document.commercials.fees,
        document.risks,
        document.opportunities,
        document.next_steps,
    )
    is_written = any(section.images or len(section.notes_html) > LITTLE for section in document.layout)
    return is_written or any(rows)


def is_hidden(document: QBRDocument, key: str) -> bool:
    """Whether somebody left the section out: then nothing of it may stand elsewhere, in a mail or in the appendix."""
    return bool(document.layout) and key not in {section.key for section in document.layout}


def steps_to_agree(document: QBRDocument) -> tuple[StepRow, ...]:
    """The next steps that the review shows; a reader agrees to nothing else."""
    return () if is_hidden(document, "roadmap") else document.next_steps


def _has_content(document: QBRDocument, key: str) -> bool:
    """Whether there is anything to print; a heading over nothing is left out."""
    rows: dict[str, Any] = {
        "promises": document.promises,
        "goals": document.goals,
        "scorecard": [
            row for row in document.scorecard.rows if (row.value, row.before) != (NOTHING, NOTHING)
        ],
        "risks": document.risks,
        "opportunities": document.opportunities,
        "appendix": document.measures,
    }
    return bool(rows[key]) if key in rows else True
