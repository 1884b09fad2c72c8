"""What people wrote and arranged in a review: the order of its sections, which are shown, texts and images.

Pure. A section that nobody has written says what the rules of first_draft say on the day of printing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reports.qbr.plain import NotADocument, from_plain, to_plain

# The cover always comes first, so it has no place among the sections; a review can do without it.
COVER = "cover"
# Every section in its usual order.
KEYS = (
    "summary",
    "promises",
    "goals",
    "scorecard",
    "value",
    "service",
    "voice",
    "investment",
    "risks",
    "opportunities",
    "roadmap",
    "appendix",
)
# Nobody is asked for a comment on how numbers are counted.
WITHOUT_COMMENT = frozenset({"appendix"})


class NotADraft(ValueError):
    """The stored values are no draft."""


@dataclass(frozen=True)
class DraftSection:
    """One section: `text` is sanitised HTML (reports.rich_text), `images` are ids of QBRImage.

    `written_at` is an ISO instant, empty while nobody has written it; `revision` is the review's revision in
    which it was last written.
    """

    key: str
    is_shown: bool = True
    text: str = ""
    images: tuple[int, ...] = ()
    writer_id: int | None = None
    writer: str = ""
    written_at: str = ""
    revision: int = 0

    @property
    def is_written(self) -> bool:
        return bool(self.written_at)

    @property
    def saved_at(self) -> datetime | None:
        return datetime.fromisoformat(self.written_at) if self.written_at else None


@dataclass(frozen=True)
class Draft:
    """`is_arranged` once somebody moved or hid a section or the cover by hand; until then the template rules."""

    sections: tuple[DraftSection, ...]
    is_arranged: bool = False
    has_cover: bool = True

    @property
    def asked(self) -> int:
        """Comments that the shown sections ask for."""
        return len(self._asking())

    @property
    def written(self) -> int:
        """How many of those a person has written."""
        return sum(section.is_written for section in self._asking())

    def _asking(self) -> list[DraftSection]:
        return [each for each in self.sections if each.is_shown and each.key not in WITHOUT_COMMENT]

    def section(self, key: str) -> DraftSection:
        """Raises KeyError."""
        return {section.key: section for section in self.sections}[key]

    def with_section(self, section: DraftSection) -> "Draft":
        """The same with another content of the section with its key."""
        sections = tuple(section if each.key == section.key else each for each in self.sections)
        return replace(self, sections=sections)


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as it is stored."""
    plain: dict[str, Any] = to_plain(draft)
    return plain


def from_json(plain: Any) -> Draft | None:
    """The stored draft; None where nobody has written any. Raises NotADraft."""
    if not plain:
        return None
    try:
        draft: Draft = from_plain(Draft, plain)
    except NotADocument as error:
        raise NotADraft(str(error)) from error
    keys = [section.key for section in draft.sections]
    if len(set(keys)) != len(keys) or set(keys) - set(KEYS):
        raise NotADraft("A draft has each section once, and none that no review knows.")
    return draft


def first_arrangement(rows: Sequence[Mapping[str, Any]]) -> Draft:
    """Nothing written yet, arranged as a template says: rows of key and is_shown, in order.

    Sections that the template does not name are shown where they usually stand, and so is the cover.
    """
    named = [DraftSection(row["key"], is_shown=row["is_shown"]) for row in rows if row["key"] in KEYS]
    unique = tuple({section.key: section for section in named}.values())
    has_cover = all(row["is_shown"] for row in rows if row["key"] == COVER)
    return _completed(Draft(unique, has_cover=has_cover))


def merged(draft: Draft | None, rows: Sequence[Mapping[str, Any]]) -> Draft:
    """The stored draft with the template as it is now.

    What a person arranged stays. Where nobody did, the template's order and choice rule, but a section in
    which somebody wrote or put a picture stays shown.
    """
    usual = first_arrangement(rows)
    if draft is None:
        return usual
    if draft.is_arranged:
        return _completed(draft)
    had = {section.key: section for section in draft.sections}
    sections = tuple(_in_place(place, had.get(place.key)) for place in usual.sections)
    return replace(draft, sections=sections, has_cover=usual.has_cover)


def _in_place(place: DraftSection, had: DraftSection | None) -> DraftSection:
    if had is None:
        return place
    return replace(had, is_shown=place.is_shown or had.is_written or bool(had.images))


def _completed(draft: Draft) -> Draft:
    """With every section: one that is missing stands after the section that usually comes before it."""
    sections = list(draft.sections)
    for number, key in enumerate(KEYS):
        places = {section.key: place for place, section in enumerate(sections)}
        if key not in places:
            before = [places[each] for each in KEYS[:number] if each in places]
            sections.insert(before[-1] + 1 if before else 0, DraftSection(key))
    return replace(draft, sections=tuple(sections))


def moved(draft: Draft, key: str, step: int) -> Draft:
    """The section one place earlier (-1) or later (1); at the end of the list it stays. Raises KeyError."""
    sections = list(draft.sections)
    place = sections.index(draft.section(key))
    goal = max(0, min(len(sections) - 1, place + step))
    sections.insert(goal, sections.pop(place))
    return replace(draft, sections=tuple(sections), is_arranged=True)


def shown(draft: Draft, key: str, *, is_shown: bool) -> Draft:
    """The section or the cover shown or hidden; what it says is kept. Raises KeyError."""
    if key == COVER:
        return replace(draft, has_cover=is_shown, is_arranged=True)
    return replace(
        draft.with_section(replace(draft.section(key), is_shown=is_shown)),
        is_arranged=True,
    )


def filled(draft: Draft, texts: Mapping[str, str]) -> Draft:
    """With the rules' texts, by section, where nobody has written."""
    return replace(
        draft,
        sections=tuple(
            section if section.is_written else replace(section, text=texts.get(section.key, ""))
            for section in draft.sections
        ),
    )
