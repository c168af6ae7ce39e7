"""Takes that were finished before have no sidecar yet: their scenes are behind, and the sweep writes what is missing."""

from django.db import migrations


def fall_behind(apps, schema_editor):
    scenes = apps.get_model("projects", "Scene").objects
    scenes.filter(jobs__status="completed").update(mirrored_version=0)


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0010_pauses'),
    ]

    operations = [migrations.RunPython(fall_behind, migrations.RunPython.noop)]
