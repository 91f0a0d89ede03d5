"""Walk the ledger and say where it does not hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exports import ledger
from exports.models import Head


class Command(BaseCommand):
    help = "Verify the chained ledger; exits with an error and the places if it was touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            metavar="NUMBER:DIGEST",
            help="an anchor printed by an earlier run and kept outside the database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = list(ledger.verify(anchor=parsed(options["anchor"])))
        for found in breaks:
            self.stderr.write(f"event {found.seq}: {found.what}")
        if breaks:
            raise CommandError(f"The ledger does not hold in {len(breaks)} places.")
        head = Head.objects.get(pk=1)
        self.stdout.write(f"The ledger holds: {head.seq} events. Anchor {head.seq}:{head.mac}")


def parsed(anchor: str | None) -> tuple[int, str] | None:
    """Return an anchor as number and digest."""
    if not anchor:
        return None
    number, _, digest = anchor.partition(":")
    if not number.isdigit() or not digest:
        raise CommandError("An anchor looks like 1234:0f3a…")
    return int(number), digest
