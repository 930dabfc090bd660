#!/usr/bin/env python3
"""A real server: Directus (npm) with an empty collection, /items/items; the bearer token is `token`.

directus_server.py [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from launch import OPEN, arguments, free_port, launch

CLI = ["node", str(Path(__file__).parent / "directus/node_modules/directus/cli.js")]
FIELDS = {
    "n": "integer",
    "title": "string",
    "big": "bigInteger",
    "price": "decimal",
    "half": "float",
    "ok": "boolean",
    "none": "json",
}


def make_collection(url):
    key = {"field": "id", "type": "integer", "schema": {"is_primary_key": True, "has_auto_increment": True}}
    fields = [key, *({"field": name, "type": kind, "schema": {}} for name, kind in FIELDS.items())]
    body = json.dumps({"collection": "items", "schema": {}, "meta": {}, "fields": fields}).encode()
    OPEN(
        urllib.request.Request(
            url + "/collections", body, {"Authorization": "Bearer token", "Content-Type": "application/json"}
        )
    ).close()


def main():
    options = arguments("Directus with one collection.").parse_args()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("uploads", "extensions"):
            (Path(folder) / name).mkdir()
        environment = {
            "DB_CLIENT": "sqlite3",
            "DB_FILENAME": f"{folder}/data.db",
            "KEY": "key",
            "SECRET": "a secret of the tests only",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "PUBLIC_URL": url,
            "ADMIN_EMAIL": "admin@example.com",
            "ADMIN_PASSWORD": "password",
            "ADMIN_TOKEN": "token",
            "TELEMETRY": "false",
            "LOG_LEVEL": "warn",
            "SERVE_APP": "false",
            "HOME": folder,
        }
        subprocess.run(
            [*CLI, "bootstrap"],
            check=True,
            stdout=sys.stderr,
            cwd=folder,
            env={"PATH": os.environ["PATH"], **environment},
        )
        launch([*CLI, "start"], url, options.until_eof, "/server/ping", make_collection, environment, folder)


if __name__ == "__main__":
    main()
