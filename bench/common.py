"""What the benchmarks share: an nginx of our own, the restsrc that was built, and measurements that take turns."""

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV_PYTHON = ROOT / ".venv/bin/python"  # has Spark, pandas and requests
PEERS_PYTHON = ROOT / ".bootstrap/peers/bin/python"  # has dlt and matplotlib; make bench makes it


# nginx ------------------------------------------------------------------------------------------------------------


def find_nginx():
    """nginx from PATH, or as ./bootstrap unpacked it."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", str(ROOT / ".bootstrap/nginx/usr/sbin")])
    return shutil.which("nginx", path=path) or sys.exit("bench: no nginx; ./bootstrap unpacks one")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port, server):
    """Wait until the server takes connections; False when it ended instead."""
    while server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        time.sleep(0.01)
    return False


def start_nginx(prefix, folder):
    """nginx takes no port 0, so another process may get the port first: then try the next."""
    template = (ROOT / "bench/nginx.conf.in").read_text()
    Path(prefix, "temp").mkdir()
    for _ in range(10):
        port = free_port()
        values = {"@USER@": "user root;" if os.geteuid() == 0 else "", "@PORT@": str(port), "@PAGES@": str(folder)}
        text = template
        for name, value in values.items():
            text = text.replace(name, value)
        Path(prefix, "nginx.conf").write_text(text)
        server = subprocess.Popen([find_nginx(), "-p", prefix, "-e", "stderr", "-c", "nginx.conf"])
        if listens(port, server):
            return server, port
    sys.exit("bench: nginx did not start; its message is above")


@contextlib.contextmanager
def nginx(folder):
    """The URL of the server, while nginx runs: /items has the pages in the folder, /sink takes what is
    written and forgets it."""
    with tempfile.TemporaryDirectory() as prefix:
        server, port = start_nginx(prefix, folder)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


# Programs ---------------------------------------------------------------------------------------------------------


def restsrc():
    """RESTSRC_BIN, or what make built, in the current folder (a build outside the source tree) or the source tree."""
    for path in [os.environ["RESTSRC_BIN"]] if "RESTSRC_BIN" in os.environ else ["src/restsrc", ROOT / "src/restsrc"]:
        if os.access(path, os.X_OK):
            return str(Path(path).resolve())
    sys.exit("bench: there is no restsrc; run make")


def has(program):
    return shutil.which(program) is not None


def has_module(python, module):
    return (
        python.exists()
        and subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0
    )


def those_there(contestants, needs):
    """Those whose needs are met; the others are named."""
    for name, there in needs.items():
        if name in contestants and not there:
            print(f"bench: without {name}, which is not installed", file=sys.stderr)
            del contestants[name]
    return contestants


# Measuring --------------------------------------------------------------------------------------------------------


def descendants(pid):
    """The process and all below it."""
    with contextlib.suppress(OSError):
        below = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
        return [pid, *(process for children in below for child in children for process in descendants(int(child)))]
    return [pid]


def peaks(pid):
    """{pid: peak resident kB} of a process and all below it, as far as it has come."""
    found = {}
    for process in descendants(pid):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
            found[process] = int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    return found


def watch(pid, ended, found):
    """Note the peaks until it ended. (The ru_maxrss of a child starts at the size of the process
    that forked it: of no use.)"""
    while not ended.wait(0.01):
        found.update(peaks(pid))


def measure(argv, stdin=os.devnull):
    """(wall seconds, processor seconds, peak memory in MiB) of a command, everything it started included.
    stdin: a file's name."""
    ended, found = threading.Event(), {}
    start = time.monotonic()
    with open(stdin, "rb") as source:
        child = subprocess.Popen([str(word) for word in argv], stdin=source, stdout=subprocess.DEVNULL)
    watcher = threading.Thread(target=watch, args=(child.pid, ended, found))
    watcher.start()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    ended.set()
    watcher.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"bench: exit code {child.returncode} from {' '.join(map(str, argv))}")
    return wall, usage.ru_utime + usage.ru_stime, sum(found.values()) / 1024


def take_turns(contestants, rounds, run=measure):
    """{name: [what run() measured]}; each round begins with another contestant. A first round only warms up."""
    names = list(contestants)
    results = {name: [] for name in names}
    for turn in range(rounds + 1):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            result = run(contestants[name])
            if turn:
                results[name].append(result)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return results


def figures(results, **about):
    """One row a contestant: the medians, and the shortest and longest time."""
    for name, measured in results.items():
        wall, processor, peak = zip(*measured)
        yield {
            **about,
            "name": name,
            "wall": statistics.median(wall),
            "least": min(wall),
            "most": max(wall),
            "processor": statistics.median(processor),
            "peak_mib": max(peak),
        }
