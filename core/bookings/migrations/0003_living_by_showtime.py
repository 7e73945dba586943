from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("bookings", "0002_append_only")]

    operations = [
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("status__in", ["confirmed", "partly_refunded"])),
                fields=["showtime"],
                name="booking_living",
            ),
        ),
    ]
