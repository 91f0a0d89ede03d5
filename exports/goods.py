"""HS codes of passenger cars by what drives them: a help for filling in, never a check.

Source: Harmonized System 2022, heading 8703; the ten-digit code is the Chinese tariff's.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HS_CODES: Final[tuple[tuple[str, Promise], ...]] = (
    ("8703801090", _("battery electric, with VIN")),
    ("870321", _("petrol, up to 1,000 cm³")),
    ("870322", _("petrol, over 1,000 up to 1,500 cm³")),
    ("870323", _("petrol, over 1,500 up to 3,000 cm³")),
    ("870324", _("petrol, over 3,000 cm³")),
    ("870331", _("diesel, up to 1,500 cm³")),
    ("870332", _("diesel, over 1,500 up to 2,500 cm³")),
    ("870333", _("diesel, over 2,500 cm³")),
    ("870340", _("petrol hybrid")),
    ("870350", _("diesel hybrid")),
    ("870360", _("petrol plug-in hybrid")),
    ("870370", _("diesel plug-in hybrid")),
)
