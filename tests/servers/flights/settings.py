"""Django settings: one read-only SQLite file and one for what is written, JSON only, no users."""

import os

SECRET_KEY = "a test server on a loopback port has no secrets"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "flights.urls"
INSTALLED_APPS = ["rest_framework", "flights"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # /flights is redirected to /flights/, as DRF sites do
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{os.environ['FLIGHTS_DATABASE']}?mode=ro&immutable=1",
        "OPTIONS": {"uri": True},
        "CONN_MAX_AGE": None,
    },
    "written": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["FLIGHTS_WRITTEN"],
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
        },
        "CONN_MAX_AGE": None,
    },
}
REST_FRAMEWORK = {
    "DEFAULT_PAGINATION_CLASS": "flights.pagination.Offset",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}
