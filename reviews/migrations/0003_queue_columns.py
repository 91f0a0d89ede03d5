"""Fill what the queue repeats on the case, for the cases that are there already."""

from django.db import migrations
from django.db.models import Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

FLAGS = """
    INSERT INTO reviews_caseflag (case_id, check_id)
    SELECT DISTINCT run.case_id, finding.check_id
    FROM reviews_finding finding
    JOIN reviews_checkrun run ON run.id = finding.run_id
    WHERE finding.outcome = 'fail'
      AND run.id = (SELECT MAX(id) FROM reviews_checkrun latest WHERE latest.case_id = run.case_id)
"""


def fill(apps, schema_editor):
    """Repeat the manufacturer and the answer on each case; flag what failed."""
    cases = apps.get_model("reviews", "Case").objects.all()
    lines = apps.get_model("exports", "Line").objects.filter(
        application=OuterRef("application"), vin=OuterRef("first_vin")
    )
    maker = Coalesce(Subquery(lines.values("vehicle__maker_name")[:1]), Value(""))
    cases.update(maker_name=maker)
    asked = apps.get_model("reviews", "Request").objects.filter(case=OuterRef("pk"))
    latest = asked.order_by().values("case").annotate(latest=Max("answered_at")).values("latest")
    cases.filter(requests__answered_at__isnull=False).update(answered_at=Subquery(latest))
    schema_editor.execute(FLAGS)


class Migration(migrations.Migration):
    """After the columns are there."""

    dependencies = [("reviews", "0003_wordings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
