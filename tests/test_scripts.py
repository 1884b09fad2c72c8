"""CI's judge of browser journeys: none may be missing, none may be skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "check_journeys.py"
PASSED = '<testcase classname="tests.journeys.test_clients" name="test_log_a_touchpoint"/>'
SKIPPED = (
    '<testcase classname="tests.journeys.test_reviews" name="test_send"><skipped message="x"/></testcase>'
)
OTHER = '<testcase classname="tests.clients.test_models" name="test_name"><skipped message="x"/></testcase>'


def judge(report):
    done = subprocess.run(
        [sys.executable, SCRIPT, report], capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stderr.strip()


@pytest.mark.parametrize(
    ("cases", "verdict"),
    [
        (PASSED, (0, "")),
        (PASSED + OTHER, (0, "")),
        (PASSED + SKIPPED, (1, "Skipped journeys: test_send.")),
        (OTHER, (1, "No browser journey ran.")),
    ],
)
def test_report_is_judged_by_its_journeys(tmp_path, cases, verdict):
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")

    assert judge(report) == verdict


def test_missing_report_fails(tmp_path):
    assert judge(tmp_path / "none.xml") == (1, "There is no test report; pytest did not get as far.")
