"""Tables the office edits: destinations, ports, VIN prefixes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.models.organisations import Bilingual


class Destination(Bilingual):
    """A country or region a vehicle may go to."""

    iso2 = models.CharField(_("ISO 3166-1 code"), max_length=2, primary_key=True)
    region = models.CharField(_("region"), max_length=40, blank=True)
    drive_side = models.CharField(_("side of the wheel"), max_length=60, blank=True)
    neighbours = models.JSONField(_("neighbouring countries"), default=list, blank=True)
    is_chinese_region = models.BooleanField(
        _("part of China"), default=False, help_text=_("Hong Kong, Macao, Taiwan: handled apart.")
    )
    import_note = models.TextField(_("import rules"), blank=True)
    note_source = models.TextField(_("source of the note"), blank=True)

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ["iso2"]


class Port(Bilingual):
    """A place of exit."""

    code = models.CharField(_("UN/LOCODE"), max_length=5, primary_key=True)
    province = models.CharField(_("province"), max_length=20, blank=True)
    mode = models.CharField(_("mode"), max_length=20, blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("port")
        verbose_name_plural = _("ports")
        ordering = ["code"]


class Prefix(models.Model):
    """Who, by the first three characters, is thought to have built a vehicle.

    The table comes from third parties and conflicts in places: it raises questions, it never
    refuses.  Source: GB 16737-2019 defines the prefix; its register is not public.
    """

    wmi = models.CharField(_("VIN prefix"), max_length=3)
    manufacturer_en = models.CharField(_("English name"), max_length=160)
    manufacturer_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    doubtful = models.BooleanField(_("sources conflict or are thin"), default=False)
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("VIN prefix")
        verbose_name_plural = _("VIN prefixes")
        ordering = ["wmi"]
        constraints = [
            models.UniqueConstraint(fields=["wmi", "manufacturer_en"], name="exports_prefix_once"),
        ]

    def __str__(self) -> str:
        return f"{self.wmi} {self.manufacturer_zh or self.manufacturer_en}"
