from django.db import migrations

from core.kernel.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [
        append_only("bookings_bookingchange", erasable=("actor_label",)),
    ]
