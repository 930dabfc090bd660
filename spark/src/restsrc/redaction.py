"""What others must not see of the options: in Spark's plans, UI and event log, and in checkpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pyspark.sql import SparkSession

from restsrc.options import Options

CONF = "spark.sql.redaction.options.regex"  # Spark hides options whose names or values it finds a match in

# Spark itself looks for url, secret, password, token and access key. These whole names may hold secrets, too.
HIDDEN = "(?i:^(path|bearer|user|header|query|proxy|data|oauth.param)$)"

TELLING = re.compile(  # names of parameters whose values are secrets, as the tool has them
    "(hapi|(api|app|access|auth|subscription|x-api)[-_]?)?key|((access|api|auth|id|private|refresh|session|x-amz-security)[-_]?)?token|"
    "((api|client)_)?secret|pass(word)?|pwd|auth|jwt|sig|(x-amz-)?signature|x-amz-credential|session_?id|appid",
    re.IGNORECASE,
)


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


def holds_secret(text: str, options: Options) -> bool:
    """Whether a secret of the options is in `text`, as it is or percent-encoded."""
    return any(value and (value in text or quote(value, safe="") in text) for value in _secrets(options))


def _secrets(options: Options) -> Iterator[str]:
    """The secret options, and what the names of parameters in URLs show to be secret."""
    yield from options.secrets()
    url = urlsplit(options.url)
    yield unquote(url.password or "")
    for name, value in parse_qsl("&".join([url.query, *options.given("query").splitlines()])):
        if TELLING.fullmatch(name) and len(value) >= 4:
            yield value
