"""The Celery application. Messages are hints: the work is rows in PostgreSQL (see agencyam/jobs)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agencyam.settings")

app = Celery("agencyam", task_cls="agencyam.jobs.base:AgencyTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
