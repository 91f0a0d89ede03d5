"""The one picture of the board: in and out by the hour, as SVG of attributes only.

The table beside it says the same in numbers; the picture is named by a sentence.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reviews.board.present import came_in, went_out

HEIGHT: Final = 132
FLOOR: Final = 112
HEADROOM: Final = 14
SLOT: Final = 52
BAR: Final = 20
GAP: Final = 2


def hours_chart(hours: Mapping[tuple[str, int], int], *, shown: Sequence[int]) -> SafeString:
    """Return in and out of each hour *shown* as pairs of columns."""
    came = {hour: came_in(hours, hour) for hour in shown}
    went = {hour: went_out(hours, hour) for hour in shown}
    most = max([1, *came.values(), *went.values()])
    columns = []
    for place, hour in enumerate(shown):
        left = place * SLOT + (SLOT - 2 * BAR - GAP) // 2
        columns.append(column(left, came[hour], most=most, kind="in"))
        columns.append(column(left + BAR + GAP, went[hour], most=most, kind="out"))
        columns.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="middle">{}</text>',
                place * SLOT + SLOT // 2,
                HEIGHT - 4,
                f"{hour:02d}",
            )
        )
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" aria-label="{}">{}</svg>',
        len(shown) * SLOT,
        HEIGHT,
        _("Today so far %(came)d came in and %(went)d went out.")
        % {"came": sum(came.values()), "went": sum(went.values())},
        format_html_join("", "{}", ((each,) for each in columns)),
    )


def column(left: int, number: int, *, most: int, kind: str) -> SafeString:
    """Return one column with its number on top; nothing for nothing."""
    if not number:
        return SafeString()
    height = max(round((FLOOR - HEADROOM) * number / most), 1)
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="value" x="{}" y="{}" text-anchor="middle">{}</text>',
        kind,
        left,
        FLOOR - height,
        BAR,
        height,
        left + BAR // 2,
        FLOOR - height - 3,
        number,
    )
