from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("ledger", "0003_failed_refunds_and_disputes")]

    operations = [
        AddIndexConcurrently(
            model_name="journalentry",
            index=models.Index(fields=["booked_at"], name="journal_entry_booked"),
        ),
    ]
