from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0011_budget_reached_left"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="generationjob",
            index=models.Index(fields=["created_by", "project", "created_at"], name="jobs_of_person_in_project"),
        ),
        migrations.RemoveIndex(model_name="generationjob", name="same_requests"),
        migrations.AddIndex(
            model_name="generationjob",
            index=models.Index(fields=["cache_key"], name="same_requests"),
        ),
    ]
