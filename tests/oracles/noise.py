"""A book that would change every answer if one agency could see another's rows."""

from tests.oracles.book_writer import Book, make_book


def make_noise() -> Book:
    """Clients that come, go, grow, pause and pay in other currencies, all around March and August 2026."""
    terms = {"service_line": "retainer", "kind": "recurring", "currency": "USD", "interval": "month"}
    groups = []
    for number, month in enumerate(
        ("2025-05", "2025-08", "2025-12", "2026-03", "2026-05", "2026-08"), start=1
    ):
        first = terms | {"amount": f"{number}77", "start": "2024-01-01", "end": f"{month}-11"}
        then = terms | {"amount": f"{number}99", "start": f"{month}-11", "end": None}
        paused = terms | {
            "amount": "313",
            "start": "2024-02-01",
            "end": None,
            "pauses": [[f"{month}-05", None]],
        }
        for name, lines in (
            ("left", [first]),
            ("grew", [first, then]),
            ("came", [then]),
            ("rests", [paused]),
        ):
            groups.append({"client": f"{name}{number}", "count": 3, "lines": lines})
    return make_book({"kind": "contracts", "line_groups": groups})
