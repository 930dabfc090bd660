#!/usr/bin/env python3
"""A real server: OpenSearch 2 (from Maven Central), one node without any index.

opensearch_server.py [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens
"""

import tempfile
from pathlib import Path

from launch import arguments, free_port, launch

JARS = Path(__file__).parent / ".cache/opensearch"


def main():
    options = arguments("OpenSearch, one node.").parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        launch(
            ["java", "-Xmx512m", "-cp", f"{JARS}:{JARS}/*", "OpenSearch", folder, str(port)],
            f"http://127.0.0.1:{port}",
            options.until_eof,
            "/_cluster/health?wait_for_status=yellow",
        )


if __name__ == "__main__":
    main()
