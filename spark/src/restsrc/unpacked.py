"""The program in a wheel that is used as it is: unpacked once for each machine and user, into a private folder. Also
one that was installed where it can't be run.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import functools
import hashlib
import os
import stat
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from restsrc.errors import OptionError

Place = Path | zipfile.Path

# What a system says of a program that may not be run: a mount with noexec, the rules of SELinux and its like.
DENIED = (errno.EACCES, errno.EPERM)


def _while_it_is_there(find: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """A cache, but for a program that is gone: systems clean /tmp of what is some days old."""
    known: dict[str, str | None] = {}

    @functools.wraps(find)
    def found(place: str) -> str | None:
        before = known.get(place)
        if place not in known or (before and not os.path.exists(before)):
            known[place] = find(place)
        return known[place]

    return found


@_while_it_is_there
def program(place: str) -> str | None:
    """The path of the program in the wheel `place`, a zip file or a folder that somebody unzipped, which is executable
    there. None: it has none.
    """
    wheel = zipfile.Path(place) if zipfile.is_zipfile(place) else Path(place)
    script = _entry(wheel, ".data") if wheel.is_dir() else None
    if script is None or not (script := script / "scripts" / "restsrc").is_file():
        return None
    return _runnable(script, _recorded_digest(wheel, ".data/scripts/restsrc"), place)


@_while_it_is_there
def copy(program: str) -> str:
    """The path of a copy that can be run. Installers leave a program without that right where they unpack on a disk
    that has no programs, and environments may be on such a disk.
    """
    return _runnable(Path(program), hashlib.sha256(Path(program).read_bytes()).digest(), os.path.dirname(program))


def _runnable(script: Place, digest: bytes, place: str) -> str:
    refusals = []
    for base, names in _folders():
        folder = Path(base, *names)
        try:
            _make(base, names)
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


def _folders() -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Where it may go: a folder that is there, and the names of ours below it. The first is on the machine's own disk;
    some machines run nothing from there.
    """
    ours = f"restsrc-{os.geteuid()}"
    try:
        yield Path(tempfile.gettempdir()), (ours,)
    except FileNotFoundError:  # a machine with a disk that is read only
        pass
    cache = os.environ.get("XDG_CACHE_HOME") or (os.path.expanduser("~/.cache") if os.environ.get("HOME") else "")
    if os.path.isabs(cache) and not _is_home_of_another(os.path.dirname(cache)):
        yield Path(cache).parent, (Path(cache).name, "restsrc", "bin")
    try:
        yield Path.cwd(), (f".{ours}",)
    except FileNotFoundError:  # somebody has removed it
        pass


def _is_home_of_another(home: str) -> bool:
    """Where sudo leaves HOME as it is, a folder that root makes there is one that its owner can't use."""
    return os.geteuid() == 0 and os.path.exists(home) and os.stat(home).st_uid != 0


def _make(base: Path, names: tuple[str, ...]) -> None:
    """Each is private, whatever the umask: who may write to one may put another program in the place of ours."""
    for name in names:
        base = base / name
        base.mkdir(mode=0o700, exist_ok=True)


def _unpack(script: Place, digest: bytes, folder: Path) -> str:
    """One file for each content. OSError: not here."""
    _check_private(folder)
    target = folder / f"restsrc-{digest.hex()[:16]}"
    with _alone(folder):  # the other tasks wait for the first
        if not _is_whole(target, digest):
            _write(target, script.read_bytes(), digest)
    _check_runs(target)
    return str(target)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One task at a time, which saves work. Where a disk has no locks (some NFS), the last to write wins."""
    with open(folder / "lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass
        yield


def _check_runs(target: Path) -> None:
    """By running it: that a system's rules forbid it shows only then. Other failures are told where it is used."""
    try:
        subprocess.run(
            [target, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        if error.errno in DENIED:
            raise PermissionError(None, "programs can't be run from there") from None


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
    handle, fresh = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)  # other machines may have this folder
    try:
        with open(handle, "wb") as out:
            out.write(content)
        os.chmod(fresh, 0o700)
        os.replace(fresh, target)
    except OSError:  # a full disk
        os.unlink(fresh)
        raise
