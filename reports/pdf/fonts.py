"""Fonts unpacked once in the fork server: WeasyPrint would unpack each WOFF2 file again for each document."""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

from fontTools.ttLib import woff2

from reports.pdf.drawings import Widths, read_widths

FOLDER = Path(__file__).resolve().parent.parent.parent / "static/vendor/inter-ui"
WEIGHTS = {"Inter-Regular": "400", "Inter-SemiBold": "600"}


def load_fonts() -> dict[str, bytes]:
    """Our own vendored fonts as plain OpenType, by the digest of their packed file."""
    return {_digest(packed): _unpacked(packed) for packed in (path.read_bytes() for path in _paths())}


def load_widths(fonts: Mapping[str, bytes]) -> dict[str, Widths]:
    """Of the fonts that drawings write in, by their weight."""
    return {
        WEIGHTS[path.stem]: read_widths(fonts[_digest(path.read_bytes())])
        for path in _paths()
        if path.stem in WEIGHTS
    }


def with_unpacked(assets: Mapping[str, bytes], known: Mapping[str, bytes]) -> dict[str, bytes]:
    """The assets, those that are a known font in its unpacked form. The PDF is the same."""
    return {name: known.get(_digest(content), content) for name, content in assets.items()}


def _paths() -> list[Path]:
    return sorted(FOLDER.glob("*.woff2"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unpacked(packed: bytes) -> bytes:
    output = io.BytesIO()
    woff2.decompress(io.BytesIO(packed), output)
    return output.getvalue()
