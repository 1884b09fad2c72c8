"""Changed rows in words."""

from kpis.frozen.changed_rows import CellWords, ChangedRow, list_changed_rows


def test_an_altered_row_says_what_it_said():
    row = {"deliverable": "d1", "client": "c1", "name": "Alder", "title": "Audit", "numerator": 0}
    fields = {"delivered_on": [None, "2026-10-03"], "numerator": [1, 0], "is_late": [False, True]}

    found = list_changed_rows("on_time_delivery_rate", {"altered": [{"row": row, "fields": fields}]})

    cells = [
        CellWords("Delivered", "3 Oct 2026", "–"),
        CellWords("In time", "0", "1"),
        CellWords("Is late", "yes", "no"),
    ]
    assert found == [ChangedRow("Changed", "info", "c1", "Alder · Audit", cells)]


def test_added_and_removed_rows_say_all_that_they_hold():
    rows = {
        "added": [{"client": "c1", "name": "Alder", "mrr": "1234.500000", "note": None}],
        "removed": [
            {"request": "r7", "client": "c2", "name": "Birch", "inbound_at": "2026-09-01T10:15:00+00:00"}
        ],
    }

    added, removed = list_changed_rows("sla_attainment", rows)

    assert (added.what, added.title, added.cells) == ("Added", "Alder", [CellWords("MRR", "1,234.50")])
    assert (removed.title, removed.cells) == (
        "Birch · Request r7",
        [CellWords("Message of the client", "1 Sep 2026 10:15 UTC")],
    )


def test_a_row_about_nobody_in_particular_is_a_row():
    (row,) = list_changed_rows(
        "lifetime_months", {"added": [{"month_starts_on": "2026-09-01", "opening_clients": 1200}]}
    )

    assert (row.title, [cell.now for cell in row.cells]) == ("Row", ["1 Sep 2026", "1,200"])
