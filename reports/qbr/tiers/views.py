"""Settings of reviews: what those of each tier begin with."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import render_page
from reports.qbr.tiers import services as template_services
from reports.qbr.tiers.forms import TemplateForm
from reports.qbr.tiers.selectors import find_template, list_templates


@require(Permission.REVIEW_APPROVE)
@require_safe
def template_list(request: MemberRequest) -> HttpResponse:
    """The template of each tier; tiers without one use that of all others."""
    return render_page(request, "reports/template_list.html", {"rows": list_templates()})


@require(Permission.REVIEW_APPROVE)
@require_http_methods(["GET", "HEAD", "POST"])
def template_change(request: MemberRequest) -> HttpResponse:
    """Order and choice of the sections, checklist, paper, language and schedule of one tier."""
    template = find_template(tier=request.GET.get("tier", ""))
    if template is None:
        raise Http404("There is no such tier.")
    may_relax = can(request.user, Permission.SETTINGS_CHANGE)
    data = request.POST if request.method == "POST" else None
    form = TemplateForm(data, template=template, may_relax=may_relax)
    if form.is_valid() and _is_saved(form, request, template.tier):
        messages.success(request, f"Reviews of “{template}” begin like this from now on.")
        return redirect("review_templates:template-list")
    status = 422 if form.errors else 200
    context = {"form": form, "template": template}
    return render_page(request, "reports/template_change.html", context, status=status)


def _is_saved(form: TemplateForm, request: MemberRequest, tier: str) -> bool:
    """Try it; what speaks against it is said in the form."""
    try:
        template_services.save_template(tier=tier, choices=form.choices(), by=request.user)
    except (Refused, ValidationError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return not form.errors
