"""The restsrc tool: where it is on this machine, and which options it has."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from restsrc import unpacked
from restsrc.errors import OptionError, ToolFailure

PACKAGE = Path(__file__).parent
# Of a file that is there, ENOENT: this machine has not the loader that it asks for.
FOREIGN = (errno.ENOEXEC, errno.ELIBBAD, errno.ENOENT)


def find(option: str | None = None) -> str:
    """The tool's path: the option, $RESTSRC_BIN, where pip put it (or a copy, where it can't be run from there), out of
    the wheel that this package is in, then PATH.

    Runs on the driver and again on every executor. What the user named is taken or refused, never passed over.
    OptionError where there is no tool.
    """
    for source, named in (("option restsrc_binary", option), ("RESTSRC_BIN", os.environ.get("RESTSRC_BIN"))):
        if named:
            if os.access(named, os.X_OK) and os.path.isfile(named):
                return named
            raise OptionError(f"{source} names {named}, which is not an executable file on this machine")
    for place in _places():
        if os.access(place, os.X_OK) and place.is_file():
            return str(place)
    # A wheel that Spark put on the path as a zip file (--py-files, addArtifacts), or that was unzipped.
    found = unpacked.program(str(PACKAGE.parent))
    if not found:
        installed = next((place for place in _places() if place.is_file()), None)
        found = unpacked.copy(str(installed)) if installed else shutil.which("restsrc")
    if found:
        return found
    raise OptionError(
        "the restsrc tool was not found on this machine: install the wheel for its platform, which has it inside, "
        "or set the option restsrc_binary or RESTSRC_BIN; "
        f"looked for {', '.join(map(str, _places()))} and restsrc on PATH"
    )


def _places() -> list[Path]:
    """Where pip puts a program: beside this package wherever that was moved to, this Python's folder, the user's."""
    folders = [PACKAGE.parent / "bin"]  # pip install --target
    if PACKAGE.parent.name in ("site-packages", "dist-packages"):
        folders.insert(0, PACKAGE.parents[3] / "bin")
    folders += [Path(sysconfig.get_path("scripts")), Path(sysconfig.get_path("scripts", "posix_user"))]
    return list(dict.fromkeys(folder / "restsrc" for folder in folders))


def authorities() -> dict[str, str]:
    """For the tool's environment: the certificates of Python's certifi, which it takes where it finds no others."""
    try:
        import certifi
    except ImportError:
        return {}
    return {"RESTSRC_CA_FALLBACK": certifi.where()}


@dataclass(frozen=True)
class ToolOption:
    """A row of `restsrc help options`.

    `name` and `default` as the tool spells them; `in_file`: it may stand in a configuration file.
    """

    name: str
    type: str
    default: str | None
    commands: tuple[str, ...]
    repeat: bool
    in_file: bool
    may_hold_secret: bool
    choices: tuple[str, ...]


def tool_options(path: str) -> dict[str, ToolOption]:
    """The options of the tool at `path`, by their Spark names. ToolFailure where it does not answer."""
    try:
        answer = subprocess.run(
            [path, "help", "options"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True
        )
        rows = [json.loads(line) for line in answer.stdout.splitlines()]
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip() or str(error)
        raise ToolFailure(f"{path}: the tool does not run here: {said}") from None
    except OSError as error:
        raise does_not_run(path, error) from None
    except (ValueError, subprocess.SubprocessError) as error:
        raise ToolFailure(f"{path} help options: {error}") from None
    return {
        row["name"].replace("-", "_"): ToolOption(
            name=row["name"],
            type=row["type"],
            default=row["default"],
            commands=tuple(row["commands"]),
            repeat=row["repeat"],
            in_file=row["file"],
            may_hold_secret=row["may_hold_secret"],
            choices=tuple(row.get("choices", ())),
        )
        for row in rows
    }


def does_not_run(path: str, error: OSError) -> ToolFailure:
    """The exception for a system that does not start the tool."""
    why = ""
    if error.errno in FOREIGN and os.path.exists(path):
        why = f"; it is for another kind of machine than this one ({os.uname().machine}): install the wheel for it"
    elif error.errno in unpacked.DENIED:
        why = "; where the system allows no programs there, put a copy elsewhere and set RESTSRC_BIN"
    return ToolFailure(f"{path}: the tool does not run here: {error.strerror}{why}")


def preset_text(path: str, name: str) -> str:
    """A preset of the tool at `path`, as it is written. Empty where there is none of that name."""
    words = [path, "help", "apis", name]
    answer = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    return answer.stdout if name and answer.returncode == 0 else ""
