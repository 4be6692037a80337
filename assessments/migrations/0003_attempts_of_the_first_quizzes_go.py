"""Attempts kept answers by names of questions inside a page. From here on they pin versions of a bank's questions.

Results and completions in the gradebook stay; courses are loaded or published anew to get their questions.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assessments", "0002_initial")]

    operations = [
        migrations.DeleteModel(name="Outcome"),
        migrations.DeleteModel(name="Response"),
        migrations.DeleteModel(name="Attempt"),
        migrations.RemoveField(model_name="quizpage", name="items"),
        migrations.RemoveField(model_name="quizpage", name="draw"),
    ]
