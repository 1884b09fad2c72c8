"""The review's page for one reader."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from reports.qbr.delivery import selectors
from reports.qbr.delivery.answers import is_superseded
from reports.qbr.delivery.models import QBRLink
from reports.qbr.delivery.web_page import Additions, as_web_page
from reports.qbr.document import from_json
from reports.qbr.layout import steps_to_agree
from reports.qbr.printing.html import assets_of, to_html
from reports.qbr.writing.drafting import image_assets

DEEDS = ("agree", "comment", "sign_off")


def read_review(request: HttpRequest, *, link: QBRLink, token: str, error: str) -> str:
    """The printed HTML with the reader's own part around it, in the language that is active."""
    document = from_json(link.qbr.snapshot)
    logo = bytes(link.qbr.logo) if link.qbr.logo else None
    answer = selectors.get_answer(link=link)
    steps = steps_to_agree(document)
    agreed = {row.position for row in answer.agreements}
    done = request.GET.get("done", "")
    context = {
        "document": document,
        "cover": document.cover,
        "link": link,
        "token": token,
        "answer": answer,
        "steps": [(place, step, place in agreed) for place, step in enumerate(steps)],
        "is_all_agreed": len(agreed) == len(steps),
        "is_superseded": is_superseded(link.qbr),
        "done": done if done in DEEDS else "",
        "error": error,
        "comment": request.POST.get("comment", ""),
    }

    def part(name: str) -> str:
        return render_to_string(f"reports/public/review_{name}.html", context, request)

    additions = Additions(head=part("head"), top=part("top"), foot=part("foot"))
    printed = to_html(document, has_logo=logo is not None, has_narrow=True)
    images = image_assets(client_id=link.qbr.client_id, document=document)
    return as_web_page(printed, assets=assets_of(document, logo, images), additions=additions)
