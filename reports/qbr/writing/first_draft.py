"""The first texts of a review, written by rules from what the document itself is written from.

Only sentences about what the client knows, did or was promised. What the agency keeps to itself (health, churn
risk, margin, confidence, its own list of opportunities) is not among the material, so no rule can use it.
Risks and recommendations are rows of the document (reports.qbr.writing.sections), not texts.
"""

from django.utils.translation import gettext as _

from reports.qbr.document import Tone
from reports.qbr.writing.changes import quiet_words, write_changes
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.plan import list_promises
from reports.qbr.writing.sentences import Sentence, as_list, client_rows, number_rows


def write_sentences(material: Material) -> list[Sentence]:
    """Every sentence of the first draft, by section, each with the rows that it rests on.

    In the language that is active.
    """
    return [*_summary(material), *_promises(material)]


def first_texts(sentences: list[Sentence]) -> dict[str, str]:
    """The HTML of each section that has sentences."""
    by_section: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        by_section.setdefault(sentence.section, []).append(sentence)
    return {section: _html(section, own) for section, own in by_section.items()}


def _html(section: str, sentences: list[Sentence]) -> str:
    if len(sentences) == 1:
        return f"<p>{sentences[0].html}</p>"
    if section != "summary":
        return as_list(sentences)
    heading = _("What changed most")
    return f"<h3>{heading}</h3>{as_list(sentences)}"


def _summary(material: Material) -> list[Sentence]:
    rows = number_rows(material, "sla_attainment", "Numbers of this client")
    return write_changes(material) or [Sentence("summary", quiet_words(material), (rows,))]


def _promises(material: Material) -> list[Sentence]:
    """How many of the steps of both sides were kept by their day."""
    steps = list_promises(material)
    if not steps:
        return []
    kept = sum(step.state.tone == Tone.GOOD for step in steps)
    said = {"kept": material.words.number(kept), "all": material.words.number(len(steps))}
    text = _("Done by the agreed day: %(kept)s of %(all)s.") % said
    return [Sentence("promises", text, (client_rows(material, "actions", "Agreed steps"),))]
