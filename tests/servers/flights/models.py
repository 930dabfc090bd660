"""The table that database.py fills."""

from django.db import models


class Flight(models.Model):
    id = models.IntegerField(primary_key=True)
    year = models.IntegerField()
    month = models.IntegerField()
    day = models.IntegerField()
    dep_time = models.IntegerField(null=True)
    sched_dep_time = models.IntegerField()
    dep_delay = models.IntegerField(null=True)
    arr_time = models.IntegerField(null=True)
    sched_arr_time = models.IntegerField()
    arr_delay = models.IntegerField(null=True)
    carrier = models.TextField()
    flight = models.IntegerField()
    tailnum = models.TextField(null=True)
    origin = models.TextField()
    dest = models.TextField()
    air_time = models.IntegerField(null=True)
    distance = models.IntegerField()
    hour = models.IntegerField()
    minute = models.IntegerField()
    time_hour = models.TextField()  # as the CSV writes it

    class Meta:
        managed = False
        db_table = "flights"
        ordering = ["id"]
