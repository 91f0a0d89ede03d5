"""Draw the lighter pictures that pages from before lack."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from documents.steps import lightening


class Command(BaseCommand):
    help = "Draw for screens a lighter picture of each page that has none; safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        drawn = Counter(lightening.lighten_ready())
        self.stdout.write(
            f"已绘制 Drawn: {drawn[True]}; 无法绘制 could not be drawn: {drawn[False]}."
        )
