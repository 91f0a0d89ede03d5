"""Exporters, manufacturers and offices."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from exports.identifiers import spellings


class Bilingual(models.Model):
    """Something with a Chinese name and, where it has one, an English name."""

    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the active language; Chinese where no other is known."""
        if not (get_language() or "zh").startswith("zh") and self.name_en:
            return self.name_en
        return self.name_zh


class Office(Bilingual):
    """A commerce department that takes filings and issues licences."""

    class Level(models.TextChoices):
        NATIONAL = "national", _("national")
        PROVINCE = "province", _("province")
        CITY = "city", _("city")

    code = models.SlugField(_("code"), max_length=12, unique=True)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    province = models.CharField(_("province"), max_length=20, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    @cached_property
    def jurisdiction(self) -> list[int]:
        """Return the ids of this office and its districts'; one query, then kept."""
        districts = Office.objects.filter(parent=self).values_list("pk", flat=True)
        return [self.pk, *districts]


class Ministry(Bilingual):
    """Another ministry whose officers give an opinion on one point of a case.

    They see what the point needs and nothing else; they decide nothing.
    """

    code = models.SlugField(_("code"), max_length=12, unique=True)

    class Meta:
        verbose_name = _("ministry")
        verbose_name_plural = _("ministries")
        ordering = ["code"]


class Exporter(Bilingual):
    """A company that may export used cars while its filing (备案) runs.

    Source: Announcement 6 of 2024; the filing lasts one year.
    """

    class Standing(models.TextChoices):
        NORMAL = "normal", _("normal")
        WATCH = "watch", _("on watch")
        TALK = "talk", _("summoned for a talk")
        CORRECTION = "correction", _("correction ordered")
        SUSPENDED = "suspended", _("suspended")
        EXITED = "exited", _("exited")

    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    former_names = models.JSONField(_("former names"), default=list, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, verbose_name=_("office"))
    filing_number = models.CharField(_("filing number"), max_length=40, blank=True)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)
    filing_expires_on = models.DateField(_("filing expires on"), null=True, blank=True)
    standing = models.CharField(
        _("standing"), max_length=12, choices=Standing, default=Standing.NORMAL
    )
    abnormal_operation = models.BooleanField(_("abnormal-operation record"), default=False)

    class Meta:
        verbose_name = _("exporter")
        verbose_name_plural = _("exporters")
        constraints = [
            models.CheckConstraint(
                name="exports_exporter_uscc_canonical", condition=Q(uscc__regex=r"^[0-9A-Z]{18}$")
            ),
        ]


class Manufacturer(models.Model):
    """A unit that makes vehicles, or one that is taken for a maker and is none.

    Source: guideline of 2025-12-11, I(2): only the maker listed in the MIIT announcement may
    confirm; its sales company, overseas department, dealers and refitters may not.
    """

    class Kind(models.TextChoices):
        MAKER = "maker", _("manufacturer")
        SALES = "sales", _("sales company")
        DEALER = "dealer", _("dealer")
        REFITTER = "refitter", _("refitter")
        PARENT = "parent", _("group parent")
        OVERSEAS = "overseas", _("overseas unit")

    # The kinds the announcement lists; the others are known, but stand in no announcement.
    ANNOUNCED = (Kind.MAKER, Kind.REFITTER)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    brand_en = models.CharField(_("English name"), max_length=160, blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("manufacturer")
        verbose_name_plural = _("manufacturers")

    def __str__(self) -> str:
        return self.current_name

    @property
    def current_name(self) -> str:
        """Return the latest announced name; names are prefetched where lists show them."""
        names = sorted(self.names.all(), key=lambda name: name.listed_from)
        return names[-1].name if names else self.brand_en

    def name_on(self, day: date) -> str:
        """Return the name announced on *day*, empty if none was."""
        return next((name.name for name in self.names.all() if name.stood_on(day)), "")


class ManufacturerNameQuerySet(models.QuerySet["ManufacturerName"]):
    """The questions asked about announced names."""

    def listed_on(self, day: date) -> Self:
        """Narrow to the names the announcement carried on *day*."""
        return self.filter(
            Q(listed_until__isnull=True) | Q(listed_until__gte=day), listed_from__lte=day
        )

    def of_unit_named(self, name: str, *, on: date | None) -> "ManufacturerName | None":
        """Return the row of exactly *name* that stood on *on*, else its newest; one query.

        Brackets may be of either width.
        """
        return ManufacturerName.likeliest(self.filter(name__in=spellings(name)), on=on)


class ManufacturerName(models.Model):
    """A name under which a maker stood in the MIIT announcement (公告), with its dates."""

    manufacturer = models.ForeignKey(Manufacturer, models.CASCADE, related_name="names")
    name = models.CharField(_("announced name"), max_length=120, db_index=True)
    listed_from = models.DateField(_("listed from"))
    listed_until = models.DateField(_("listed until"), null=True, blank=True)
    verified = models.BooleanField(_("verified against the announcement"), default=False)

    batch = models.CharField(
        _("announced in"), max_length=60, blank=True, help_text=_("The batch, such as 第401批.")
    )
    announced_on = models.DateField(_("announced on"), null=True, blank=True)
    evidence = models.TextField(
        _("evidence of the name"),
        blank=True,
        help_text=_("What proves a change of name: a sentence, an address or a document number."),
    )

    objects = ManufacturerNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("announced name")
        verbose_name_plural = _("announced names")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer"],
                condition=Q(listed_until__isnull=True),
                name="exports_one_current_name",
            ),
            models.CheckConstraint(
                name="exports_name_dates_in_order",
                condition=Q(listed_until__isnull=True)
                | Q(listed_until__gte=models.F("listed_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def stood_on(self, day: date) -> bool:
        """Tell whether the announcement carried the name on *day*, both ends included."""
        return self.listed_from <= day and (self.listed_until is None or day <= self.listed_until)

    @staticmethod
    def likeliest(
        rows: "Iterable[ManufacturerName]", *, on: date | None
    ) -> "ManufacturerName | None":
        """Return, of *rows* of one name, the one that stood on *on*, else the newest.

        Two units may bear one name, one after the other; a letter's day tells which is meant.
        """
        return max(
            rows,
            key=lambda row: (on is not None and row.stood_on(on), row.listed_from),
            default=None,
        )
