#!/usr/bin/env python
"""Django's command line; starts the embedded servers first when none are named in the environment."""

import os
import sys

from django.core.management import execute_from_command_line

from agencyam.embedded.autostart import start_if_needed


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agencyam.settings")
    start_if_needed(sys.argv[1:])
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
