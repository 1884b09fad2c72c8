"""Fails unless browser journeys ran and none was skipped: `check_journeys.py REPORT.xml`, pytest's own."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def main() -> None:
    report = Path(sys.argv[1])
    if not report.exists():
        sys.exit("There is no test report; pytest did not get as far.")
    cases = ElementTree.parse(report).iter("testcase")  # noqa: S314 our own file
    journeys = [case for case in cases if ".journeys." in f".{case.get('classname', '')}."]
    skipped = [case.get("name", "") for case in journeys if case.find("skipped") is not None]
    if not journeys:
        sys.exit("No browser journey ran.")
    if skipped:
        sys.exit(f"Skipped journeys: {', '.join(skipped)}.")


if __name__ == "__main__":
    main()
