"""The program in a wheel that is used as a zip file: unpacked once for each machine and user, into a private folder."""

from __future__ import annotations

import base64
import fcntl
import functools
import hashlib
import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from restsrc.errors import OptionError

SCRIPT = ".data/scripts/restsrc"


@functools.cache
def program(archive: str) -> str | None:
    """The path of the program in the wheel, which is executable there. None: it has none."""
    with zipfile.ZipFile(archive) as wheel:
        name = next((name for name in wheel.namelist() if name.endswith(SCRIPT)), None)
        if name is None:
            return None
        digest = _recorded_digest(wheel, name)
        refusals = []
        for folder in _folders():
            try:
                return _unpack(wheel, name, digest, folder)
            except OSError as error:
                refusals.append(f"{folder}: {error.strerror or error}")
    raise OptionError(
        f"the restsrc tool in {archive} can't be put where it may be run: {'; '.join(refusals)}. Set RESTSRC_BIN"
    )


def _recorded_digest(wheel: zipfile.ZipFile, name: str) -> bytes:
    """What the wheel's list of files says; lines are PATH,sha256=DIGEST,SIZE."""
    record = next(path for path in wheel.namelist() if path.endswith(".dist-info/RECORD"))
    for line in wheel.read(record).decode().splitlines():
        path, digest, _ = line.rsplit(",", 2)
        if path == name and digest.startswith("sha256="):
            return base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "==")
    raise OptionError(f"{wheel.filename} is not a wheel: {record} does not list {name}")


def _folders() -> Iterator[Path]:
    """Where it may go. The first is on the machine's own disk; some machines run nothing from there."""
    user = os.geteuid()
    yield Path(tempfile.gettempdir(), f"restsrc-{user}")
    cache = os.environ.get("XDG_CACHE_HOME") or (os.path.expanduser("~/.cache") if os.environ.get("HOME") else "")
    if os.path.isabs(cache):
        yield Path(cache, "restsrc", "bin")
    yield Path.cwd() / f".restsrc-{user}"


def _unpack(wheel: zipfile.ZipFile, name: str, digest: bytes, folder: Path) -> str:
    """One file for each content. OSError: not here."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_private(folder)
    target = folder / f"restsrc-{digest.hex()[:16]}"
    with open(folder / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other tasks wait for the first
        if not _is_whole(target, digest):
            _write(target, wheel.read(name), digest)
    if not os.access(target, os.X_OK):
        raise PermissionError(None, "programs can't be run from there")
    return str(target)


def _check_private(folder: Path) -> None:
    """Nobody else may have made it, or may change what is run from it."""
    about = os.lstat(folder)
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid() or about.st_mode & 0o077:
        raise PermissionError(None, "is not a folder of this user alone (mode 0700)")


def _is_whole(target: Path, digest: bytes) -> bool:
    try:
        return not target.is_symlink() and hashlib.sha256(target.read_bytes()).digest() == digest
    except OSError:
        return False


def _write(target: Path, content: bytes, digest: bytes) -> None:
    if hashlib.sha256(content).digest() != digest:
        raise OptionError(f"the restsrc tool in the wheel is damaged: its digest is not {digest.hex()}")
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o700), "wb") as out:
        out.write(content)
    os.replace(fresh, target)
