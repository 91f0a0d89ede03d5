"""The objects of the claim, and the ground everybody stands on."""

from exports.models.applications import MOST_VEHICLES, Application, Counter, Line
from exports.models.joining import CompanyRequest, Invitation, StandingEvent
from exports.models.ledger import Event, Head
from exports.models.listings import ManufacturerListImport
from exports.models.notices import Delivery, Notice, NoticePreference
from exports.models.organisations import (
    Exporter,
    Manufacturer,
    ManufacturerName,
    Ministry,
    Office,
)
from exports.models.people import (
    EXPORTER_ROLES,
    MANUFACTURER_ROLES,
    MINISTRY_ROLES,
    OFFICE_ROLES,
    Membership,
    Organisation,
    Role,
    User,
)
from exports.models.policies import Policy
from exports.models.reference import Destination, Port, Prefix
from exports.models.vehicles import Vehicle

__all__ = [
    "EXPORTER_ROLES",
    "MANUFACTURER_ROLES",
    "MINISTRY_ROLES",
    "MOST_VEHICLES",
    "OFFICE_ROLES",
    "Application",
    "CompanyRequest",
    "Counter",
    "Delivery",
    "Destination",
    "Event",
    "Exporter",
    "Head",
    "Invitation",
    "Line",
    "Manufacturer",
    "ManufacturerListImport",
    "ManufacturerName",
    "Membership",
    "Ministry",
    "Notice",
    "NoticePreference",
    "Office",
    "Organisation",
    "Policy",
    "Port",
    "Prefix",
    "Role",
    "StandingEvent",
    "User",
    "Vehicle",
]
