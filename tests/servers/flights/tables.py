"""Makes the tables for what is written; run once, before the server starts."""

import django
from django.db import connections

django.setup()

from .models import Key, Written  # noqa: E402

with connections["written"].schema_editor() as editor:
    for model in (Written, Key):
        editor.create_model(model)
