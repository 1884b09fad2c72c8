"""A process of its own that asks for the pages, as a web worker is: nothing of the bench's other steps is in it.

Prints one JSON object: milliseconds and queries of each page.
"""

import json

from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from bench.kpis.pages import Pages

SLUG = "bench"
ADDRESSES = {"scorecard": "/kpis/", "waterfall": "/kpis/waterfall/"}


def main() -> None:
    agency = Agency.objects.get(slug=SLUG)
    with tenant_context(agency):
        pages = Pages(agency)
        figures = {
            f"{name}_{measure}": value
            for name, address in ADDRESSES.items()
            for measure, value in pages.measure(address).items()
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
