"""What the parent hands to the renderer. Apart, so that the parent never loads WeasyPrint."""

from collections.abc import Mapping
from dataclasses import dataclass

# The server's environment names by this word the folder that it removes when it ends.
OWN_FOLDER = "RENDERER_FOLDER"


@dataclass(frozen=True)
class Job:
    """The HTML, every byte that it may refer to, and a text that makes the file's id.

    `spares` are style sheets that take ever less room, for a document that would leave a page half empty; the HTML
    refers to `asset:spare.css`, which is the one that helps, or empty.
    """

    html: str
    assets: Mapping[str, bytes]
    identifier: str
    spares: tuple[str, ...] = ()
