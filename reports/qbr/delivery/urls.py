"""Addresses for clients: short, because they stand in mails."""

from django.urls import path

from reports.qbr.delivery import public_views

urlpatterns = [
    path("r/<str:token>/", public_views.review_read, name="review-read"),
    path("r/<str:token>/look.css", public_views.review_look, name="review-look"),
    path("r/<str:token>/review.pdf", public_views.review_pdf, name="review-pdf"),
    path("u/<str:token>/", public_views.review_unsubscribe, name="review-unsubscribe"),
]
