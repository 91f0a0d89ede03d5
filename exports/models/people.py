"""People and the organisations they act for."""

from typing import Any, ClassVar, Self, TypeAlias

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exports.models.organisations import Exporter, Manufacturer, Ministry, Office


class Role(models.TextChoices):
    """What a person does in the organisation they act for."""

    OWNER = "owner", pgettext_lazy("role", "owner")
    CLERK = "clerk", _("clerk")
    VIEWER = "viewer", _("viewer")
    OFFICER = "officer", _("manufacturer's officer")
    REVIEWER = "reviewer", _("reviewer")
    SENIOR = "senior", _("senior reviewer")
    SUPERVISOR = "supervisor", _("supervisor")
    POLICY = "policy", _("policy administrator")
    AUDITOR = "auditor", _("auditor")
    OPINION = "opinion", _("officer of another ministry")


EXPORTER_ROLES = (Role.OWNER, Role.CLERK, Role.VIEWER)
MANUFACTURER_ROLES = (Role.OFFICER,)
OFFICE_ROLES = (Role.REVIEWER, Role.SENIOR, Role.SUPERVISOR, Role.POLICY, Role.AUDITOR)
MINISTRY_ROLES = (Role.OPINION,)
SIDES = ("exporter", "manufacturer", "office", "ministry")
Organisation: TypeAlias = "Exporter | Manufacturer | Office | Ministry"


class UserManager(BaseUserManager["User"]):
    """Creates people; their address is their name at the door."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person with a hashed *password* (none: cannot sign in)."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who may configure everything, and still decides no case alone."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may do follows from their one membership."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="exports_user_email_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Tell whether the workbench opens for this person."""
        return self.is_superuser or self.role in OFFICE_ROLES

    @property
    def acting_as(self) -> "Membership | None":
        """Return the one membership, or none; one query unless it came along, then kept."""
        if not hasattr(self, "_acting_as"):
            came_along = "membership" in self._state.fields_cache
            asked = Membership.objects.select_related(*SIDES).filter(user=self)
            self._acting_as = getattr(self, "membership", None) if came_along else asked.first()
        return self._acting_as

    @property
    def role(self) -> str:
        """Return the role, empty without a membership."""
        return self.acting_as.role if self.is_active and self.acting_as else ""

    @property
    def exporter(self) -> Exporter | None:
        """Return the exporter this person acts for."""
        return self.acting_as.exporter if self.is_active and self.acting_as else None

    @property
    def manufacturer(self) -> Manufacturer | None:
        """Return the manufacturer this person acts for."""
        return self.acting_as.manufacturer if self.is_active and self.acting_as else None

    @property
    def office(self) -> Office | None:
        """Return the office this person acts for."""
        return self.acting_as.office if self.is_active and self.acting_as else None

    @property
    def ministry(self) -> Ministry | None:
        """Return the other ministry this person answers for."""
        return self.acting_as.ministry if self.is_active and self.acting_as else None


def only(side: str, roles: tuple[Role, ...]) -> Q:
    """Match the memberships that act for *side* alone, in one of its *roles*."""
    others = {f"{name}__isnull": name != side for name in SIDES}
    return Q(**others, role__in=roles)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """The questions asked about who acts for whom."""

    def at(self, organisation: Organisation) -> Self:
        """Narrow to the active people of *organisation*."""
        field = type(organisation)._meta.model_name
        return self.filter(user__is_active=True, **{str(field): organisation})


class Membership(models.Model):
    """A person acts for exactly one organisation, in one role.

    One membership a person: nobody stands on two sides, and 谁出口谁申领 leaves no room for
    filing on another's behalf.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="membership")
    exporter = models.ForeignKey(Exporter, models.PROTECT, null=True, blank=True)
    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, null=True, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True)
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                name="exports_membership_one_organisation_and_its_roles",
                condition=only("exporter", EXPORTER_ROLES)
                | only("manufacturer", MANUFACTURER_ROLES)
                | only("office", OFFICE_ROLES)
                | only("ministry", MINISTRY_ROLES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"

    @property
    def organisation(self) -> Organisation:
        """Return the organisation acted for."""
        organisation = self.exporter or self.manufacturer or self.office or self.ministry
        assert organisation is not None  # the constraint guarantees it
        return organisation
