"""What was given before wordings were kept was given in the only wording there was."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

WORDS = ("text_zh", "text_en", "clause_zh", "clause_en", "cure_zh", "cure_en")


def keep_wordings(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Make the present wording of each reason its first, and keep it where it was given."""
    words = {
        reason.pk: {
            "code": reason.pk,
            "version": 1,
            **{name: getattr(reason, name) for name in WORDS},
        }
        for reason in apps.get_model("reviews", "Reason").objects.all()
    }
    versions = apps.get_model("reviews", "ReasonVersion").objects
    versions.bulk_create(
        versions.model(reason_id=code, number=1, words=said, since=timezone.now())
        for code, said in words.items()
    )
    items = apps.get_model("reviews", "RequestItem").objects
    for code, said in words.items():
        items.filter(reason=code).update(words=said)
    for decision in apps.get_model("reviews", "Decision").objects.exclude(reasons=None).iterator():
        codes = decision.reasons.order_by("code").values_list("code", flat=True)
        decision.words = [words[code] for code in codes]
        decision.save(update_fields=["words"])


class Migration(migrations.Migration):
    """Keep the wordings of before."""

    dependencies = [("reviews", "0003_sent_requests")]

    operations = [migrations.RunPython(keep_wordings, migrations.RunPython.noop)]
