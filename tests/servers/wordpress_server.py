#!/usr/bin/env python3
"""A real server: WordPress (from npm, @wp-playground/wordpress-builds) with posts, in SQLite;
it is run by php, which must be there.

    wordpress_server.py [--rows N] [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens

The posts are at /wp-json/wp/v2/posts.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from launch import arguments, free_port, launch

HERE = Path(__file__).parent / "wordpress"
BUILDS = HERE / "node_modules/@wp-playground/wordpress-builds/src"
CONFIGURATION = (
    "define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); "
    "define('DB_DIR', __DIR__ . '/db/'); define('DB_FILE', 'db.sqlite');\n"
)


def unpack(site):
    """WordPress, and the plugin that lets it keep its tables in SQLite."""
    zipfile.ZipFile(BUILDS / "wordpress/wp-6.5.zip").extractall(site)
    plugins = site / "wp-content/plugins"
    zipfile.ZipFile(BUILDS / "sqlite-database-integration/sqlite-database-integration.zip").extractall(plugins)
    plugin = next(plugins.glob("sqlite-database-integration*"))
    text = (plugin / "db.copy").read_text()
    text = text.replace("{SQLITE_IMPLEMENTATION_FOLDER_PATH}", str(plugin)).replace(
        "{SQLITE_PLUGIN}", plugin.name + "/load.php"
    )
    (site / "wp-content/db.php").write_text(text)
    sample = (site / "wp-config-sample.php").read_text()
    (site / "wp-config.php").write_text(sample.replace("$table_prefix =", CONFIGURATION + "$table_prefix ="))
    (site / "db").mkdir()


def main():
    parser = arguments("WordPress with posts.")
    parser.add_argument("--rows", type=int, default=250)
    options = parser.parse_args()
    address = f"127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        unpack(site)
        subprocess.run(
            ["php", HERE / "fill.php", site, str(options.rows)],
            check=True,
            stdout=sys.stderr,
            env={"PATH": os.environ["PATH"]},
        )
        launch(
            ["php", "-S", address, "-t", site, HERE / "router.php"], "http://" + address, options.until_eof, "/wp-json/"
        )


if __name__ == "__main__":
    main()
