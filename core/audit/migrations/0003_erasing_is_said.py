from django.db import migrations

from core.kernel.append_only import renew_guard


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [renew_guard()]
