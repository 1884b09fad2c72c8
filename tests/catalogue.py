"""Rows of the fault catalogue: each test reports its figures here; the run prints them as JSON lines at its end."""

import json

lines: list[str] = []


def report(row: str, *, ok: bool, **figures: object) -> None:
    """Keep one line `{"id": …, "ok": …, "figures": {…}}` for the end of the run and assert that it holds."""
    line = json.dumps({"id": row, "ok": ok, "figures": figures}, default=str)
    lines.append(line)
    assert ok, line
