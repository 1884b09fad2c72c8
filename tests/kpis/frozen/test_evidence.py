"""Rows behind a figure: kept once, told apart from today's."""

from kpis.frozen.evidence import RowChange, compare, digest_rows, pack, project, unpack

ALDER = {"client": "c1", "name": "Alder", "mrr": "100.000000"}
BIRCH = {"client": "c2", "name": "Birch", "mrr": "50.000000"}


def test_the_digest_does_not_depend_on_order_or_on_names():
    renamed = ALDER | {"name": "Alder & Sons"}

    assert digest_rows([ALDER, BIRCH]) == digest_rows([BIRCH, renamed])
    assert digest_rows([ALDER]) != digest_rows([ALDER | {"mrr": "101.000000"}])


def test_the_same_row_twice_is_not_the_row_once():
    assert digest_rows([ALDER, ALDER]) != digest_rows([ALDER])


def test_what_is_packed_comes_back_for_every_slice():
    slices = {("agency", ""): [ALDER, BIRCH], ("am", "ada"): [BIRCH], ("am", "bo"): []}

    assert unpack(pack(slices)) == {("agency", ""): [ALDER, BIRCH], ("am", "ada"): [BIRCH]}


def test_added_removed_and_altered_rows_are_told_apart():
    cedar = {"client": "c3", "name": "Cedar", "mrr": "10.000000"}
    dearer = ALDER | {"mrr": "120.000000"}

    changes = compare([ALDER, BIRCH], [dearer, cedar])

    assert changes.altered == [RowChange(dearer, {"mrr": ["100.000000", "120.000000"]})]
    assert (changes.added, changes.removed) == ([cedar], [BIRCH])
    assert changes.clients == {"c1", "c2", "c3"}


def test_a_movement_on_another_day_is_the_same_movement():
    old = {"client": "c1", "service": "seo", "day": "2026-09-03", "movement": "new", "amount": "100"}
    new = old | {"day": "2026-09-05"}

    changes = compare([old], [new])

    assert changes.altered == [RowChange(new, {"day": ["2026-09-03", "2026-09-05"]})]


def test_of_two_movements_the_one_of_the_same_day_is_the_same():
    old = [
        {"client": "c1", "day": "2026-09-03", "amount": "1"},
        {"client": "c1", "day": "2026-09-09", "amount": "2"},
    ]
    new = [{"client": "c1", "day": "2026-09-09", "amount": "3"}]

    changes = compare(old, new)

    assert [change.fields for change in changes.altered] == [{"amount": ["2", "3"]}]
    assert changes.removed == [old[0]]


def test_a_renamed_client_is_no_change():
    assert not compare([ALDER], [ALDER | {"name": "Alder & Sons"}])


def test_columns_that_the_kept_rows_do_not_have_are_left_out():
    assert project([ALDER | {"arr": "1200"}], [ALDER]) == [ALDER]
    assert project([ALDER], []) == [ALDER]


def test_ids_of_what_changed_are_known():
    row = {"deliverable": "d1", "client": "c1", "numerator": 1}

    assert compare([row], []).things == {"d1"}
