"""Each kind of output counts for itself: what jobs make becomes a column, and scenes get a next number for each kind.

Existing jobs and files keep their numbers.
"""

from collections import defaultdict

from django.db import migrations, models
from django.db.models import Max

# as the catalog had them then
KINDS = {
    "image": ("text_to_image", "image_upscale"),
    "audio": (
        "text_to_speech",
        "sound_effect",
        "speech_to_speech",
        "voice_isolation",
        "voice_dubbing",
        "video_to_audio",
    ),
}
COLUMNS = {"video": "next_take", "image": "next_image", "audio": "next_audio"}


def count_by_kind(apps, schema_editor):
    job, scene = apps.get_model("generation", "GenerationJob"), apps.get_model("projects", "Scene")
    asset = apps.get_model("projects", "Asset")
    for makes, kinds in KINDS.items():
        job.objects.filter(kind__in=kinds).update(makes=makes)
    mixed = job.objects.exclude(makes="video").values("scene").distinct()
    highest = defaultdict(int)
    for rows in (
        job.objects.filter(scene__in=mixed).order_by().values_list("scene", "makes").annotate(Max("take")),
        asset.objects.filter(scene__in=mixed, take__isnull=False)
        .order_by()
        .values_list("scene", "kind")
        .annotate(Max("take")),
    ):
        for key, makes, number in rows:
            highest[key, makes] = max(highest[key, makes], number)
    # a scene that has only takes goes on as it was
    for key in {key for key, _ in highest}:
        numbers = {column: highest[key, makes] + 1 for makes, column in COLUMNS.items()}
        scene.objects.filter(pk=key).update(**numbers)


class Migration(migrations.Migration):

    dependencies = [
        ("generation", "0004_refusals_and_retries"),
        ("projects", "0010_numbers_of_scenes"),
    ]

    operations = [
        migrations.AddField(
            model_name="generationjob",
            name="makes",
            field=models.CharField(db_default="video", default="video", editable=False, max_length=5),
        ),
        migrations.RunPython(count_by_kind, migrations.RunPython.noop),
    ]
