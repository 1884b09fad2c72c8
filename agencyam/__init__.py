"""Project package and kernel: tenancy, jobs, charts and settings. It imports no app."""

from agencyam.celery import app as celery_app

__all__ = ["celery_app"]
