#!/usr/bin/env python3
"""A real server: Gitea (a Go module), whose API pages as GitHub's does; one user, bob, and one empty repository, bob/r.

    gitea_server.py [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens

Issues are at /api/v1/repos/bob/r/issues, with page and limit. HTTP Basic: bob:password.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from launch import OPEN, arguments, free_port, launch

HERE = Path(__file__).parent
CONFIGURATION = """
RUN_MODE = prod
WORK_PATH = {folder}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = {url}
DISABLE_SSH = true
OFFLINE_MODE = true
STATIC_ROOT_PATH = {module}
[database]
DB_TYPE = sqlite3
PATH = {folder}/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = secret
[log]
LEVEL = warn
[api]
MAX_RESPONSE_ITEMS = 100
"""


def make_repository(url):
    user = base64.b64encode(b"bob:password").decode()
    headers = {"Authorization": "Basic " + user, "Content-Type": "application/json"}
    OPEN(urllib.request.Request(url + "/api/v1/user/repos", json.dumps({"name": "r"}).encode(), headers)).close()


def main():
    options = arguments("Gitea with one repository.").parse_args()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    module = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", "code.gitea.io/gitea"],
        cwd=HERE / "gitea",
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.ini").write_text(CONFIGURATION.format(folder=folder, port=port, url=url, module=module))
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "USER": "git"}
        gitea = [str(HERE / ".cache/gitea"), "--config", folder + "/app.ini"]
        for command in (
            ["migrate"],
            [
                "admin",
                "user",
                "create",
                "--username",
                "bob",
                "--password",
                "password",
                "--email",
                "bob@example.com",
                "--admin",
                "--must-change-password=false",
            ],
        ):
            subprocess.run([*gitea, *command], check=True, stdout=sys.stderr, env=environment)
        launch([*gitea, "web"], url, options.until_eof, "/api/v1/version", make_repository, environment)


if __name__ == "__main__":
    main()
