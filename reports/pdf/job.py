"""What the parent hands to the renderer. Apart, so that the parent never loads WeasyPrint."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """The HTML, every byte that it may refer to, and a text that makes the file's id."""

    html: str
    assets: Mapping[str, bytes]
    identifier: str
