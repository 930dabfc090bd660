"""What Spark shows of options in plans, its UI and its event log."""

from __future__ import annotations

from typing import Any

CONF = "spark.sql.redaction.options.regex"  # Spark hides options whose names or values it finds something of in

# Spark itself looks for url, secret, password, token and access key: what else may hold a secret, as a whole name.
HIDDEN = "(?i:^(path|bearer|user|header|query|proxy|data|oauth.param)$)"


def hide_options(session: Any = None) -> None:
    """Has a session (the active one) show *** for options of this source that may hold secrets. Does nothing where there is none."""
    from pyspark.sql import SparkSession

    session = session or SparkSession.getActiveSession()
    shown = session.conf.get(CONF) if session else HIDDEN  # with no default of ours, which would hide Spark's own: url
    if HIDDEN not in shown:
        session.conf.set(CONF, f"{shown}|{HIDDEN}" if shown else HIDDEN)
