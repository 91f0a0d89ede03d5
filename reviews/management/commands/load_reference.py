"""Load destinations, ports, prefixes, makers, policy, reasons and holidays."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reviews import reference


class Command(BaseCommand):
    help = "Create missing reference data; rows the office has edited stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        reference.load(at=timezone.now())
        self.stdout.write("Reference data is in place.")
