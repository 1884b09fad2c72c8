"""A review as its draft stands: the numbers, the rules' first texts, and what people wrote and arranged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils import translation

from accounts.models import AgencySettings
from reports.qbr import draft as drafts
from reports.qbr.builder.models import QBRImage
from reports.qbr.document import QBRDocument, SectionImage, SectionLayout
from reports.qbr.draft import Draft
from reports.qbr.layout import titles
from reports.qbr.models import QBR
from reports.qbr.planning.plans import plan_for
from reports.qbr.writing.build import compose
from reports.qbr.writing.first_draft import first_texts, write_sentences
from reports.qbr.writing.material import Material, read_material
from reports.qbr.writing.sentences import Sentence
from reports.rich_text import clean_rich_text


@dataclass(frozen=True)
class Written:
    """`draft` has every section, the rules' texts where nobody wrote; `sentences` say what those rest on."""

    material: Material
    document: QBRDocument
    draft: Draft
    sentences: tuple[Sentence, ...]
    images: Mapping[int, QBRImage]


def write_review(*, qbr: QBR, now: datetime, settings: AgencySettings) -> Written:
    """Read the numbers and lay out the draft. Raises DoesNotAddUp if the numbers disagree."""
    with translation.override(qbr.language):
        material = read_material(
            client=qbr.client,
            period=qbr.period,
            as_of=qbr.as_of,
            now=now,
            settings=settings,
            language=qbr.language,
        )
        sentences = write_sentences(material)
        draft = drafts.filled(draft_of(qbr), first_texts(sentences))
        images = images_of(qbr.client_id, draft)
        document = compose(material, paper=qbr.paper)
        cover = replace(document.cover, version=qbr.version, correction=qbr.correction)
        layout = lay_out(draft, images)
        document = replace(document, cover=cover, layout=layout, has_cover=draft.has_cover)
    return Written(material, document, draft, tuple(sentences), images)


def draft_of(qbr: QBR) -> Draft:
    """What is stored of it, with the template of today. Raises NotADraft."""
    return drafts.merged(drafts.from_json(qbr.draft), plan_for(qbr.client).template.sections)


def lay_out(draft: Draft, images: Mapping[int, QBRImage]) -> tuple[SectionLayout, ...]:
    """The sections that are shown, in order, with headings in the language that is active."""
    headings = titles()
    return tuple(
        SectionLayout(
            key=section.key,
            title=headings[section.key],
            notes_html=clean_rich_text(section.text),
            images=tuple(_printed(images[each]) for each in section.images if each in images),
        )
        for section in draft.sections
        if section.is_shown
    )


def _printed(image: QBRImage) -> SectionImage:
    return SectionImage(image.name, image.caption, image.width, image.height)


def images_of(client_id: int, draft: Draft) -> dict[int, QBRImage]:
    """The pictures that a draft names, by id, without their bytes; a picture of another client is not there."""
    wanted = [each for section in draft.sections for each in section.images]
    return {image.pk: image for image in _own(client_id, wanted).defer("content")}


def image_assets(*, client_id: int, document: QBRDocument) -> dict[str, bytes]:
    """The bytes of the pictures in a document, by the names that it calls them."""
    names = {name for section in document.layout for name in section.image_names}
    ids = [int(name.removeprefix("image-").split(".")[0]) for name in names]
    return {image.name: bytes(image.content) for image in _own(client_id, ids)}


def _own(client_id: int, ids: Iterable[int]) -> QuerySet[QBRImage]:
    return QBRImage.objects.filter(client_id=client_id, pk__in=list(ids)).order_by("pk")
