"""German is complete: every text of the documents is translated and the compiled catalogue says the same."""

import runpy
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils.translation import override

from agencyam.periods import Period
from reports.qbr.layout import titles
from reports.qbr.writing.build import build_document
from reports.qbr.writing.first_draft import first_texts
from reports.qbr.writing.sentences import Sentence
from tests.factories.clients import ClientFactory
from tests.reports import books

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_text_is_translated_and_compiled():
    command = [sys.executable, "scripts/messages.py", "--check"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout if checked.returncode else "") == (0, "")


def test_a_text_inside_an_f_string_is_found_out():
    hidden_lines = runpy.run_path(str(ROOT / "scripts" / "messages.py"))["hidden_lines"]
    source = (
        'one = _("a")\ntwo = f"{one} {_(\'b\')}"\nthree = f"{ngettext(\'c\', \'d\', 2)}"\nfour = f"{one}"\n'
    )

    assert hidden_lines(source) == [2, 3]


def test_what_changed_most_is_told_in_german():
    sentences = [Sentence("summary", text, ()) for text in ("Eins.", "Zwei.")]

    with override("de"):
        texts = first_texts(sentences)

    assert texts["summary"].startswith("<h3>Was sich am meisten verändert hat</h3>")


def test_the_sections_have_german_names():
    with override("de"):
        german = titles()

    assert german["summary"] == "Zusammenfassung"
    assert [key for key, title in titles().items() if german[key] == title] == []


@pytest.fixture
def german(agency):
    return build_document(
        client=books.make_client(),
        period=books.PERIOD,
        as_of=books.TODAY,
        now=books.NOW,
        settings=books.make_settings(),
        language="de",
    )


def test_a_german_review_speaks_german_and_writes_its_numbers_so(german):
    assert german.cover.title == "Quartalsbericht"
    assert (german.cover.language, german.cover.form) == ("de", "de_DE")
    assert german.summary.sentences == (
        "Wir haben 86,4\u00a0% Ihrer 22 Nachrichten in der zugesagten Zeit beantwortet (Ziel ≥\u00a090\u00a0%).",
        "Sechs von acht Lieferungen kamen pünktlich; eine war auf unserer Seite zu spät.",
        "Auf die Frage, ob Sie uns empfehlen, gaben Sie +25 (NPS, 4 Antworten).",
        "Wir brauchen vier Entscheidungen von Ihnen.",
    )
    assert german.commercials.lead == (
        "Am 30. September 2026 hatten Sie zwei laufende Leistungen für 7.100\u00a0€ im Monat, "
        "wie zu Beginn des Zeitraums."
    )
    assert german.commercials.services[0].price == "2.500\u00a0€ im Monat"


def test_an_english_review_after_a_german_one_is_english(german):
    english = build_document(
        client=ClientFactory(name="Orbit Ltd"),
        period=Period(date(2026, 7, 1), date(2026, 8, 1)),
        as_of=date(2026, 8, 5),
        now=datetime(2026, 8, 5, 9, tzinfo=UTC),
        settings=books.make_settings(),
    )

    assert (german.cover.title, english.cover.title) == ("Quartalsbericht", "Monthly Review")
