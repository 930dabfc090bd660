#!/usr/bin/env python3
"""An emulator of Jira Data Center 8.20 (from PyPI, jira820), with the issues of its sample project;
more can be written to it.

    jira_server.py [--until-eof]     serve; prints `http://127.0.0.1:PORT` when it listens

Issues are at /rest/api/2/search, from startAt on, maxResults at a time.
"""

import sys

from launch import arguments, free_port, launch


def main():
    options = arguments("An emulator of Jira.").parse_args()
    port = free_port()
    launch(
        [sys.executable, "-m", "jira820"],
        f"http://127.0.0.1:{port}",
        options.until_eof,
        "/rest/api/2/serverInfo",
        environment={"JIRA820_HOST": "127.0.0.1", "JIRA820_PORT": str(port), "JIRA820_DATE": "2026-01-01"},
    )


if __name__ == "__main__":
    main()
