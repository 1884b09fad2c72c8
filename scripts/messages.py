"""Collects the texts of the documents that clients read, and compiles their translations.

    python scripts/messages.py            bring locale/de up to date: new texts come in empty, old ones go; then compile
    python scripts/messages.py --check    say what is not translated, not in use, or not compiled; changes nothing

Babel does the work, so nobody needs the tools of gettext. The compiled file is committed: a fresh clone speaks German.
"""

import argparse
import ast
import io
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "de"
FOLDER = ROOT / "locale" / LANGUAGE / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
# Texts of documents and of letters to clients; the product's own pages speak English.
PYTHON = ("reports", "agencyam/charts")
TEMPLATES = ("templates/reports",)
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
HEADER = "# Texts of the documents that clients read, in German. Kept by scripts/messages.py."
# One date for ever, so that the files change only with the texts.
WRITTEN = datetime(2026, 11, 22, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def main() -> int:
    parser = argparse.ArgumentParser(description="Update and compile the translations, or check them.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if anything is amiss")
    arguments = parser.parse_args()
    wanted = collect()
    if not arguments.check:
        update(wanted)
    faults = [*find_hidden(), *find_faults(wanted)]
    print("\n".join(faults) if faults else f"{len(wanted)} texts, all translated and compiled.")
    return 1 if faults else 0


def collect() -> Catalog:
    """Every text in use."""
    catalog = Catalog(
        locale=LANGUAGE,
        domain="django",
        fuzzy=False,
        header_comment=HEADER,
        project="agencyam",
        version="1",
        creation_date=WRITTEN,
        revision_date=WRITTEN,
    )
    for folder in PYTHON:
        for path in sorted((ROOT / folder).rglob("*.py")):
            _add(catalog, path.read_bytes())
    for folder in TEMPLATES:
        for path in sorted((ROOT / folder).rglob("*.*")):
            _add(catalog, templatize(path.read_text(), origin=str(path)).encode())
    for words in definition_words():
        catalog.add(words)
    return catalog


def _add(catalog: Catalog, source: bytes) -> None:
    found = extract_python(io.BytesIO(source), KEYWORDS, [], {"encoding": "utf-8"})
    for _line, function, texts, _comments in found:
        listed = texts if isinstance(texts, tuple | list) else (texts,)
        forms = tuple(str(text) for text in listed if text)
        if forms:
            catalog.add(forms[:2] if function == "ngettext" else forms[0])


def find_hidden() -> list[str]:
    """A sentence for each text inside an f-string, where no extraction sees it: it would stay English."""
    faults = []
    for folder in PYTHON:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line in hidden_lines(path.read_text()):
                faults.append(f"Hidden in an f-string: {path.relative_to(ROOT)}, line {line}.")
    return faults


def hidden_lines(source: str) -> list[int]:
    joined = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    return [
        call.lineno
        for each in joined
        for call in ast.walk(each)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]


def definition_words() -> list[str]:
    """How the numbers of a review are counted, in the words of their definitions."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agencyam.settings")
    os.environ.setdefault("TESTING", "1")
    sys.path.insert(0, str(ROOT))
    django.setup()
    from kpis.formulas.catalogue import DEFINITIONS  # noqa: PLC0415 - needs the settings
    from reports.qbr.writing.material import KEYS  # noqa: PLC0415

    return [DEFINITIONS[key].words for key in KEYS]


def update(wanted: Catalog) -> None:
    """Keep the translations of what is in use, add what is new, drop the rest, compile."""
    known = read()
    for message in wanted:
        old = known.get(message.id) if message.id else None
        if old is not None and type(old.id) is type(message.id):
            message.string = old.string
    FOLDER.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, wanted, width=110, sort_output=True, no_location=True, omit_header=False)
    with MO.open("wb") as file:
        write_mo(file, read())


def read() -> Catalog:
    if not PO.exists():
        return Catalog(locale=LANGUAGE)
    with PO.open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain="django")


def is_compiled(known: Catalog) -> bool:
    """Whether the compiled file says the same; its header may name another version of the compiler."""
    if not MO.exists():
        return False
    with MO.open("rb") as file:
        return _texts(read_mo(file)) == _texts(known)


def _texts(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {_forms(message.id): _forms(message.string) for message in catalog if message.id}


def find_faults(wanted: Catalog) -> list[str]:
    """A sentence for each text that is not translated, translated with other placeholders, or not in use."""
    known = read()
    faults = []
    for message in wanted:
        if not message.id:
            continue
        translated = known.get(message.id)
        if translated is None or not all(_forms(translated.string)) or translated.fuzzy:
            faults.append(f"Not translated: {_forms(message.id)[0]!r}.")
        elif not _fits(_forms(message.id), _forms(translated.string)):
            faults.append(f"Other placeholders in the translation of {_forms(message.id)[0]!r}.")
    in_use = {message.id for message in wanted}
    faults += [f"Not in use: {_forms(message.id)[0]!r}." for message in known if message.id not in in_use]
    if not is_compiled(known):
        faults.append(f"{MO.relative_to(ROOT)} is not compiled from {PO.name}: run scripts/messages.py.")
    return faults


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if text is None:
        return ()
    return (text,) if isinstance(text, str) else tuple(text)


def _fits(source: tuple[str, ...], translation: tuple[str, ...]) -> bool:
    """Whether no form of the translation asks for a value that the text has not."""
    has = {name for form in source for name in PLACEHOLDER.findall(form)}
    asks = {name for form in translation for name in PLACEHOLDER.findall(form)}
    return asks <= has and (len(source) > 1 or asks == has)


if __name__ == "__main__":
    sys.exit(main())
