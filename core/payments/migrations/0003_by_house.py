from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_received")]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("cancelled", "Cancelled by the customer"),
                    ("by_house", "Cancelled by the house"),
                    ("seats_gone", "The seats were gone when the money arrived"),
                    ("showtime_cancelled", "The showtime was cancelled"),
                    ("paid_twice", "Paid twice"),
                    ("outside", "Refunded at Stripe"),
                ],
                max_length=20,
            ),
        ),
    ]
