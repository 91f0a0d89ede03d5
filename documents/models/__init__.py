"""The objects of the evidence."""

from documents.models.confirmations import Confirmation, ConfirmedVehicle, Outlet
from documents.models.documents import Attachment, Document, Page
from documents.models.registry import RegistryAnswer

__all__ = [
    "Attachment",
    "Confirmation",
    "ConfirmedVehicle",
    "Document",
    "Outlet",
    "Page",
    "RegistryAnswer",
]
