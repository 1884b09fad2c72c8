"""Uploaded logos: looked at before they are decoded, drawn anew, stripped of everything but pixels."""

import contextlib
import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageFile, UnidentifiedImageError

from agencyam.exceptions import Refused

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 1200


class CannotUseLogo(Refused):
    """The file is no picture that we take."""


def clean_logo(content: bytes) -> bytes:
    """The picture as a new PNG of at most 1,200 pixels a side, without metadata. Raises CannotUseLogo.

    SVG is refused: it can make a renderer run for hours.
    """
    if len(content) > MOST_BYTES:
        raise CannotUseLogo("A logo may have 2 MB. Save it smaller and try again.")
    try:
        with warnings.catch_warnings(), _whole_pictures_only():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redraw(content)
    except CannotUseLogo:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Warning,
    ) as error:
        raise CannotUseLogo(
            "A logo is a PNG, JPEG or WebP picture; this file is none or is damaged."
        ) from error


@contextlib.contextmanager
def _whole_pictures_only() -> Iterator[None]:
    """Half a picture is refused, also in a process where the PDF library has told Pillow to take it."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _redraw(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise CannotUseLogo(
                f"A logo may have 16 million pixels; this one has {width * height // 1_000_000} million."
            )
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        clean = picture.convert("RGBA")
    clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    output = io.BytesIO()
    Image.frombytes("RGBA", clean.size, clean.tobytes()).save(output, "PNG", optimize=True)
    return output.getvalue()
