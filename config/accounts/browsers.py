"""What a browser says of itself, as a person would name it."""

from typing import Final

# Each name before those whose sign it carries as well: Edge says that it is Chrome, too.
BROWSERS: Final = (
    ("MicroMessenger/", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
MOST: Final = 120  # characters of what nobody knows


def browser_of(agent: str) -> str:
    """Return the browser and the system of a User-Agent *agent*: "Chrome · Windows".

    Whatever it does not know it returns as sent, shortened: a session one cannot place is the
    one to look at.
    """
    known = [
        next((name for sign, name in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(known) if all(known) else agent[:MOST]
