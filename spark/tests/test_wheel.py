"""The wheel with the tool inside: installed by pip, and used as a zip file.

The tool is that of this source tree, or RESTSRC_WHEEL names a wheel that `make wheel` made.
"""

import csv
import email
import fcntl
import hashlib
import io
import os
import re
import stat
import struct
import subprocess
import sys
import sysconfig
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cluster import bare, empty_venv
from conftest import eventually

REPO = Path(__file__).resolve().parents[2]
READ = """
import sys
from pyspark.sql import SparkSession
from restsrc import RestApiDataSource, tool
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.dataSource.register(RestApiDataSource)
print(tool.find(), spark.read.format("rest-api").option("url", sys.argv[1]).load().count())
"""
FIND = "from restsrc import tool; print(tool.find())"


@pytest.fixture(scope="session")
def pure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pure")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--use-pep517",
            "--no-deps",
            str(REPO / "spark"),
            "-w",
            str(folder),
        ],
        env={**os.environ, "RESTSRC_TOOL": "none", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        check=True,
    )
    return next(folder.glob("*.whl"))


def make(folder, pure, *more):
    command = [sys.executable, str(REPO / "packaging" / "wheel.py"), str(pure), str(folder), *more]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


@pytest.fixture(scope="session")
def wheel(request, tmp_path_factory):
    if "RESTSRC_WHEEL" in os.environ:
        return Path(os.environ["RESTSRC_WHEEL"]).resolve()
    tag = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return make(tmp_path_factory.mktemp("wheel"), request.getfixturevalue("pure"), os.environ["RESTSRC_BIN"], tag)


@pytest.fixture(scope="session")
def python(tmp_path_factory):
    """A Python that has no restsrc."""
    return empty_venv(tmp_path_factory.mktemp("python") / "venv") / "bin" / "python"


def test_pip_installs_it_and_it_runs(wheel, tmp_path, fault):
    scenario = fault("n=250")
    environment = empty_venv(tmp_path / "venv")
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(install, env=bare(environment), check=True)
    version = subprocess.run(
        ["restsrc", "--version"], env=bare(environment), check=True, capture_output=True, text=True
    )
    assert version.stdout.startswith(f"restsrc {wheel.name.split('-')[1]} (libcurl/")
    assert not (environment / "bin" / "restsrc").read_bytes().startswith(b"#!")
    apis = subprocess.run(
        ["restsrc", "help", "apis"], env=bare(environment), check=True, capture_output=True, text=True
    )
    assert "stripe " in apis.stdout
    spark = subprocess.run(
        [python, "-c", READ, scenario.url],
        env=bare(environment),
        check=True,
        capture_output=True,
        text=True,
    )
    installed = environment / "bin" / "restsrc"
    assert spark.stdout.split() == [str(installed), "250"]
    # pip itself leaves it so where /tmp is mounted noexec
    installed.chmod(0o644)
    command = [python, "-c", "from restsrc import tool; print(tool.find())"]
    lost = subprocess.run(
        command, env=bare(environment, TMPDIR=str(tmp_path)), check=True, capture_output=True, text=True
    )
    copy = Path(lost.stdout.strip())
    assert copy.parent == tmp_path / f"restsrc-{os.geteuid()}"
    assert copy.read_bytes() == installed.read_bytes()
    subprocess.run([copy, "--version"], check=True)


def test_what_is_in_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        about = {name.rsplit("/", 1)[-1]: archive.read(name) for name in archive.namelist() if ".dist-info/" in name}
        listed = {path: (digest, size) for path, digest, size in csv.reader(io.StringIO(about["RECORD"].decode()))}
        assert listed.keys() == set(archive.namelist())
        assert all(int(size) == len(archive.read(path)) for path, (_, size) in listed.items() if size)
    metadata = email.message_from_bytes(about["METADATA"])
    needed = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert needed == ["pyarrow>=15"]
    assert any(
        line.startswith("pyspark>=4.0") and '"spark"' in line.replace("'", '"')
        for line in metadata.get_all("Requires-Dist")
    )


def test_made_twice_it_is_the_same(pure, tmp_path):
    tool = os.environ["RESTSRC_BIN"]
    one, two = (make(tmp_path / name, pure, tool, "py3-none-linux_x86_64") for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


# ---- as a zip file ----


@pytest.fixture
def archive(wheel, tmp_path):
    """Spark takes wheels for Python's path under the name of a zip file."""
    copy = tmp_path / "restsrc.zip"
    copy.write_bytes(wheel.read_bytes())
    return copy


@pytest.fixture
def find(python, tmp_path):
    """What a process finds that has a wheel on its path, and this test's folder for temporary files."""

    def run(archive, *words, umask=0o022, path="/usr/bin:/bin", before="", code=FIND, confined=(), **more):
        (tmp_path / "home").mkdir(exist_ok=True)
        environment = bare(
            "/nonexistent", HOME=str(tmp_path / "home"), PYTHONPATH=str(archive), TMPDIR=str(tmp_path), PATH=path
        )
        environment |= more
        command = [python, *(words or ("-c", code))]
        if confined:
            command = [sys.executable, Path(__file__).with_name("confined.py"), *confined, "--", *command]
        if before:  # in a name space of its own, after other mounts
            command = ["unshare", "-m", "sh", "-c", f'{before} && exec "$@"', "sh", *command]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, umask=umask)
        if confined and done.returncode == 77:
            pytest.skip(done.stderr)
        return done

    return run


def program(archive):
    with zipfile.ZipFile(archive) as wheel:
        return wheel.read(next(name for name in wheel.namelist() if name.endswith(".data/scripts/restsrc")))


def test_tasks_of_one_machine_unpack_it_once(archive, find, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = [run.stdout.strip() for run in pool.map(lambda _: find(archive), range(8))]
    folder = tmp_path / f"restsrc-{os.geteuid()}"
    assert set(found) == {str(folder / f"restsrc-{hashlib.sha256(program(archive)).hexdigest()[:16]}")}
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(Path(found[0]).stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["lock", Path(found[0]).name]
    before = Path(found[0]).stat()
    assert find(archive, umask=0).stdout.strip() == found[0]
    assert Path(found[0]).stat().st_mtime_ns == before.st_mtime_ns
    subprocess.run([found[0], "--version"], check=True)


def test_a_task_waits_while_another_unpacks(archive, find, tmp_path):
    folder = tmp_path / f"restsrc-{os.geteuid()}"
    folder.mkdir(mode=0o700)
    with ThreadPoolExecutor(1) as pool, (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = re.compile(rf"-> FLOCK .*:{os.fstat(lock.fileno()).st_ino} ")
        run = pool.submit(find, archive)
        eventually(lambda: run.done() or waiting.search(Path("/proc/locks").read_text()))
        assert not run.done() and [path.name for path in folder.iterdir()] == ["lock"]
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert Path(run.result().stdout.strip()).parent == folder


def test_a_program_that_was_changed_is_unpacked_again(archive, find, tmp_path):
    path = Path(find(archive).stdout.strip())
    path.write_bytes(b"#!/bin/sh\necho somebody else's\n")
    assert find(archive).stdout.strip() == str(path)
    assert path.read_bytes() == program(archive)


def test_a_folder_that_others_may_write_to_is_not_used(archive, find, tmp_path):
    folder = tmp_path / f"restsrc-{os.geteuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    found = find(archive).stdout.strip()
    assert found.startswith(str(tmp_path / "home" / ".cache" / "restsrc" / "bin"))
    assert not list(folder.iterdir())


def test_a_link_in_place_of_the_folder_is_not_followed(archive, find, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / f"restsrc-{os.geteuid()}").symlink_to(elsewhere)
    assert find(archive).stdout.strip().startswith(str(tmp_path / "home"))
    assert not list(elsewhere.iterdir())


def test_a_wheel_that_was_unzipped_has_the_tool_too(archive, find, tmp_path):
    """Python's zipfile, and many another, does not make what it unpacks executable."""
    with zipfile.ZipFile(archive) as wheel:
        wheel.extractall(tmp_path / "unzipped")
    found = Path(find(tmp_path / "unzipped").stdout.strip())
    assert found.parent == tmp_path / f"restsrc-{os.geteuid()}"
    assert found.read_bytes() == program(archive)
    subprocess.run([found, "--version"], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="chown needs root")
def test_a_folder_that_somebody_else_made_is_not_used(archive, find, tmp_path):
    folder = tmp_path / f"restsrc-{os.geteuid()}"
    folder.mkdir(mode=0o700)
    planted = folder / f"restsrc-{hashlib.sha256(program(archive)).hexdigest()[:16]}"
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o755)
    os.chown(folder, 12345, 12345)
    assert find(archive).stdout.strip().startswith(str(tmp_path / "home"))
    assert planted.read_text() == "#!/bin/sh\n"


def test_a_link_in_place_of_the_program_is_replaced(archive, find, tmp_path):
    path = Path(find(archive).stdout.strip())
    path.rename(tmp_path / "same")
    path.symlink_to(tmp_path / "same")
    assert find(archive).stdout.strip() == str(path)
    assert not path.is_symlink() and path.read_bytes() == program(archive)


def test_half_a_program_is_unpacked_again(archive, find, tmp_path):
    """Of a machine that lost its power, say: the file has its name and mode, but not its end."""
    path = Path(find(archive).stdout.strip())
    os.truncate(path, 4096)
    assert find(archive).stdout.strip() == str(path)
    assert path.read_bytes() == program(archive)


def test_where_the_rules_of_the_system_forbid_programs_the_next_place_is_taken(archive, find, python, tmp_path):
    """SELinux and its like say so only when a program is run."""
    system = [str(place) for place in map(Path, ("/usr", "/lib", "/lib64", "/bin")) if place.exists()]
    allowed = [*system, str(python), str(python.resolve()), str(tmp_path / "home")]
    found = find(archive, confined=["programs", *allowed])
    assert found.stdout.strip().startswith(str(tmp_path / "home" / ".cache" / "restsrc" / "bin")), found.stderr
    found = find(archive, confined=["programs", *allowed[:-1]])
    assert found.stderr.count("programs can't be run from there") == 3 and "RESTSRC_BIN" in found.stderr


def test_python_m_is_the_tool(archive, find, tmp_path):
    done = find(archive, "-m", "restsrc", "--version")
    assert done.stdout.startswith("restsrc ") and done.returncode == 0
    assert find(archive, "-m", "restsrc", "read").returncode == 64
    done = find(archive, "-m", "restsrc", "--version", RESTSRC_BIN="/nonexistent")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("restsrc: RESTSRC_BIN names /nonexistent")


def test_a_program_that_is_gone_is_unpacked_again(archive, find):
    """Long after a process has found it, that is: systems clean /tmp of what is old."""
    cleaned = "import os, shutil; shutil.rmtree(os.path.dirname(tool.find()))"
    found = find(archive, code=f"{FIND}; {cleaned}; print(tool.find())").stdout.split()
    assert found[0] == found[1]
    assert Path(found[1]).read_bytes() == program(archive)


def test_a_disk_without_locks_will_do(archive, find, tmp_path):
    found = find(archive, confined=["locks"])
    assert found.stdout.strip().startswith(str(tmp_path / f"restsrc-{os.geteuid()}")), found.stderr
    assert Path(found.stdout.strip()).read_bytes() == program(archive)


def test_whatever_the_umask_no_folder_is_made_that_others_may_write_to(archive, find, tmp_path):
    (tmp_path / f"restsrc-{os.geteuid()}").touch()  # nothing can be put there
    found = Path(find(archive, umask=0).stdout.strip())
    home = tmp_path / "home"
    assert found.is_relative_to(home / ".cache")
    made = [folder for folder in found.parents if folder.is_relative_to(home / ".cache")]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3


@pytest.mark.skipif(os.geteuid() != 0, reason="chown needs root")
def test_root_makes_nothing_in_the_home_of_another_user(archive, find, tmp_path):
    """sudo may leave HOME as it is: that user could not use ~/.cache any more."""
    (tmp_path / f"restsrc-{os.geteuid()}").touch()
    home = tmp_path / "theirs"
    home.mkdir()
    os.chown(home, 12345, 12345)
    found = find(archive, HOME=str(home)).stdout.strip()
    assert found.startswith(str(tmp_path / f".restsrc-{os.geteuid()}"))
    assert not list(home.iterdir())
    assert find(archive, HOME=str(tmp_path / "none")).stdout.strip() == found
    assert not (tmp_path / "none").exists()


def test_where_the_folder_of_the_task_is_gone_it_says_where_else_it_tried(archive, find, tmp_path):
    for place in (f"restsrc-{os.geteuid()}", "home/.cache"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    gone = "import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
    told = find(archive, code=gone + FIND).stderr.splitlines()[-1]
    assert told.startswith("restsrc.errors.OptionError: ") and told.count("File exists") == 2
    assert "RESTSRC_BIN" in told


def test_a_folder_of_the_name_of_the_tool_is_not_the_tool(archive, find, tmp_path):
    with zipfile.ZipFile(archive) as wheel:
        wheel.extractall(tmp_path / "unzipped")
    (tmp_path / "unzipped" / "bin" / "restsrc").mkdir(parents=True)
    found = Path(find(tmp_path / "unzipped").stdout.strip())
    assert found.read_bytes() == program(archive)


def test_a_tool_for_another_kind_of_machine_is_told_as_such(archive, find, pure, tmp_path):
    other = bytearray(program(archive))
    other[18:20] = struct.pack("<H", 8)  # the processor in the head of an ELF file: MIPS
    (tmp_path / "other").write_bytes(other)
    wheel = make(tmp_path / "wheels", pure, str(tmp_path / "other"), "py3-none-linux_mips")
    archive.write_bytes(wheel.read_bytes())
    told = find(archive, code=f"{FIND}; tool.tool_options(tool.find())").stderr.splitlines()[-1]
    assert f"Exec format error; it is for another kind of machine than this one ({os.uname().machine})" in told
    started = f"{FIND}; from restsrc import process; process._start([tool.find()], -1, -1, [])"
    assert find(archive, code=started).stderr.splitlines()[-1] == told


def test_a_python_that_is_too_old_is_told_as_such(archive, find):
    """Nothing asks before a zip file is put on Python's path."""
    older = "import sys; sys.version_info, sys.version = (3, 9, 18, 'final', 0), '3.9.18 (main)'; import restsrc"
    told = find(archive, code=older).stderr.splitlines()[-1]
    assert told.startswith("ImportError: restsrc needs Python 3.10 or newer") and "is 3.9.18" in told


needs_mounts = pytest.mark.skipif(
    subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0,
    reason="unshare -m needs root",
)


@needs_mounts
def test_where_programs_cannot_be_run_the_next_place_is_taken(archive, find, tmp_path):
    noexec = "for place in %s; do mkdir -p $place && mount -t tmpfs -o noexec,mode=700 none $place || exit 1; done"
    folder, home = tmp_path / f"restsrc-{os.geteuid()}", tmp_path / "home"
    found = find(archive, before=noexec % folder)
    assert found.stdout.strip().startswith(str(home / ".cache" / "restsrc" / "bin")), found.stderr
    found = find(archive, before=noexec % f"{folder} {home}")
    assert found.stdout.strip().startswith(str(tmp_path / f".restsrc-{os.geteuid()}")), found.stderr


@needs_mounts
def test_where_the_disk_is_full_the_next_place_is_taken(archive, find, tmp_path):
    """And nothing is left of what did not fit."""
    folder, left = tmp_path / f"restsrc-{os.geteuid()}", tmp_path / "left"
    folder.mkdir(mode=0o700)
    full = f"mount -t tmpfs -o size=64k,mode=700 none {folder}"
    # the name space ends with the process, so what it leaves is looked at from inside
    found = find(archive, before=f'{full} && ("$@" >{left}.out; ls {folder} >{left})')
    assert (tmp_path / "left").read_text() == "lock\n", found.stderr
    assert (tmp_path / "left.out").read_text().startswith(str(tmp_path / "home" / ".cache" / "restsrc" / "bin"))


@needs_mounts
def test_where_nothing_can_be_written_it_says_where_it_tried(archive, find, tmp_path):
    places = f"/tmp /var/tmp {tmp_path}"
    read_only = "for place in %s; do mount --bind $place $place && mount -o remount,bind,ro $place || exit 1; done"
    found = find(archive, before=f"mount -o remount,bind,ro / && {read_only % places}")
    assert found.returncode == 1
    tried = [tmp_path / "home" / ".cache" / "restsrc" / "bin", tmp_path / f".restsrc-{os.geteuid()}"]
    assert all(f"{place}: Read-only file system" in found.stderr for place in tried), found.stderr
    assert "OptionError" in found.stderr and "RESTSRC_BIN" in found.stderr


def test_a_wheel_whose_program_is_damaged_is_refused(archive, find, tmp_path):
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:-1] + b"?" if name.endswith("scripts/restsrc") else content)
    run = find(damaged)
    assert run.returncode == 1
    assert "damaged" in run.stderr


def test_a_wheel_without_the_tool_takes_it_from_the_path(pure, find, tmp_path):
    archive = tmp_path / "pure.zip"
    archive.write_bytes(make(tmp_path, pure).read_bytes())
    run = find(archive)
    assert "not found on this machine" in run.stderr
    assert "install the wheel" in run.stderr
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "restsrc").symlink_to(os.environ["RESTSRC_BIN"])
    found = find(archive, path=f"{tmp_path}/bin:/usr/bin")
    assert found.stdout.strip() == str(tmp_path / "bin" / "restsrc")
