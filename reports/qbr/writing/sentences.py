"""A sentence of a first draft, with the addresses of the rows that it rests on. The addresses stay in the builder."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from django.urls import reverse

from reports.qbr.writing.material import Material


@dataclass(frozen=True)
class Rows:
    """Where the rows behind a sentence are listed: the link's words and its address on the agency's site."""

    words: str
    url: str


@dataclass(frozen=True)
class Sentence:
    """Plain text of one section; `rows` are shown beside it in the builder and reach no document."""

    section: str
    text: str
    rows: tuple[Rows, ...]

    @property
    def html(self) -> str:
        return escape(self.text, quote=False)


def number_rows(material: Material, kpi: str, words: str) -> Rows:
    """The rows that a number of this client and period counts."""
    asked = {
        "by": "client",
        "key": material.client.book_id,
        "period": f"{material.period.start}..{material.period.end}",
        "as_of": material.as_of.isoformat(),
    }
    return Rows(words, f"{reverse('kpis:kpi-detail', args=[kpi])}?{urlencode(asked)}")


def client_rows(material: Material, part: str, words: str) -> Rows:
    """A panel of the client's page, by its element's name."""
    return Rows(words, f"{reverse('clients:client-detail', args=[material.client.pk])}#{part}")


def as_list(sentences: list[Sentence]) -> str:
    """An HTML list of them; empty for none."""
    return f"<ul>{''.join(f'<li>{each.html}</li>' for each in sentences)}</ul>" if sentences else ""
