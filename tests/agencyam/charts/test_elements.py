import pytest
from django.utils.safestring import SafeString

from agencyam.charts.elements import Markup, element, link, number


def test_element_escapes_text_and_attributes():
    markup = element("text", "<b> & 'c'", data_tip='"><script>')

    assert markup == '<text data-tip="&quot;&gt;&lt;script&gt;">&lt;b&gt; &amp; &#x27;c&#x27;</text>'


def test_element_escapes_text_that_is_marked_safe_elsewhere():
    markup = element("text", SafeString("<b>Northwind</b>"), data_tip=SafeString('"x"'))

    assert markup == '<text data-tip="&quot;x&quot;">&lt;b&gt;Northwind&lt;/b&gt;</text>'


def test_element_keeps_elements_inside():
    assert element("g", element("rect", width=2.5), "a") == '<g><rect width="2.5"/>a</g>'


def test_element_leaves_out_attributes_that_are_none():
    assert element("rect", rx=None, fill="none") == '<rect fill="none"/>'


def test_element_replaces_characters_that_xml_cannot_hold():
    assert element("text", "a\x00b\x0bc\ufffed\ud800e") == "<text>a\ufffdb\ufffdc\ufffdd\ufffde</text>"


@pytest.mark.parametrize("name", ["style", "onload", "onclick"])
def test_element_refuses_what_the_content_security_policy_forbids(name):
    with pytest.raises(ValueError, match=name):
        element("rect", **{name: "x"})


@pytest.mark.parametrize("href", ["/kpis/nrr/?by=tier", "?late=1", "#table"])
def test_link_leads_to_this_site(href):
    assert link(href, Markup("x")) == f'<a href="{href}">x</a>'


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "https://x.example", "//x.example", "/\\x.example", "", "x"]
)
def test_link_refuses_other_addresses(href):
    with pytest.raises(ValueError, match="this site"):
        link(href)


@pytest.mark.parametrize(
    ("value", "written"), [(1.0, "1"), (1.256, "1.26"), (-0.001, "0"), (100, "100"), (0.5, "0.5")]
)
def test_number_is_short(value, written):
    assert number(value) == written
