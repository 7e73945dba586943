from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_pictures_and_city"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="unproved_email",
            field=models.EmailField(
                blank=True,
                db_default="",
                default="",
                help_text="As typed, perhaps another's: no login.",
                max_length=254,
            ),
        ),
    ]
