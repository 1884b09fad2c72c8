"""Rows as a file that somebody opens with a spreadsheet."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from kpis.evidence.export import CSV, XLSX, make_file
from kpis.evidence.rows import Evidence
from kpis.evidence.rules import Totals

EVIL = ("=cmd()", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1")


def written(kind: str, text: str) -> bytes:
    row = {"client": text, "name": text, "mrr": "-10.000000"}
    excluded = {"client": "b", "name": "b", "reason": text}
    evidence = Evidence([row], [excluded], Totals(Decimal(-10), None, Decimal(-10)))
    return make_file(kind, kpi="mrr", about=[("Slice", text)], evidence=evidence)


@pytest.mark.parametrize("text", EVIL)
def test_no_text_of_a_workbook_is_a_formula(text):
    sheet = load_workbook(io.BytesIO(written(XLSX, text))).active

    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert [each for each in texts if each.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert [cell.value for cell in cells if cell.data_type == "n"] == [-10]


@pytest.mark.parametrize("text", EVIL)
def test_no_text_of_a_text_file_is_a_formula(text):
    assert f"'{text}" in written(CSV, text).decode()
