#!/usr/bin/env python3
"""The rows of filtered.py behind Django REST Framework with django-filter: /items/, by offset and limit.

    filtered_django.py [--until-eof]

It prints its URL once it listens, and ends on SIGTERM or, with --until-eof, when its stdin ends. /_log gives the
requests so far, one JSON object a line.
"""

import argparse
import json
import os
import signal
import socketserver
import sys
import tempfile
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parent))
import filtered

FOLDER = tempfile.TemporaryDirectory(prefix="filtered-")
settings.configure(
    SECRET_KEY="a test server on a loopback port has no secrets",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework", "django_filters"],
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{FOLDER.name}/items.sqlite3"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402
from django_filters import rest_framework as filters  # noqa: E402
from rest_framework import generics, pagination, serializers  # noqa: E402


class Owner(models.Model):
    key = models.AutoField(primary_key=True)
    id = models.IntegerField(null=True)

    class Meta:
        app_label = "filtered"


class Item(models.Model):
    id = models.BigIntegerField(primary_key=True)
    name = models.TextField(null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    ok = models.BooleanField(null=True)
    day = models.DateField(null=True)
    seen = models.DateTimeField(null=True)
    owner = models.ForeignKey(Owner, models.CASCADE, null=True)

    class Meta:
        app_label = "filtered"
        ordering = ("id",)


class OwnerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Owner
        fields = ("id",)


class ItemSerializer(serializers.ModelSerializer):
    owner = OwnerSerializer()

    class Meta:
        model = Item
        fields = ("id", "name", "amount", "ok", "day", "seen", "owner")


COMPARED = ["exact", "lt", "lte", "gt", "gte", "in", "isnull"]


class ItemFilter(filters.FilterSet):
    class Meta:
        model = Item
        fields = {
            **dict.fromkeys(("id", "amount", "day", "seen", "owner__id"), COMPARED),
            "name": ["exact", "in", "isnull", "startswith", "endswith", "contains"],
            "ok": ["exact", "isnull"],
        }


class Pages(pagination.LimitOffsetPagination):
    default_limit = 100
    max_limit = 1000


class Items(generics.ListAPIView):
    queryset = Item.objects.select_related("owner")
    serializer_class = ItemSerializer
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = ItemFilter
    pagination_class = Pages


urlpatterns = [path("items/", Items.as_view())]


def fill(rows):
    with connection.schema_editor() as editor:
        editor.create_model(Owner)
        editor.create_model(Item)
    owners, items = [], []
    for row in rows:
        owner = row["owner"] and Owner(id=row["owner"]["id"], key=len(owners) + 1)
        owners += [owner] if owner else []
        amount = None if row["amount"] is None else str(row["amount"])
        items.append(Item(**{**row, "amount": amount, "owner": owner}))
    Owner.objects.bulk_create(owners)
    Item.objects.bulk_create(items)


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def logged(application, log):
    """The application, with what was asked for in `log`."""

    def call(environ, start):
        if environ["PATH_INFO"] == "/_log":
            start("200 OK", [("Content-Type", "application/x-ndjson")])
            return ["".join(json.dumps(line) + "\n" for line in log).encode()]
        query = environ["QUERY_STRING"]
        log.append({"target": environ["PATH_INFO"] + (f"?{query}" if query else ""), "headers": {}})
        return application(environ, start)

    return call


def end_with_stdin():
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--until-eof", action="store_true")
    options = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    fill(filtered.ROWS)
    application = logged(get_wsgi_application(), [])
    with make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        if options.until_eof:
            threading.Thread(target=end_with_stdin, daemon=True).start()
        server.serve_forever()


if __name__ == "__main__":
    main()
