"""Where the restsrc tool is."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

from restsrc.errors import OptionError


def find(option: str | None = None) -> str:
    """The tool's path: the option, $RESTSRC_BIN, inside this package, this Python's scripts folder, then PATH.

    Runs on the driver and again on every executor. What the user named is taken or refused, never passed over.
    """
    for source, named in (("option restsrc_binary", option), ("RESTSRC_BIN", os.environ.get("RESTSRC_BIN"))):
        if named:
            if os.access(named, os.X_OK) and os.path.isfile(named):
                return named
            raise OptionError(f"{source} names {named}, which is not an executable file on this machine")
    places = [Path(__file__).parent / "bin" / "restsrc", Path(sysconfig.get_path("scripts")) / "restsrc"]
    for place in places:
        if os.access(place, os.X_OK):
            return str(place)
    on_path = shutil.which("restsrc")
    if on_path:
        return on_path
    raise OptionError(
        "the restsrc tool was not found on this machine: set the option restsrc_binary or RESTSRC_BIN, or install it; "
        f"looked for {', '.join(map(str, places))} and restsrc on PATH"
    )
