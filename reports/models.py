"""Re-exports the models of the app's folders, so that Django finds them."""

from reports.qbr.builder.models import QBRImage, QBRPreview, QBRText
from reports.qbr.delivery.models import (
    QBRAgreement,
    QBRComment,
    QBRDelivery,
    QBRLink,
    QBRLinkSighting,
    QBROptOut,
    QBRSignOff,
)
from reports.qbr.models import QBR, QBRBatch, QBRBatchItem, QBRPlan, QBRTemplate

__all__ = [
    "QBR",
    "QBRAgreement",
    "QBRBatch",
    "QBRBatchItem",
    "QBRComment",
    "QBRDelivery",
    "QBRImage",
    "QBRLink",
    "QBRLinkSighting",
    "QBROptOut",
    "QBRPlan",
    "QBRPreview",
    "QBRSignOff",
    "QBRTemplate",
    "QBRText",
]
