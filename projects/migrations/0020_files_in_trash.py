from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0019_share_links"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                fields=["trashed_at"],
                condition=models.Q(("trashed_at__isnull", False)),
                name="files_in_trash",
            ),
        ),
    ]
