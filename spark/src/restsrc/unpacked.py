"""The program in a wheel that is used as it is: unpacked once for each machine and user, into a private folder. Also
one that was installed where it can't be run.
"""

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

Place = Path | zipfile.Path


@functools.cache
def program(place: str) -> str | None:
    """The path of the program in the wheel `place`, a zip file or a folder that somebody unzipped, which is executable
    there. None: it has none.
    """
    wheel = zipfile.Path(place) if zipfile.is_zipfile(place) else Path(place)
    script = _entry(wheel, ".data") if wheel.is_dir() else None
    if script is None or not (script := script / "scripts" / "restsrc").is_file():
        return None
    return _runnable(script, _recorded_digest(wheel, ".data/scripts/restsrc"), place)


def copy(program: Path) -> str:
    """The path of a copy that can be run. Installers leave a program without that right where they unpack on a disk
    that has no programs, and environments may be on such a disk.
    """
    return _runnable(program, hashlib.sha256(program.read_bytes()).digest(), str(program.parent))


def _runnable(script: Place, digest: bytes, place: str) -> str:
    refusals = []
    for folder in _folders():
        try:
            return _unpack(script, digest, folder)
        except OSError as error:
            refusals.append(f"{folder}: {error.strerror or error}")
    raise OptionError(
        f"the restsrc tool in {place} can't be put where it may be run: {'; '.join(refusals)}. Set RESTSRC_BIN"
    )


def _entry(wheel: Place, end: str) -> Place | None:
    """restsrc-VERSION.data, .dist-info."""
    return next((one for one in wheel.iterdir() if one.name.startswith("restsrc-") and one.name.endswith(end)), None)


def _recorded_digest(wheel: Place, name: str) -> bytes:
    """What the wheel's list of files says; lines are PATH,sha256=DIGEST,SIZE."""
    about = _entry(wheel, ".dist-info")
    record = (about / "RECORD").read_text(encoding="utf-8") if about else ""
    for line in record.splitlines():
        path, digest, _ = line.rsplit(",", 2)
        if path.endswith(name) and digest.startswith("sha256="):
            return base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "==")
    raise OptionError(f"{wheel} is not a wheel: it has no list of files with {name}")


def _folders() -> Iterator[Path]:
    """Where it may go. The first is on the machine's own disk; some machines run nothing from there."""
    user = os.geteuid()
    try:
        yield Path(tempfile.gettempdir(), f"restsrc-{user}")
    except FileNotFoundError:  # a machine with a disk that is read only
        pass
    cache = os.environ.get("XDG_CACHE_HOME") or (os.path.expanduser("~/.cache") if os.environ.get("HOME") else "")
    if os.path.isabs(cache):
        yield Path(cache, "restsrc", "bin")
    yield Path.cwd() / f".restsrc-{user}"


def _unpack(script: Place, digest: bytes, folder: Path) -> str:
    """One file for each content. OSError: not here."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_private(folder)
    target = folder / f"restsrc-{digest.hex()[:16]}"
    with open(folder / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other tasks wait for the first
        if not _is_whole(target, digest):
            _write(target, script.read_bytes(), digest)
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
    try:
        with open(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o700), "wb") as out:
            out.write(content)
        os.replace(fresh, target)
    except OSError:  # a full disk
        fresh.unlink(missing_ok=True)
        raise
