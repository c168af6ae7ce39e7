from django.db import migrations

import projects.models.json_field


class Migration(migrations.Migration):
    dependencies = [("film", "0003_exports")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="media",
            field=projects.models.json_field.ValidJSONField(
                default=list, help_text="assetId, path and sha256 of each file that is in it"
            ),
        ),
    ]
