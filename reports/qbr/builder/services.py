"""What people do to a draft: write, arrange, add pictures. All of it ends when the review leaves its draft."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from reports.qbr import draft as drafts
from reports.qbr.builder.models import QBRImage, QBRText
from reports.qbr.builder.pictures import clean_picture
from reports.qbr.draft import COVER, KEYS, Draft, DraftSection
from reports.qbr.models import QBR
from reports.qbr.stages.services import CannotChangeQBR, lock, words
from reports.qbr.writing.drafting import draft_of
from reports.rich_text import TAGS, clean_rich_text, plain_words

MOST_IMAGES = 4
# Saves of one person within this time are one piece of work: one row in the audit trail, one earlier text.
ONE_SITTING = timedelta(minutes=10)
# What an editor leaves behind: a paragraph around a list, and the line on which nobody went on writing.
_NOTHING = re.compile(r"<p>(?:\s|&nbsp;)*</p>")
_BLANK_END = re.compile(r"(?:<p>(?:\s|&nbsp;|<br>)*</p>|\s)+$")
_TAG = re.compile(rf"</?({'|'.join(sorted(TAGS))})\b", re.IGNORECASE)


class CannotSaveText(CannotChangeQBR):
    """Somebody else saved the section since it was read. `theirs` is what is stored now."""

    def __init__(self, theirs: DraftSection) -> None:
        super().__init__(f"{theirs.writer or 'Somebody'} saved this section while you were writing.")
        self.theirs = theirs


@transaction.atomic
def write_section(*, qbr: QBR, key: str, text: str, revision: int, by: User, now: datetime) -> QBR:
    """Save the text of a section whose revision was `revision` when it was read. The same text changes nothing.

    A text of somebody else that it replaces is kept. Raises CannotSaveText if the section was saved since,
    CannotChangeQBR, CannotUseText.
    """
    qbr, draft, section = _open(qbr, key)
    cleaned = as_rich_text(text)
    if section.is_written and section.text == cleaned:
        return qbr
    if section.is_written and section.revision != revision:
        raise CannotSaveText(section)
    is_sitting = _is_same_sitting(section, by=by, now=now)
    if section.text and not is_sitting:
        _keep(qbr, section)
    _store(qbr, draft.with_section(_written(section, cleaned, qbr=qbr, by=by, now=now)))
    if not is_sitting:
        _note(qbr, "write", by, section=key)
    return qbr


def _written(section: DraftSection, text: str, *, qbr: QBR, by: User, now: datetime) -> DraftSection:
    return replace(
        section,
        text=text,
        writer_id=by.pk,
        writer=by.name,
        written_at=now.isoformat(),
        revision=qbr.revision + 1,
    )


@transaction.atomic
def set_aside(*, qbr: QBR, key: str, text: str, by: User, now: datetime) -> QBR:
    """Keep a text that its writer gives up for somebody else's, among the earlier ones.

    Raises CannotChangeQBR, CannotUseText.
    """
    qbr, _, section = _open(qbr, key)
    cleaned = as_rich_text(text)
    if cleaned and cleaned != section.text:
        QBRText.objects.create(qbr=qbr, section=key, text=cleaned, written_by=by, written_at=now)
        _note(qbr, "set_aside", by, section=key)
    return qbr


def arrange(*, qbr: QBR, key: str, what: str, by: User) -> QBR:
    """Move a section "up" or "down", "show" or "hide" it or the cover. Raises CannotChangeQBR."""
    if key == COVER and what in ("show", "hide"):
        return show_cover(qbr=qbr, is_shown=what == "show", by=by)
    if what in ("up", "down"):
        return move_section(qbr=qbr, key=key, step=-1 if what == "up" else 1, by=by)
    return show_section(qbr=qbr, key=key, is_shown=what == "show", by=by)


@transaction.atomic
def move_section(*, qbr: QBR, key: str, step: int, by: User) -> QBR:
    """One place earlier (-1) or later (1). Raises CannotChangeQBR."""
    qbr, draft, _ = _open(qbr, key)
    moved = drafts.moved(draft, key, step)
    if moved.sections != draft.sections:
        _store(qbr, moved)
        _note(qbr, "move", by, section=key, step=step)
    return qbr


@transaction.atomic
def show_section(*, qbr: QBR, key: str, is_shown: bool, by: User) -> QBR:
    """Print a section or leave it out; its text is kept. Raises CannotChangeQBR."""
    qbr, draft, section = _open(qbr, key)
    if section.is_shown != is_shown:
        _store(qbr, drafts.shown(draft, key, is_shown=is_shown))
        _note(qbr, "show" if is_shown else "hide", by, section=key)
    return qbr


@transaction.atomic
def show_cover(*, qbr: QBR, is_shown: bool, by: User) -> QBR:
    """Give the review a cover, or begin it with what the cover says. Raises CannotChangeQBR."""
    qbr, draft = _open_draft(qbr)
    if draft.has_cover != is_shown:
        _store(qbr, drafts.shown(draft, COVER, is_shown=is_shown))
        _note(qbr, "show" if is_shown else "hide", by, section=COVER)
    return qbr


@transaction.atomic
def add_image(*, qbr: QBR, key: str, content: bytes, caption: str, by: User, now: datetime) -> QBRImage:
    """Put a picture below the text of a section. Raises CannotChangeQBR for a file that is no picture."""
    qbr, draft, section = _open(qbr, key)
    caption = " ".join(caption.split())
    if not caption:
        raise CannotChangeQBR("Say what the picture shows, for those who cannot see it.")
    if len(section.images) >= MOST_IMAGES:
        raise CannotChangeQBR(f"A section takes {MOST_IMAGES} pictures. Take one away first.")
    picture = clean_picture(content)
    image = QBRImage(
        client_id=qbr.client_id,
        kind=picture.kind,
        caption=caption,
        content=picture.content,
        sha256=hashlib.sha256(picture.content).hexdigest(),
        width=picture.width,
        height=picture.height,
        added_by=by,
        added_at=now,
    )
    image.full_clean(exclude=["content"])
    image.save(force_insert=True)
    _store(qbr, draft.with_section(replace(section, images=(*section.images, image.pk))))
    _note(qbr, "add_image", by, section=key, caption=caption)
    return image


@transaction.atomic
def remove_image(*, qbr: QBR, key: str, image_id: int, by: User) -> QBR:
    """Take a picture out of a section; the row stays for versions that printed it. Raises CannotChangeQBR."""
    qbr, draft, section = _open(qbr, key)
    if image_id in section.images:
        left = tuple(each for each in section.images if each != image_id)
        _store(qbr, draft.with_section(replace(section, images=left)))
        _note(qbr, "remove_image", by, section=key)
    return qbr


def as_rich_text(text: str) -> str:
    """What a person typed or the editor sent, as clean HTML; plain lines become paragraphs, no words become nothing.

    Raises CannotUseText.
    """
    text = text.replace("\r\n", "\n").strip()
    if not _TAG.search(text):
        blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
        text = "".join(f"<p>{'<br>'.join(escape(block, quote=False).split(chr(10)))}</p>" for block in blocks)
    cleaned = _BLANK_END.sub("", _NOTHING.sub("", clean_rich_text(text)))
    return cleaned if plain_words(cleaned) else ""


def _open(qbr: QBR, key: str) -> tuple[QBR, Draft, DraftSection]:
    """The review, ours until the end of the transaction, its draft and a section of it. Raises CannotChangeQBR."""
    if key not in KEYS:
        raise CannotChangeQBR("There is no such section.")
    qbr, draft = _open_draft(qbr)
    return qbr, draft, draft.section(key)


def _open_draft(qbr: QBR) -> tuple[QBR, Draft]:
    """The review, ours until the end of the transaction, and its draft. Raises CannotChangeQBR."""
    qbr = lock(qbr)
    if not qbr.is_draft:
        raise CannotChangeQBR(f"The review is {words(qbr)}; its texts stay as they are.")
    return qbr, draft_of(qbr)


def _store(qbr: QBR, draft: Draft) -> None:
    """Only what was written is validated: this runs at every pause of everybody who types."""
    qbr.draft = drafts.to_json(draft)
    qbr.revision += 1
    written = {"draft", "revision"}
    others = {field.name for field in QBR._meta.fields} - written
    qbr.full_clean(exclude=others, validate_unique=False, validate_constraints=False)
    qbr.save(update_fields=written)


def _is_same_sitting(section: DraftSection, *, by: User, now: datetime) -> bool:
    if not section.is_written or section.writer_id != by.pk:
        return False
    return now - datetime.fromisoformat(section.written_at) < ONE_SITTING


def _keep(qbr: QBR, section: DraftSection) -> None:
    if section.is_written:
        QBRText.objects.create(
            qbr=qbr,
            section=section.key,
            text=section.text,
            written_by_id=section.writer_id,
            written_at=datetime.fromisoformat(section.written_at),
        )


def _note(qbr: QBR, verb: str, by: User, **changes: object) -> None:
    audit.record(by=by, action=f"qbr.{verb}", target=qbr, changes=changes)
