import io
import random

import pytest
from PIL import Image, ImageFile

from agencyam.logos import CannotUseLogo, clean_logo
from tests.catalogue import report


def _picture(kind="PNG", size=(40, 20), **options):
    output = io.BytesIO()
    Image.new("RGB", size, "#0f4c81").save(output, kind, **options)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_png(kind):
    with Image.open(io.BytesIO(clean_logo(_picture(kind)))) as logo:
        assert (logo.format, logo.size) == ("PNG", (40, 20))


def test_a_large_picture_is_made_smaller():
    with Image.open(io.BytesIO(clean_logo(_picture(size=(3000, 1500))))) as logo:
        assert logo.size == (1200, 600)


def test_nothing_of_the_original_file_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "planted-marker " * 50
    hidden = _picture("JPEG", exif=exif) + b"<script>planted-marker</script>"

    assert b"planted-marker" not in clean_logo(hidden)


def test_f5_f6_everything_else_is_refused():
    bomb = io.BytesIO()
    Image.new("1", (15_000, 11_900)).save(bomb, "PNG")
    refused = {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>",
        "svg named png": b"<?xml version='1.0'?><svg/>",
        "pixel bomb": bomb.getvalue(),
        "gif": _picture("GIF"),
        "tiff": _picture("TIFF"),
        "empty": b"",
        "text": b"no picture",
        "truncated": _picture(size=(400, 400))[:120],
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        "png and html": b"\x89PNG\r\n\x1a\n<html><script>x</script>",
        "too many bytes": random.Random(1).randbytes(2 * 1024 * 1024 + 1),
    }
    accepted = []

    for name, content in refused.items():
        try:
            clean_logo(content)
        except CannotUseLogo:
            continue
        accepted.append(name)

    report("F6", ok=not accepted, accepted=accepted, tried=len(refused))


def test_half_a_picture_is_refused_where_the_pdf_library_takes_it(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    with pytest.raises(CannotUseLogo, match="damaged"):
        clean_logo(_picture(size=(400, 400))[:120])

    assert ImageFile.LOAD_TRUNCATED_IMAGES is True
