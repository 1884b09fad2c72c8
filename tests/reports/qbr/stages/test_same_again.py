"""What was approved prints the same bytes again: now, in a fresh renderer, and in another process."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta

from reports.pdf import renderer
from reports.qbr import services
from tests.reports import books

ELSEWHERE = """
import hashlib, json, sys
import django
django.setup()
from reports.models import QBR
from reports.qbr import services
asked = json.load(sys.stdin)
pdf = services.print_snapshot(qbr=QBR(pk=asked["pk"], snapshot=asked["snapshot"])).content
print(hashlib.sha256(pdf).hexdigest())
"""


def print_elsewhere(qbr, seed):
    """The hash of the PDF that a process of its own prints from the snapshot alone."""
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=json.dumps({"pk": qbr.pk, "snapshot": qbr.snapshot}),
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "agencyam.settings",
            "TESTING": "1",
            "PYTHONHASHSEED": seed,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_snapshot_prints_the_stored_pdf_again(agency):
    books.make_settings()
    qbr = books.make_ready(books.make_client())
    qbr = type(qbr).objects.get(pk=qbr.pk)

    again = services.print_snapshot(qbr=qbr).content
    renderer._server.stop()
    in_a_fresh_renderer = services.print_snapshot(qbr=qbr).content
    elsewhere = {print_elsewhere(qbr, seed) for seed in ("1", "2")}

    assert again == bytes(qbr.pdf)
    assert in_a_fresh_renderer == bytes(qbr.pdf)
    assert elsewhere == {qbr.pdf_sha256}


def test_the_book_the_settings_and_the_day_do_not_matter_any_more(agency):
    books.make_settings()
    client = books.make_client()
    qbr = books.make_approved(client)
    before = services.print_snapshot(qbr=qbr).content

    client.name = "Renamed"
    client.save()
    books.make_settings(name="Another name", brand_color="#aa0000", logo=b"no picture", locale="de_DE")
    done = services.render_qbr(qbr_id=qbr.pk, now=books.NOW + timedelta(days=400))

    assert hashlib.sha256(before).hexdigest() == done.pdf_sha256
