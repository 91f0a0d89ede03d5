"""Every request of before was sent the moment it was asked."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def mark_sent(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give each request of before its time of sending."""
    requests = apps.get_model("reviews", "Request").objects
    requests.filter(sent_at__isnull=True).update(sent_at=F("asked_at"))


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_workbench")]

    operations = [migrations.RunPython(mark_sent, migrations.RunPython.noop)]
