"""The stored draft: strict in and out, merged with a template that changes later."""

from dataclasses import replace

import pytest

from reports.qbr.draft import (
    KEYS,
    Draft,
    DraftSection,
    NotADraft,
    filled,
    first_arrangement,
    from_json,
    merged,
    moved,
    shown,
    to_json,
)

WRITTEN = DraftSection(
    "goals", text="<p>Why</p>", images=(4,), writer_id=7, writer="Anna", written_at="2026-10-05T09:00:00+00:00",
    revision=3,
)  # fmt: skip


def keys(draft):
    return [section.key for section in draft.sections]


def hidden(draft):
    return [section.key for section in draft.sections if not section.is_shown]


def test_a_draft_comes_back_as_it_was_stored():
    draft = merged(Draft((WRITTEN,)), [])

    assert from_json(to_json(draft)) == draft
    assert from_json({}) is None


@pytest.mark.parametrize(
    "plain",
    [
        {"sections": [], "colour": "red"},
        {"sections": [{"key": "goals", "health": 61}]},
        {"sections": [{"key": "margin"}]},
        {"sections": [{"key": "goals"}, {"key": "goals"}]},
        {"sections": [{"key": "goals", "text": None}]},
        {"sections": [{"key": "goals", "images": ["1"]}]},
        {"is_arranged": True},
        ["goals"],
    ],
)
def test_anything_else_is_no_draft(plain):
    with pytest.raises(NotADraft):
        from_json(plain)


def test_without_a_template_every_section_is_shown_in_the_usual_order():
    draft = first_arrangement([])

    assert keys(draft) == list(KEYS)
    assert hidden(draft) == []


def test_the_template_says_order_and_choice_and_what_it_does_not_name_keeps_its_place():
    rows = [
        {"key": "voice", "is_shown": True},
        {"key": "summary", "is_shown": False},
        {"key": "gone", "is_shown": True},
    ]

    draft = first_arrangement(rows)

    assert keys(draft) == [
        "voice",
        "investment",
        "risks",
        "opportunities",
        "roadmap",
        "appendix",
        "summary",
        "promises",
        "goals",
        "scorecard",
        "value",
        "service",
    ]
    assert hidden(draft) == ["summary"]


def test_a_draft_that_nobody_arranged_follows_a_template_that_changes():
    draft = merged(Draft((WRITTEN,)), [])

    later = merged(draft, [{"key": key, "is_shown": key not in ("goals", "risks")} for key in reversed(KEYS)])

    assert keys(later) == list(reversed(KEYS))
    assert later.section("goals") == WRITTEN
    assert hidden(later) == ["risks"]


def test_what_a_person_arranged_stays_whatever_the_template_says():
    draft = shown(moved(first_arrangement([]), "voice", -1), "risks", is_shown=False)

    later = merged(draft, [{"key": key, "is_shown": False} for key in KEYS])

    assert later == draft
    assert keys(later).index("voice") == KEYS.index("voice") - 1
    assert hidden(later) == ["risks"]


def test_the_template_says_whether_there_is_a_cover_until_somebody_decides_it_by_hand():
    bare, usual = [{"key": "cover", "is_shown": False}], []

    begun = first_arrangement(bare)
    decided = shown(begun, "cover", is_shown=True)

    assert (begun.has_cover, keys(begun)) == (False, list(KEYS))
    assert merged(Draft((WRITTEN,)), bare).has_cover is False
    assert merged(replace(begun, is_arranged=False), usual).has_cover is True
    assert merged(decided, bare) == decided


def test_moving_a_section_leaves_the_cover_as_it_is():
    draft = first_arrangement([{"key": "cover", "is_shown": False}])

    assert moved(draft, "voice", -1).has_cover is False


def test_a_section_that_is_new_in_the_product_joins_a_draft_arranged_before():
    old = Draft(tuple(DraftSection(key) for key in KEYS if key != "goals"), is_arranged=True)

    assert keys(merged(old, [])) == list(KEYS)


def test_at_the_ends_a_section_stays_where_it_is():
    draft = first_arrangement([])

    assert keys(moved(draft, "summary", -1)) == list(KEYS)
    assert keys(moved(draft, "appendix", 1)) == list(KEYS)
    with pytest.raises(KeyError):
        moved(draft, "margin", 1)


def test_the_rules_fill_only_what_nobody_has_written():
    emptied = DraftSection("risks", written_at="2026-10-05T09:00:00+00:00")
    draft = merged(Draft((WRITTEN, emptied)), [])

    done = filled(draft, {"goals": "<p>Rule</p>", "risks": "<p>Rule</p>", "summary": "<p>Rule</p>"})

    texts = {section.key: section.text for section in done.sections if section.text}
    assert texts == {"goals": "<p>Why</p>", "summary": "<p>Rule</p>"}
