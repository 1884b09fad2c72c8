"""The addresses of reviews: their pages, their builder and the steps to the client."""

from typing import Any

from django.utils import timezone

from accounts.roles import Permission
from reports.qbr.draft import KEYS
from tests.web.endpoint import ACTION, FORM, PAGE, Endpoint, client, last_quarter, nothing, review
from tests.web.house import House


def section(house: House) -> dict[str, Any]:
    return {**review(house), "key": "goals"}


def picture(house: House) -> dict[str, Any]:
    """None is stored."""
    return {**review(house), "image_id": 1}


# The review of the sweeps is approved: what would change it is refused in words.
def template_form(house: House) -> dict[str, Any]:
    places = {f"place_{key}": str(place) for place, key in enumerate(KEYS, start=1)}
    shown = {f"shown_{key}": "on" for key in ("cover", *KEYS)}
    return {**places, **shown, "paper": "a4", "language": "en", "send_after_business_days": "5"}


BUILDER = (
    Endpoint("review_templates:template-list", PAGE, Permission.REVIEW_APPROVE),
    Endpoint("review_templates:template-change", FORM, Permission.REVIEW_APPROVE, data=template_form),
    Endpoint(
        "reports:action-add",
        FORM,
        Permission.CLIENT_CHANGE,
        arguments=review,
        data=lambda house: {"title": "Call", "side": "theirs", "due_on": timezone.localdate().isoformat()},
        is_client_bound=True,
    ),
    Endpoint(
        "reports:goal-judge",
        {"GET": 404, "POST": 404},
        Permission.CLIENT_CHANGE,
        arguments=lambda house: {**review(house), "goal_id": 1},
        is_client_bound=True,
    ),
    Endpoint("reports:builder-detail", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:builder-preview", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:preview-print", FORM, Permission.REVIEW_SEND, arguments=review, is_client_bound=True),
    Endpoint(
        "reports:preview-pdf", {"GET": 404}, Permission.REVIEW_SEND, arguments=review, is_client_bound=True
    ),
    Endpoint("reports:builder-look", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:builder-sheets", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:sheets-look", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:builder-news", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint(
        "reports:section-write",
        {"POST": 422},
        Permission.REVIEW_SEND,
        arguments=section,
        data=lambda house: {"text": "Why", "revision": "0"},
        is_client_bound=True,
    ),
    Endpoint(
        "reports:section-arrange",
        ACTION,
        Permission.REVIEW_SEND,
        arguments=section,
        data=lambda house: {"what": "up"},
        is_client_bound=True,
    ),
    Endpoint("reports:image-add", ACTION, Permission.REVIEW_SEND, arguments=section, is_client_bound=True),
    Endpoint(
        "reports:image-remove",
        ACTION,
        Permission.REVIEW_SEND,
        arguments=lambda house: {**section(house), "image_id": 1},
        is_client_bound=True,
    ),
    Endpoint(
        "reports:image-show", {"GET": 404}, Permission.REVIEW_VIEW, arguments=picture, is_client_bound=True
    ),
)

ASKED_WRONGLY = {"GET": 200, "POST": 422}
REVIEW_STEPS = (
    (
        "qbr-step",
        {"POST": 422},
        Permission.REVIEW_SEND,
        lambda house: {"qbr_id": house.qbr.pk, "verb": "submit"},
        nothing,
    ),
    ("qbr-approve", {"POST": 422}, Permission.REVIEW_APPROVE, review, nothing),
    ("qbr-send-back", ASKED_WRONGLY, Permission.REVIEW_APPROVE, review, nothing),
    ("qbr-people", ASKED_WRONGLY, Permission.REVIEW_SEND, review, lambda house: {"owner": ""}),
    ("qbr-meeting", FORM, Permission.REVIEW_SEND, review, lambda house: {"meeting_at": "2026-01-05T10:00"}),
    ("qbr-hold", ASKED_WRONGLY, Permission.REVIEW_SEND, review, nothing),
    ("qbr-correct", ASKED_WRONGLY, Permission.REVIEW_SEND, review, nothing),
    ("qbr-checklist", FORM, Permission.REVIEW_SEND, review, lambda house: {"steps": "Read it"}),
    (
        "qbr-tick",
        {"POST": 422},
        Permission.REVIEW_SEND,
        lambda house: {"qbr_id": house.qbr.pk, "number": 99},
        nothing,
    ),
)

REVIEWS = (
    *BUILDER,
    Endpoint("reports:qbr-list", PAGE, Permission.REVIEW_VIEW),
    Endpoint(
        "reports:qbr-create",
        FORM,
        Permission.REVIEW_SEND,
        arguments=client,
        data=last_quarter,
        is_client_bound=True,
    ),
    # The review of the house is approved: what a draft may do is refused in words.
    *(
        Endpoint(
            f"reports:{name}",
            answers,
            needs,
            arguments=more,
            data=data,
            is_client_bound=needs is Permission.REVIEW_SEND,
        )
        for name, answers, needs, more, data in REVIEW_STEPS
    ),
    Endpoint("reports:plan-list", PAGE, Permission.REVIEW_VIEW),
    Endpoint("reports:plan-change", FORM, Permission.REVIEW_SEND, arguments=client, is_client_bound=True),
    Endpoint("reports:qbr-queue", {"GET": 200, "POST": 422}, Permission.REVIEW_APPROVE),
    Endpoint(
        "reports:batch-create",
        FORM,
        Permission.REVIEW_SEND,
        data=lambda house: {**last_quarter(house), "whose": "all"},
    ),
    Endpoint(
        "reports:batch-detail",
        PAGE,
        Permission.REVIEW_SEND,
        arguments=lambda house: {"batch_id": house.batch.pk},
    ),
    Endpoint("reports:qbr-detail", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint("reports:qbr-download", PAGE, Permission.REVIEW_VIEW, arguments=review, is_client_bound=True),
    Endpoint(
        "reports:qbr-send",
        FORM,
        Permission.REVIEW_SEND,
        arguments=review,
        data=lambda house: {"contacts": [house.contact.pk]},
        is_client_bound=True,
    ),
    Endpoint(
        "reports:qbr-link-revoke",
        ACTION,
        Permission.REVIEW_SEND,
        arguments=lambda house: {**review(house), "contact_id": house.contact.pk},
        is_client_bound=True,
    ),
    *(
        Endpoint(
            f"reports:{name}",
            FORM,
            Permission.REVIEW_SEND,
            arguments=lambda house: {**review(house), "mail_id": house.mail.pk},
            is_client_bound=True,
        )
        for name in ("qbr-mail-resend", "qbr-mail-retry")
    ),
)
