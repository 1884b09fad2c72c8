from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from agencyam.commands import PlainCommand
from clients.demo.book import BadBookOrder, generate_book
from clients.demo.profiles import PROFILES


class Command(PlainCommand):
    help = (
        "Writes an invented agency's book as a folder that import_book reads. The same seed, the same book."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("outdir", type=Path, help="folder to write into; made if needed")
        parser.add_argument("--profile", choices=sorted(PROFILES), default="northwind")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--clients", type=int, default=60, help="clients in all years together")
        parser.add_argument("--members", type=int, default=8, help="account managers")
        parser.add_argument("--months", type=int, default=36)
        parser.add_argument(
            "--until", type=date.fromisoformat, required=True, help="the book's last day, YYYY-MM-DD"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        outdir: Path = options["outdir"]
        if outdir.exists() and not outdir.is_dir():
            raise CommandError(f"{outdir} is not a folder.", returncode=2)
        order = {name: options[name] for name in ("profile", "seed", "clients", "members", "months", "until")}
        try:
            counts = generate_book(outdir, **order)
        except BadBookOrder as error:
            raise CommandError(str(error), returncode=2) from error
        except OSError as error:
            raise CommandError(f"{outdir} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{outdir}: {sum(counts.values()):,} rows in {len(counts)} files.")
