"""What can go wrong, by the exit code of the tool (sysexits.h)."""

from __future__ import annotations

import re

# Control characters, and those that break lines, turn the direction of writing or can't be seen, as the tool's own
# messages are rid of them: what a record holds is shown in errors, on terminals and in logs. And bytes of a path that
# are not UTF-8, which Python has as halves of surrogate pairs: Spark can't send them on, and loses the message.
UNSAFE = re.compile(
    "[\ud800-\udfff\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


def cut(text: str, most: int) -> str:
    """A text as it stands in messages: at most `most` characters."""
    return text if len(text) <= most else text[: most - 3] + "..."


class RestsrcError(Exception):
    """restsrc failed.

    `exit_code` is the tool's, None where it did not run. `retryable` says whether trying again may help.
    `http_status` is that of the answer that ended it, if one did. The message is the first argument, str(error): one
    line of plain text.
    """

    def __init__(
        self, message: str, exit_code: int | None = None, retryable: bool = False, http_status: int | None = None
    ):
        super().__init__(UNSAFE.sub(" ", message))
        self.exit_code = exit_code
        self.retryable = retryable
        self.http_status = http_status

    def __reduce__(self) -> tuple[type[RestsrcError], tuple[str, int | None, bool, int | None]]:
        return type(self), (str(self), self.exit_code, self.retryable, self.http_status)


class OptionError(RestsrcError):
    """An option or the configuration is wrong."""


class InputError(RestsrcError):
    """A file named by an option can't be read, or data given to the tool is not valid."""


class RequestRefused(RestsrcError):
    """The server answered with a 4xx status, and trying again does not help."""


class AccessDenied(RestsrcError):
    """The server answered 401 or 403, or refused TLS."""


class ServerUnavailable(RestsrcError):
    """Network, TLS, timeout, 429 or 5xx, after the tool's own retries. Trying again later may help."""


class UnexpectedAnswer(RestsrcError):
    """The answer is not as described: not JSON, no records, a loop, fewer records than planned."""


class OutputError(RestsrcError):
    """The tool could not write its output."""


class ToolFailure(RestsrcError):
    """A bug in the tool, out of memory, or killed by a signal."""


class RecordError(RestsrcError):
    """A record does not fit the schema."""


BY_EXIT_CODE = {
    64: OptionError,
    65: InputError,
    66: InputError,
    69: RequestRefused,
    74: OutputError,
    75: ServerUnavailable,
    76: UnexpectedAnswer,
    77: AccessDenied,
    78: OptionError,
}


def for_exit_code(code: int) -> type[RestsrcError]:
    """The exception for an exit code of the tool other than 0."""
    return BY_EXIT_CODE.get(code, ToolFailure)
