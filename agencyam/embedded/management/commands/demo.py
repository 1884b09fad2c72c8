import hashlib
import os
import traceback
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from agencyam.commands import PlainCommand
from agencyam.embedded.autostart import VAR
from agencyam.embedded.demo_data import AGENCIES, PASSWORD, DemoAgency, DemoData, Made, local_today
from agencyam.embedded.demo_start import STEPS, add_options, step, timed
from agencyam.embedded.servers import find_servers
from agencyam.embedded.supervisor import Program, ProgramEnded, Supervisor, stop_signals


class Command(PlainCommand):
    help = "Makes two agencies with three-year books, then serves them until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with stop_signals():
            try:
                made = self._make_data()
                if options["no_serve"]:
                    self._close_months()
                else:
                    self._serve(options["port"], made)
            except KeyboardInterrupt:
                self.stdout.write("\nStopped. The next `make demo` goes on from here.")
                raise SystemExit(130) from None

    def _make_data(self) -> dict[DemoAgency, Made]:
        data = DemoData(_data_folder(), today=local_today())
        try:
            with step(2, "Bringing the database up to date"):
                call_command("migrate_schemas", interactive=False, verbosity=0, stdout=data.log)
            missing = [each for each in AGENCIES if not data.find_made(each) and not data.is_foreign(each)]
            if missing:
                self._make_agencies(data, missing)
        except Exception as error:
            log = VAR / "log" / "demo.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(f"{data.log.getvalue()}\n{traceback.format_exc()}")
            raise CommandError(f"The demo's data could not be made ({error}); {log} has more.") from error
        return {each: made for each in AGENCIES if (made := data.find_made(each))}

    def _make_agencies(self, data: DemoData, missing: list[DemoAgency]) -> None:
        names = " and ".join(each.name for each in missing)
        with step(3, f"Inventing three years of {names}"):
            for each in missing:
                data.generate(each)
        with step(4, "Importing the books"):
            for each in missing:
                data.create_and_import(each)
        with step(5, "Opening a login per role"):
            logins = {each: data.open_logins(each) for each in missing}
        with step(6, "Computing the KPIs"):
            for each in missing:
                data.compute(each)
        with step(7, "Rendering and mailing a quarterly business review"):
            for each in missing:
                client, path = data.send_review(each, approver=logins[each]["leader"])
                data.finish(each, Made(logins=logins[each], qbr_client=client, qbr_path=str(path)))

    def _serve(self, port: int, made: dict[DemoAgency, Made]) -> None:
        first_host = f"{AGENCIES[0].slug}.{settings.PUBLIC_HOST}"
        try:
            with Supervisor(VAR / "log") as supervisor:
                with step(STEPS, "Starting web server, worker and clock"):
                    supervisor.start([_web(port)])
                    supervisor.wait_for_page(first_host, port)
                    # Only now, so that they do not slow the first page down.
                    supervisor.start(_background())
                self._print_addresses(port, made)
                try:
                    self._close_months()
                    supervisor.watch()
                except KeyboardInterrupt:
                    self.stdout.write("\nStopping …")
        except ProgramEnded as error:
            raise CommandError(str(error)) from error

    def _close_months(self) -> None:
        """Give the agencies a past: closed months, and one that counts differently now. The pages are up before."""
        data = DemoData(_data_folder(), today=local_today())
        for each in AGENCIES:
            if data.find_made(each) and not data.is_closed(each):
                with timed(f"Closing the last {each.closed_months} months of {each.name}, restating one"):
                    data.close_months(each)
                    data.restate(each)

    def _print_addresses(self, port: int, made: dict[DemoAgency, Made]) -> None:
        for agency, result in made.items():
            address = f"http://{agency.slug}.{settings.PUBLIC_HOST}:{port}"
            self.stdout.write(f"\n{self.style.SUCCESS(agency.name)}  {address}")
            for role, email in result.logins.items():
                self.stdout.write(f"  {role.replace('_', ' '):<16} {email}")
            self.stdout.write(f"  {'mailbox':<16} {address}{reverse('accounts:mail-list')}")
            self.stdout.write(f"  {'review':<16} {result.qbr_path} (to {result.qbr_client})")
        self.stdout.write(f"\nPassword of every login: {PASSWORD}\nCtrl-C stops everything.\n")


def _data_folder() -> Path:
    """Marks belong to one database: the embedded one, or the one that DATABASE_URL names."""
    url = os.environ["DATABASE_URL"]
    embedded = find_servers(VAR)
    if embedded and embedded.database_url == url:
        return VAR / "demo"
    return VAR / f"demo-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def _web(port: int) -> Program:
    settings_module = "python:agencyam.embedded.web_server"
    return Program("web", "gunicorn", ["-c", settings_module, "--bind", f"127.0.0.1:{port}", "agencyam.wsgi"])


def _background() -> list[Program]:
    celery = ["-A", "agencyam.celery"]
    queues = "interactive,scheduled,pdf"
    return [
        Program(
            "worker", "celery", [*celery, "worker", "-Q", queues, "-c", "2", "-n", "demo", "--without-mingle"]
        ),
        Program(
            "clock", "celery", [*celery, "beat", "--schedule", str(VAR / "demo" / "beat"), "--pidfile", ""]
        ),
    ]
