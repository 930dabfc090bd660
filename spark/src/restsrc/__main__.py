"""`python -m restsrc`: the tool in a shell, as Spark runs it on this machine, where pip has put it on no PATH."""

import os
import sys

from restsrc import tool
from restsrc.errors import RestsrcError


def main() -> str:
    """Does not come back but with what went wrong."""
    try:
        path = tool.find()
        try:
            os.execve(path, ["restsrc", *sys.argv[1:]], {**os.environ, **tool.authorities()})
        except OSError as error:
            raise tool.does_not_run(path, error) from None
    except RestsrcError as problem:
        return f"restsrc: {problem}"


sys.exit(main())
