"""The table that database.py fills, and those for what is written."""

from django.db import models

MAY_BE_NULL = {"null": True, "blank": True}


class Columns(models.Model):
    """What both kinds of flights have."""

    year = models.IntegerField()
    month = models.IntegerField()
    day = models.IntegerField()
    dep_time = models.IntegerField(**MAY_BE_NULL)
    sched_dep_time = models.IntegerField()
    dep_delay = models.IntegerField(**MAY_BE_NULL)
    arr_time = models.IntegerField(**MAY_BE_NULL)
    sched_arr_time = models.IntegerField()
    arr_delay = models.IntegerField(**MAY_BE_NULL)
    carrier = models.TextField()
    flight = models.IntegerField()
    tailnum = models.TextField(**MAY_BE_NULL)
    origin = models.TextField()
    dest = models.TextField()
    air_time = models.IntegerField(**MAY_BE_NULL)
    distance = models.IntegerField()
    hour = models.IntegerField()
    minute = models.IntegerField()
    time_hour = models.TextField()  # as the CSV writes it

    class Meta:
        abstract = True


class Flight(Columns):
    id = models.IntegerField(primary_key=True)

    class Meta:
        managed = False
        db_table = "flights"
        ordering = ["id"]


class Written(Columns):
    """A flight that was posted to the list of this name. Nothing but its number is unique: what comes twice is
    there twice."""

    number = models.AutoField(primary_key=True)
    name = models.TextField(db_index=True)
    id = models.IntegerField()
    seen_at = models.DateTimeField(**MAY_BE_NULL)

    class Meta:
        managed = False
        db_table = "written"
        ordering = ["number"]


class Key(models.Model):
    """An idempotency key, and how many flights came with it."""

    key = models.TextField(primary_key=True)
    flights = models.IntegerField()

    class Meta:
        managed = False
        db_table = "keys"
