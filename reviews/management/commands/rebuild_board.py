"""Count the supervisor's board anew from the whole ledger."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reviews.rollups import filling


class Command(BaseCommand):
    help = "Forget the board's sums and count the ledger from its beginning; safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        events = filling.rebuild(at=timezone.now())
        self.stdout.write(f"已重新统计 Counted anew: {events} 条记录 events.")
