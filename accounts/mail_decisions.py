"""The question before a mail goes once more, and what comes of the answer; in a dialog or on a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse

from accounts.models import OutboxEmail
from accounts.permissions import MemberRequest
from accounts.services.mail import find_again_problem, find_retry_problem
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Queue


@dataclass(frozen=True)
class Decision:
    """One of the two things that a person may decide about a mail; `said` follows once it is done."""

    is_second_copy: bool
    title: str
    button: str
    said: str
    find_problem: Callable[[OutboxEmail], str]


SEND_AGAIN = Decision(
    is_second_copy=True,
    title="Send again",
    button="Send a second copy",
    said="A second copy is on its way to {reader}.",
    find_problem=find_again_problem,
)
TRY_AGAIN = Decision(
    is_second_copy=False,
    title="Try again",
    button="Try again",
    said="The mail to {reader} waits to leave once more.",
    find_problem=find_retry_problem,
)


def decide(
    request: MemberRequest,
    decision: Decision,
    *,
    mail: OutboxEmail,
    reader: str,
    back: str,
    act: Callable[[], OutboxEmail],
) -> HttpResponse:
    """Ask; on POST do it and go `back`, where stands what came of it. `act` raises Refused."""
    if request.method == "POST":
        try:
            act()
        except Refused as error:
            messages.warning(request, str(error))
        else:
            job_services.hint_queue_on_commit(Queue.INTERACTIVE)
            messages.success(request, decision.said.format(reader=reader))
        return hx_redirect(request, back)
    context = {"decision": decision, "mail": mail, "reader": reader, "back": back}
    context["problem"] = decision.find_problem(mail)
    return render_page(request, "accounts/mail_decision.html", context, partial="mail-dialog")
