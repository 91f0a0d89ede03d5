"""What became of licences after their issue: used, used in part, asked to be replaced."""

from datetime import datetime

from exports.models import User
from exports.rules import legal_day
from reviews.licences.replacing import ask_replacement
from reviews.licences.usage import report_use
from reviews.models import Licence

MANY = 3


def use(licence: Licence, *, by: User, at: datetime, number: int) -> None:
    """Report the declaration; of a batch of many one vehicle stayed behind."""
    licence.refresh_from_db()
    vins = list(licence.lines.values_list("vin", flat=True))
    partly = len(vins) > MANY
    report_use(
        licence,
        by=by,
        at=at,
        used_on=legal_day(at),
        declaration=f"02022026{number:010d}",
        exported=vins[1:] if partly else vins,
    )


def ask_for_another(licence: Licence, *, by: User, at: datetime) -> None:
    """Ask for another licence because the buyer moved the destination."""
    licence.refresh_from_db()
    ask_replacement(
        licence,
        by=by,
        at=at,
        reason="destination",
        text="境外客户变更收货地，目的国由原证所列国家改为乌兹别克斯坦，申请换证。",
    )
