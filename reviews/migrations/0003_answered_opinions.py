"""What another ministry has answered never changes, whatever writes to the database."""

from django.db import migrations

POSTGRESQL = """
CREATE TRIGGER reviews_opinion_answered BEFORE UPDATE ON reviews_opinion
FOR EACH ROW WHEN (OLD.state = 'answered')
EXECUTE FUNCTION exports_refuse('an answered opinion never changes')
"""
SQLITE = """
CREATE TRIGGER reviews_opinion_answered BEFORE UPDATE ON reviews_opinion
WHEN OLD.state = 'answered'
BEGIN SELECT RAISE(ABORT, 'an answered opinion never changes'); END
"""


def arm(apps, schema_editor):
    """Create the trigger of this engine."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if postgresql else SQLITE, params=None)


def disarm(apps, schema_editor):
    """Drop it again."""
    on = " ON reviews_opinion" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS reviews_opinion_answered{on}")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_queue_columns"), ("exports", "0004_workbench")]
    operations = [migrations.RunPython(arm, disarm)]
