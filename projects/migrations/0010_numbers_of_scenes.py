from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0009_scene_tags"),
    ]

    operations = [
        migrations.AddField(
            model_name="scene",
            name="next_audio",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name="scene",
            name="next_image",
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
    ]
