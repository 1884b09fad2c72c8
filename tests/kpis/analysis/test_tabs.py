"""The tabs among the pages of KPIs keep what was chosen."""

import re
from html import unescape

import pytest

from kpis.analysis.tabs import TABS


def tabs(response):
    """The links of the tab row with whether they are this page."""
    row = re.search(r'aria-label="Views of the numbers">(.*?)</nav>', response.content.decode(), re.S)[1]
    found = re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>', row)
    return [(words, unescape(url), bool(current)) for url, current, words in found]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/kpis/waterfall/", "Waterfall"),
        ("/kpis/cohorts/", "Cohorts"),
        ("/kpis/response-times/", "Response times"),
        ("/kpis/lifetime/", "Lifetime"),
    ],
)
def test_every_tab_keeps_period_and_slice(reader, march, path, words):
    found = tabs(reader(path, period="2026-03", by="am", key="ada"))

    assert [each for each, _, _ in found] == [tab.words for tab in TABS]
    assert all(url.endswith("?period=2026-03&by=am&key=ada") for _, url, _ in found)
    assert [each for each, _, is_current in found if is_current] == [words]
