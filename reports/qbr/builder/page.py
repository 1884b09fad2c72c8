"""What the builder's page shows: each section with its text, its facts and what is still open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import AgencySettings, User
from accounts.permissions import can
from accounts.roles import Permission
from clients.growth import selectors as growth_selectors
from clients.growth.models import Opportunity
from clients.plans.models import Goal
from reports.qbr import selectors
from reports.qbr.builder.facts import Facts, facts_of
from reports.qbr.builder.models import QBRImage, QBRText
from reports.qbr.builder.sources import rows_behind
from reports.qbr.builder.warnings import Basis, warnings_of
from reports.qbr.document import GoalRow, QBRDocument, from_json
from reports.qbr.draft import KEYS, WITHOUT_COMMENT, Draft, DraftSection
from reports.qbr.layout import titles
from reports.qbr.models import QBR
from reports.qbr.writing.drafting import draft_of, images_of, write_review
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.delivery import due_pieces
from reports.qbr.writing.sentences import Rows, Sentence

MOST_EARLIER = 10


@dataclass(frozen=True)
class GoalLine:
    """A goal of the plan and how it is printed."""

    goal: Goal
    row: GoalRow


@dataclass(frozen=True)
class BuilderSection:
    """`sentences` say what the rules' text rests on, `rows` what is printed without it; `hints` are never printed."""

    section: DraftSection
    title: str
    number: int
    is_first: bool
    is_last: bool
    facts: Facts
    rows: tuple[Rows, ...]
    sentences: tuple[Sentence, ...]
    hints: tuple[Opportunity, ...]
    goals: tuple[GoalLine, ...]
    warnings: tuple[str, ...]
    images: tuple[QBRImage, ...]
    earlier: tuple[QBRText, ...]

    @property
    def key(self) -> str:
        return self.section.key

    @property
    def takes_comment(self) -> bool:
        return self.key not in WITHOUT_COMMENT


@dataclass(frozen=True)
class BuilderPage:
    """`is_open` while the member may write."""

    draft: Draft
    sections: tuple[BuilderSection, ...]
    is_open: bool

    @property
    def warnings(self) -> int:
        return sum(len(each.warnings) for each in self.sections if each.section.is_shown)


@dataclass(frozen=True)
class _Sources:
    """What the sections are shown from; of an approved review only what was frozen."""

    document: QBRDocument
    draft: Draft
    basis: Basis | None
    rows: Mapping[str, tuple[Rows, ...]]
    sentences: tuple[Sentence, ...]
    hints: tuple[Opportunity, ...]
    goals: tuple[GoalLine, ...]
    images: Mapping[int, QBRImage]
    earlier: Mapping[str, tuple[QBRText, ...]]


def get_builder(*, qbr: QBR, user: User, now: datetime, settings: AgencySettings) -> BuilderPage:
    """The page of a review in any stage. Raises DoesNotAddUp if live numbers disagree with one another."""
    is_open = qbr.is_draft and can(user, Permission.REVIEW_SEND)
    sources = _read_frozen(qbr) if qbr.is_approved else _read_live(qbr, now=now, settings=settings)
    number_of = len(sources.draft.sections)
    sections = tuple(
        _section(sources, section, number=number, number_of=number_of)
        for number, section in enumerate(sources.draft.sections, start=1)
    )
    return BuilderPage(draft=sources.draft, sections=sections, is_open=is_open)


def _read_live(qbr: QBR, *, now: datetime, settings: AgencySettings) -> _Sources:
    written = write_review(qbr=qbr, now=now, settings=settings)
    return _Sources(
        document=written.document,
        draft=written.draft,
        basis=_basis(written.material),
        rows={key: rows_behind(written.material, key) for key in KEYS},
        sentences=written.sentences,
        hints=tuple(growth_selectors.list_open_opportunities(client=qbr.client)),
        # The document prints the plan's goals in the plan's order, as many as fit.
        goals=tuple(map(GoalLine, written.material.goals, written.document.goals)),
        images=written.images,
        earlier=_earlier(qbr),
    )


def _read_frozen(qbr: QBR) -> _Sources:
    """What was approved: the texts as they were printed, also those of the rules."""
    document = from_json(selectors.get_snapshot(qbr=qbr))
    stored = draft_of(qbr)
    printed = {section.key: section.notes_html for section in document.layout}
    sections = tuple(
        replace(section, text=printed.get(section.key, section.text)) for section in stored.sections
    )
    draft = replace(stored, sections=sections, has_cover=document.has_cover)
    images = images_of(qbr.client_id, draft)
    return _Sources(document, draft, None, {}, (), (), (), images, {})


def _section(sources: _Sources, section: DraftSection, *, number: int, number_of: int) -> BuilderSection:
    warnings = warnings_of(sources.document, section, sources.basis) if sources.basis else []
    return BuilderSection(
        section=section,
        title=_title(sources.document, section.key),
        number=number,
        is_first=number == 1,
        is_last=number == number_of,
        facts=facts_of(sources.document, section.key),
        rows=sources.rows.get(section.key, ()),
        sentences=tuple(each for each in sources.sentences if each.section == section.key),
        hints=sources.hints if section.key == "opportunities" else (),
        goals=sources.goals if section.key == "goals" else (),
        warnings=tuple(warnings),
        images=tuple(sources.images[each] for each in section.images if each in sources.images),
        earlier=sources.earlier.get(section.key, ()),
    )


def _title(document: QBRDocument, key: str) -> str:
    """As it is printed; of a hidden section as the site's language has it."""
    return next((each.title for each in document.layout if each.key == key), titles()[key])


def _basis(material: Material) -> Basis:
    counts = {key: result.figure.n for key, result in material.results.items()}
    late = [piece for piece in due_pieces(material) if piece.is_late and not piece.cause]
    judged_early = [goal for goal in material.goals if goal.standing and _is_early(goal, material)]
    return Basis(counts, tuple(piece.title for piece in late), tuple(goal.title for goal in judged_early))


def _is_early(goal: Goal, material: Material) -> bool:
    """Whether it was judged before the days that the review tells of were over."""
    return goal.status_on is not None and goal.status_on < material.cut.end


def _earlier(qbr: QBR) -> dict[str, tuple[QBRText, ...]]:
    """Texts that were replaced, the latest first, by section: one query."""
    texts: dict[str, list[QBRText]] = {}
    for text in qbr.texts.select_related("written_by").order_by("-written_at", "-pk"):
        texts.setdefault(text.section, []).append(text)
    return {section: tuple(own[:MOST_EARLIER]) for section, own in texts.items()}


@dataclass(frozen=True)
class News:
    """A section that somebody else saved."""

    key: str
    writer: str
    written_at: datetime


def list_news(*, qbr: QBR, user: User, since: datetime) -> list[News]:
    """The sections that others saved after that instant."""
    saved = [
        News(section.key, section.writer, datetime.fromisoformat(section.written_at))
        for section in draft_of(qbr).sections
        if section.is_written and section.writer_id != user.pk
    ]
    return [news for news in saved if news.written_at > since]
