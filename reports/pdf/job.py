"""What the parent hands to the renderer. Apart, so that the parent never loads WeasyPrint."""

from collections.abc import Mapping
from dataclasses import dataclass

# The server's environment names by this word the folder that it removes when it ends.
OWN_FOLDER = "RENDERER_FOLDER"


@dataclass(frozen=True)
class Job:
    """The HTML, every byte that it may refer to, and a text that makes the file's id.

    `spare` is a style sheet that takes less room, for a document whose last page would stay nearly empty; the HTML
    refers to it as `asset:spare.css`, which is empty otherwise.
    """

    html: str
    assets: Mapping[str, bytes]
    identifier: str
    spare: str = ""
