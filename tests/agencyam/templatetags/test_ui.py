"""Words for people: money, percentages, hours, days; and the parts that compute something."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone

from agencyam.templatetags import ui

TODAY = date(2026, 11, 22)
MORNING = datetime(2026, 11, 22, 9, 12, tzinfo=UTC)


def render(source, **context):
    return Template(source).render(Context(context))


def on_page(query):
    return RequestFactory().get(f"/clients/{query}")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{{ value|money:"EUR" }}', "€1,234.50"),
        ('{{ value|money_round:"EUR" }}', "€1,235"),
        ('{{ value|money_short:"EUR" }}', "€1.23k"),
        ("{{ value|number:1 }}", "1,234.5"),
        ("{{ value|signed }}", "+1,235"),
        ("{{ value|percent }}", "123,450%"),
        ("{{ value|hours }}", "1,234.5 h"),
    ],
)
def test_numbers_in_words(source, words):
    assert render(source, value=Decimal("1234.50")) == words


@pytest.mark.parametrize(
    "source",
    [
        '{{ value|money:"EUR" }}',
        '{{ value|money_round:"EUR" }}',
        '{{ value|money_short:"EUR" }}',
        "{{ value|number }}",
        "{{ value|signed }}",
        "{{ value|percent }}",
        "{{ value|hours }}",
        "{{ value|day }}",
        "{{ value|clock }}",
    ],
)
def test_what_is_not_known_is_a_dash(source):
    assert render(source, value=None) == "–"


def test_losses_take_a_true_minus():
    assert render('{{ value|money:"EUR" }} {{ value|signed }}', value=Decimal(-3)) == "−€3.00 −3"


def test_half_is_rounded_away_from_zero():
    assert ui.percent(Decimal("0.8450"), 0) == "85%"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("", "22 Nov 2026"),
        ("short", "22 Nov"),
        ("long", "Sunday 22 November 2026"),
        ("month", "November 2026"),
    ],
)
def test_day_in_words(form, words):
    assert ui.day(TODAY, form) == words


def test_instant_is_told_in_the_current_zone():
    with timezone.override("America/New_York"):
        told = render("{% when at %} {{ at|clock }}", at=MORNING)

    assert told == '<time datetime="2026-11-22T04:12:00-05:00">22 Nov 2026, 04:12</time> 04:12'


@pytest.mark.parametrize(
    ("day", "words"),
    [(19, "3 days ago"), (21, "yesterday"), (22, "today"), (23, "tomorrow"), (30, "in 8 days")],
)
def test_distance_in_words(day, words):
    assert ui.days_from(date(2026, 11, day), TODAY) == words


def test_distance_of_an_instant_counts_local_days():
    with timezone.override("Asia/Tokyo"):
        assert ui.days_from(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), TODAY) == "tomorrow"


@pytest.mark.parametrize(
    ("name", "letters"), [("Ana Okafor", "AO"), ("Ana de la Cruz", "AC"), ("Orbit", "O"), ("–", "")]
)
def test_initials(name, letters):
    assert ui.initials(name) == letters


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17.0 Safari/605.1", "Safari on Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("curl/8.0", "A browser on an unknown system"),
    ],
)
def test_browser_is_named(user_agent, words):
    assert ui.browser_name(user_agent) == words


def test_tag_escapes_its_word():
    assert ui.tag("bad", "<b>") == '<span class="tag" data-tone="bad">&lt;b&gt;</span>'


def test_unknown_tone_is_refused():
    with pytest.raises(ValueError, match="'red' is no tone"):
        render('{% tag "red" "Late" %}')


@pytest.mark.parametrize(
    ("status", "markup"),
    [
        ("met", '<span class="tag" data-tone="good">Met</span>'),
        ("near", '<span class="tag" data-tone="warn">Near</span>'),
        ("missed", '<span class="tag" data-tone="bad">Missed</span>'),
        ("not_judged", '<span class="tag" data-tone="neutral">Not judged</span>'),
    ],
)
def test_verdict(status, markup):
    assert ui.verdict(status) == markup


@pytest.mark.parametrize(
    ("color", "ink"), [("#0f4c81", "#ffffff"), ("#ffd400", "#000000"), ("url(x)", "#ffffff")]
)
def test_agency_mark_takes_the_ink_that_reads(color, ink):
    assert f'fill="{ink}">N</text>' in ui.brand_mark("Northwind", color)


def test_agency_mark_takes_no_other_colour_than_a_hex_one():
    assert 'fill="#0f4c81"/>' in ui.brand_mark("Northwind", '"/><script>')


def test_json_is_escaped_as_text():
    assert (
        render("{{ value|json_text }}", value={"a": "</span>"})
        == "{&quot;a&quot;: &quot;&lt;/span&gt;&quot;}"
    )


class Reply(forms.Form):
    title = forms.CharField(help_text="One line.", widget=forms.TextInput(attrs={"placeholder": "Title"}))
    address = forms.CharField(required=False, widget=forms.TextInput(attrs={"placeholder": "Email address"}))
    channel = forms.ChoiceField(widget=forms.RadioSelect, choices=[("call", "Call")])
    is_private = forms.BooleanField(required=False)


def test_field_in_error_is_told_to_everyone():
    markup = render("{% field form.title %}", form=Reply({}))

    assert 'aria-invalid="true"' in markup
    assert 'aria-describedby="id_title_helptext id_title_error"' in markup
    assert '<div class="help" id="id_title_helptext">One line.</div>' in markup
    assert '<ul class="errors" id="id_title_error">' in markup
    assert " autofocus" in markup


def test_field_without_help_points_at_none():
    assert "helptext" not in render("{% field form.title help=False %}", form=Reply())


def test_placeholder_that_repeats_the_label_is_dropped():
    assert "placeholder" not in render("{% field form.title %}", form=Reply())


def test_placeholder_that_spells_the_label_with_another_hyphen_is_dropped():
    assert "placeholder" not in render('{% field form.address label="E-mail" %}', form=Reply())


def test_choices_stand_in_a_fieldset_and_a_tick_box_before_its_label():
    form = Reply()

    assert render("{% field form.channel %}", form=form).startswith("<fieldset")
    assert 'class="field tick"' in render("{% field form.is_private %}", form=form)


def test_form_in_error_links_to_its_faults():
    markup = render("{% form_fields form %}", form=Reply({}))

    assert "2 answers need another look" in markup
    assert '<a href="#id_title">Title</a>' in markup


def test_pages_keep_the_rest_of_the_address():
    page = Paginator(range(120), 50).page(2)

    markup = render('{% pagination page "Pages" %}', request=on_page("?q=nor&page=2"), page=page)

    assert 'href="?q=nor&amp;page=1" rel="prev"' in markup
    assert "51–100 of 120" in markup


def test_single_page_has_no_links():
    assert render("{% pagination page %}", request=on_page(""), page=Paginator([1], 50).page(1)).strip() == ""


@pytest.mark.parametrize(
    ("query", "href", "order"),
    [
        ("?page=3", "?sort=mrr", ""),
        ("?sort=mrr&page=3", "?sort=-mrr", "ascending"),
        ("?sort=-mrr", "?sort=mrr", "descending"),
    ],
)
def test_sorting_starts_over_at_the_first_page(query, href, order):
    told = ui.sort_header({"request": on_page(query)}, "mrr", "MRR")

    assert (told["href"], told["order"]) == (href, order)


def test_segments_mark_the_current_choice():
    choices = [("mine", "Mine"), ("all", "All")]

    told = ui.segments({"request": on_page("?scope=all&page=2")}, "scope", choices, "Whose")

    assert [(choice["href"], choice["is_current"]) for choice in told["choices"]] == [
        ("?scope=mine", False),
        ("?scope=all", True),
    ]


def test_block_tag_wraps_the_pages_own_markup():
    markup = render('{% panel name id="queue" count=0 %}<p>{{ name }}</p>{% endpanel %}', name="<Queue>")

    assert '<section class="panel" id="queue">' in markup
    assert '<h2>&lt;Queue&gt; <span class="count">0</span></h2>' in markup
    assert '<div class="body"><p>&lt;Queue&gt;</p></div>' in markup


def test_block_tag_must_be_closed():
    with pytest.raises(TemplateSyntaxError, match="endpanel"):
        render("{% panel %}")
