"""Lists a person keeps under a name."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models import Office, User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """The questions asked about saved views."""

    def open_to(self, user: User) -> Self:
        """Narrow to the views of *user* and those shared with their office or its parent."""
        office = user.office
        shared = [] if office is None else [office.pk, office.parent_id]
        return self.filter(Q(owner=user) | Q(shared_with__in=[pk for pk in shared if pk]))


class SavedView(models.Model):
    """An address of the queue under a name: the query string is the whole of the view."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(_("address"), max_length=1000)
    pinned = models.BooleanField(_("shown as a tab"), default=True)
    shared_with = models.ForeignKey(
        Office, models.CASCADE, null=True, related_name="+", verbose_name=_("shared with")
    )
    made_at = models.DateTimeField(_("saved"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="reviews_view_named_once"),
        ]

    def __str__(self) -> str:
        return self.name
