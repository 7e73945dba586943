from django.db import migrations

from core.kernel.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        append_only("audit_record", erasable=("actor_label", "address", "request_id", "data", "salt")),
        append_only("audit_seal"),
    ]
