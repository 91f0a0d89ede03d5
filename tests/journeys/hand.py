"""A person's hand at a page, counted: every click, entry, choice and upload is one interaction."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from tests.journeys.conftest import READ_WITHIN


class Hand:
    """Acts on *page* and keeps count; ``pages`` are the addresses it worked on, in their order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0
        self.pages: list[str] = []

    def click(self, name: str, *, role: str = "button") -> None:
        """Click the first thing called *name*, waiting for it as long as a list is read."""
        found = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        found.wait_for(timeout=READ_WITHIN)
        self.note()
        found.click()

    def follow(self, name: str) -> None:
        """Follow the first link called *name*."""
        self.click(name, role="link")

    def fill(self, field: str | Locator, text: str) -> None:
        """Write *text* into a field, named or found."""
        self.note()
        self.found(field).fill(text)

    def choose(self, field: str | Locator, value: str) -> None:
        """Choose *value* from a list."""
        self.note()
        self.found(field).select_option(value)

    def tick(self, field: str | Locator) -> None:
        """Tick a box."""
        self.note()
        self.found(field).check()

    def upload(self, field: str | Locator, *files: Path) -> None:
        """Choose files, which is one dialogue however many they are."""
        self.note()
        chosen: Sequence[Path] = list(files)
        self.found(field).set_input_files(chosen)

    def found(self, field: str | Locator) -> Locator:
        return self.page.locator(f"[name={field}]") if isinstance(field, str) else field

    def note(self) -> None:
        """Count one interaction, on the page where it happens."""
        self.count += 1
        address = urlsplit(self.page.url).path
        if not self.pages or self.pages[-1] != address:
            self.pages.append(address)
