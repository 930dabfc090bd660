#!/usr/bin/env python3
"""A real server: Strapi 5 (npm) with an empty collection that anybody may read and write, /api/items.

strapi_server.py [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens
"""

import shutil
import tempfile
from pathlib import Path

from launch import arguments, free_port, launch

HERE = Path(__file__).parent / "strapi"


def main():
    options = arguments("Strapi with one collection.").parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name in ("config", "src", "package.json"):
            copy = shutil.copytree if (HERE / name).is_dir() else shutil.copy
            copy(HERE / name, folder / name)
        (folder / "node_modules").symlink_to(HERE / "node_modules")
        (folder / "public/uploads").mkdir(parents=True)
        (folder / "favicon.png").touch()
        launch(
            ["node", "node_modules/@strapi/strapi/bin/strapi.js", "start"],
            f"http://127.0.0.1:{port}",
            options.until_eof,
            "/api/items",
            environment={
                "PORT": str(port),
                "DATABASE": str(folder / "data.db"),
                "HOME": str(folder),
                "NODE_ENV": "production",
                "STRAPI_TELEMETRY_DISABLED": "true",
            },
            folder=folder,
        )


if __name__ == "__main__":
    main()
