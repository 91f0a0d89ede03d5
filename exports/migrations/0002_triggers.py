"""The ledger is append-only and an enacted policy never changes, whatever writes to the database."""

from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION exports_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;
"""
POSTGRESQL = [
    REFUSE,
    """CREATE TRIGGER exports_event_append_only BEFORE UPDATE OR DELETE ON exports_event
       FOR EACH ROW EXECUTE FUNCTION exports_refuse('the ledger is append-only')""",
    """CREATE TRIGGER exports_event_no_truncate BEFORE TRUNCATE ON exports_event
       FOR EACH STATEMENT EXECUTE FUNCTION exports_refuse('the ledger is append-only')""",
    """CREATE TRIGGER exports_head_stays BEFORE DELETE ON exports_head
       FOR EACH ROW EXECUTE FUNCTION exports_refuse('the chain keeps its head')""",
    """CREATE TRIGGER exports_head_onward BEFORE UPDATE ON exports_head
       FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1)
       EXECUTE FUNCTION exports_refuse('the chain only grows')""",
    """CREATE TRIGGER exports_policy_enacted BEFORE UPDATE OR DELETE ON exports_policy
       FOR EACH ROW WHEN (OLD.enacted_at IS NOT NULL)
       EXECUTE FUNCTION exports_refuse('an enacted policy never changes')""",
]
SQLITE = [
    """CREATE TRIGGER exports_event_no_update BEFORE UPDATE ON exports_event
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER exports_event_no_delete BEFORE DELETE ON exports_event
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER exports_head_stays BEFORE DELETE ON exports_head
       BEGIN SELECT RAISE(ABORT, 'the chain keeps its head'); END""",
    """CREATE TRIGGER exports_head_onward BEFORE UPDATE ON exports_head
       WHEN NEW.seq <> OLD.seq + 1
       BEGIN SELECT RAISE(ABORT, 'the chain only grows'); END""",
    """CREATE TRIGGER exports_policy_no_update BEFORE UPDATE ON exports_policy
       WHEN OLD.enacted_at IS NOT NULL
       BEGIN SELECT RAISE(ABORT, 'an enacted policy never changes'); END""",
    """CREATE TRIGGER exports_policy_no_delete BEFORE DELETE ON exports_policy
       WHEN OLD.enacted_at IS NOT NULL
       BEGIN SELECT RAISE(ABORT, 'an enacted policy never changes'); END""",
]
NAMES = {
    "postgresql": {
        "exports_event": ["exports_event_append_only", "exports_event_no_truncate"],
        "exports_head": ["exports_head_stays", "exports_head_onward"],
        "exports_policy": ["exports_policy_enacted"],
    },
    "sqlite": {
        "exports_event": ["exports_event_no_update", "exports_event_no_delete"],
        "exports_head": ["exports_head_stays", "exports_head_onward"],
        "exports_policy": ["exports_policy_no_update", "exports_policy_no_delete"],
    },
}


def arm(apps, schema_editor):
    """Create the triggers of this engine."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if postgresql else SQLITE:
        schema_editor.execute(statement, params=None)


def disarm(apps, schema_editor):
    """Drop them again."""
    vendor = schema_editor.connection.vendor
    for table, names in NAMES[vendor].items():
        for name in names:
            on = f" ON {table}" if vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def first_head(apps, schema_editor):
    """Begin the chain."""
    apps.get_model("exports", "Head").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_claim")]
    operations = [
        migrations.RunPython(first_head, migrations.RunPython.noop),
        migrations.RunPython(arm, disarm),
    ]
