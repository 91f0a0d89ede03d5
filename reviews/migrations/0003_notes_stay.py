"""A note is never changed, whatever writes to the database; a later one corrects it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTGRESQL = """
CREATE TRIGGER reviews_note_stays BEFORE UPDATE ON reviews_note
FOR EACH ROW EXECUTE FUNCTION exports_refuse('a note is corrected by another, never changed')
"""
SQLITE = """
CREATE TRIGGER reviews_note_stays BEFORE UPDATE ON reviews_note
BEGIN SELECT RAISE(ABORT, 'a note is corrected by another, never changed'); END
"""


def arm(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the trigger of this engine."""
    postgresql = editor.connection.vendor == "postgresql"
    editor.execute(POSTGRESQL if postgresql else SQLITE, params=None)


def disarm(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it."""
    postgresql = editor.connection.vendor == "postgresql"
    table = " ON reviews_note" if postgresql else ""
    editor.execute(f"DROP TRIGGER IF EXISTS reviews_note_stays{table}")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_answered_opinions"), ("exports", "0002_triggers")]

    operations = [migrations.RunPython(arm, disarm)]
