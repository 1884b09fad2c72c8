"""Pictures for a review: drawn anew like a logo, and kept as small as they look the same."""

import io
from dataclasses import dataclass

from PIL import Image

from agencyam.logos import CannotUseLogo, clean_logo
from reports.qbr.builder.models import QBRImage
from reports.qbr.stages.services import CannotChangeQBR

# Looks the same in print and keeps a photograph far below a PNG's size.
JPEG_QUALITY = 82


@dataclass(frozen=True)
class Picture:
    kind: str
    content: bytes
    width: int
    height: int


def clean_picture(content: bytes) -> Picture:
    """A PNG, JPEG or WebP as new pixels of at most 1,200 a side; without transparency as JPEG if that is smaller.

    Raises CannotChangeQBR for anything else, over 2 MB or over 16 million pixels.
    """
    try:
        png = clean_logo(content)
    except CannotUseLogo as error:
        raise CannotChangeQBR(str(error).replace("A logo", "A picture")) from error
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        pixels = picture.convert("RGBA")
    width, height = pixels.size
    if pixels.getchannel("A").getextrema() == (255, 255):
        output = io.BytesIO()
        pixels.convert("RGB").save(output, "JPEG", quality=JPEG_QUALITY, optimize=True)
        if output.tell() < len(png):
            return Picture(QBRImage.Kind.JPEG, output.getvalue(), width, height)
    return Picture(QBRImage.Kind.PNG, png, width, height)
