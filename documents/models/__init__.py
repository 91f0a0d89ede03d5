"""The objects of the evidence."""

from documents.models.confirmations import Confirmation, ConfirmedVehicle, Outlet
from documents.models.documents import Attachment, Document, Page
from documents.models.echoes import Echo
from documents.models.readings import Correction, Reading
from documents.models.registry import RegistryAnswer
from documents.models.seals import Seal, SealKind, Signature, Specimen, TrustedCertificate

__all__ = [
    "Attachment",
    "Confirmation",
    "ConfirmedVehicle",
    "Correction",
    "Document",
    "Echo",
    "Outlet",
    "Page",
    "Reading",
    "RegistryAnswer",
    "Seal",
    "SealKind",
    "Signature",
    "Specimen",
    "TrustedCertificate",
]
