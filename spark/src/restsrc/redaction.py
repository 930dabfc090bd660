"""What others must not see of the options: in Spark's plans, UI and event log."""

from __future__ import annotations

from pyspark.sql import SparkSession

CONF = "spark.sql.redaction.options.regex"  # Spark hides options whose names or values it finds a match in

# Spark itself looks for url, secret, password, token and access key. These whole names may hold secrets, too: what
# `restsrc help options` says, which a test compares. The tool can't be asked here: an option may say where it is.
HIDDEN = "(?i:^(paths?|bearer|user|header|query|proxy|data|oauth.param)$)"


def hide_options(session: SparkSession | None = None) -> None:
    """Has a session show *** for the options of this source that may hold secrets.

    `session` is the active one if it is not given; without one nothing happens. Registering the data source calls this.
    """
    session = session or SparkSession.getActiveSession()
    if session is None:
        return
    shown = session.conf.get(CONF)  # with no default of ours, which would hide Spark's own: url
    if HIDDEN not in (shown or ""):
        session.conf.set(CONF, f"{shown}|{HIDDEN}" if shown else HIDDEN)
