"""The typefaces that an agency chooses from for the headings of its reviews.

Text, tables and charts stay in Inter: its figures stand under one another, and our charts know its widths. One whole
file per face, since WeasyPrint draws wrong letters when a family comes in parts. What a face cannot write is Inter's.
"""

from dataclasses import dataclass

from django.templatetags.static import static

HEADINGS = ".cover h1, h2, h3"


@dataclass(frozen=True)
class Typeface:
    """A face by its family, and its file under `static/vendor/`."""

    family: str
    path: str

    @property
    def file(self) -> str:
        """The file's own name, by which the printed review refers to it."""
        return self.path.rpartition("/")[2]


# By the agency's `heading_font`; any other is Inter, which is there already.
TYPEFACES = {
    "plex_serif": Typeface("IBM Plex Serif", "ibm-plex/IBMPlexSerif-SemiBold.woff2"),
    "plex_sans": Typeface("IBM Plex Sans", "ibm-plex/IBMPlexSans-SemiBold.woff2"),
}


def typeface_of(heading_font: str) -> Typeface | None:
    """The face of the headings; None for that of the text."""
    return TYPEFACES.get(heading_font)


def printed_css(heading_font: str) -> str:
    """The rules of print, which refer to the file as an asset; none for the face of the text."""
    face = typeface_of(heading_font)
    return _rules(face, f"asset:{face.file}", "Inter") if face else ""


def served_css(heading_font: str, *, text: str) -> str:
    """The rules for a browser. `text` is the family of everything else."""
    face = typeface_of(heading_font)
    return _rules(face, static(f"vendor/{face.path}"), text) if face else ""


def _rules(face: Typeface, url: str, text: str) -> str:
    return (
        f'@font-face {{ font-family: "{face.family}"; font-weight: 600; src: url("{url}") }}\n'
        f'{HEADINGS} {{ font-family: "{face.family}", "{text}", sans-serif; font-weight: 600; letter-spacing: normal }}\n'
    )
