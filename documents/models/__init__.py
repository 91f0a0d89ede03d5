"""The objects of the evidence."""

from documents.models.attesting import (
    AttestationSheet,
    ConfirmationRequest,
    ConfirmationVersion,
    CountryRestriction,
    Declined,
    LetterChange,
    ListedOutlet,
    RequestedVehicle,
    SpecimenProposal,
)
from documents.models.confirmations import Confirmation, ConfirmedVehicle, Outlet
from documents.models.documents import Attachment, Document, Page
from documents.models.echoes import Echo
from documents.models.readings import Correction, Reading
from documents.models.registry import RegistryAnswer
from documents.models.seals import Seal, SealKind, Signature, Specimen, TrustedCertificate
from documents.models.sheets import ColumnMemory, Sheet, SheetRow

__all__ = [
    "Attachment",
    "AttestationSheet",
    "ColumnMemory",
    "Confirmation",
    "ConfirmationRequest",
    "ConfirmationVersion",
    "ConfirmedVehicle",
    "Correction",
    "CountryRestriction",
    "Declined",
    "Document",
    "Echo",
    "LetterChange",
    "ListedOutlet",
    "Outlet",
    "Page",
    "Reading",
    "RegistryAnswer",
    "RequestedVehicle",
    "Seal",
    "SealKind",
    "Sheet",
    "SheetRow",
    "Signature",
    "Specimen",
    "SpecimenProposal",
    "TrustedCertificate",
]
