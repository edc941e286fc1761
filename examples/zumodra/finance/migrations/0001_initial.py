import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("crm", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("cents", models.IntegerField()),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="crm.customer")),
            ],
        ),
    ]
