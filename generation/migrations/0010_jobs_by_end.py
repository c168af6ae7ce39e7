from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0009_webhooks"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="generationjob", name="jobs_by_end"),
        migrations.AddIndex(
            model_name="generationjob",
            index=models.Index(
                fields=["project", "status", "mark", "finished_at", "credits_charged"], name="jobs_by_end"
            ),
        ),
    ]
