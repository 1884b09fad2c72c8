"""One URL, one view, one template: whole page or one named part of it."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from agencyam.http import AgencyRequest


def is_fragment(request: AgencyRequest) -> bool:
    """Whether htmx asks for a part: not a whole page, not a boosted link, not a return through history."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: AgencyRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the template, or only its ``partial`` when htmx asks for a fragment. The view names the part."""
    name = f"{template}#{partial}" if partial and is_fragment(request) else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def hx_redirect(request: AgencyRequest, url: str) -> HttpResponse:
    """Send the browser to ``url``: HX-Redirect for htmx, 302 for everyone else."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def hx_trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Add events (underscores become dashes) that the page's script or other parts listen to."""
    named = {name.replace("_", "-"): detail for name, detail in events.items()}
    response.headers["HX-Trigger"] = json.dumps(named)
    return response
