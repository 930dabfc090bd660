"""What pyproject.toml can't say: an installation from source has the restsrc tool, too, built with the system's
libraries.

The C sources are in tool/ of an sdist, or the folder above in a checkout, whose own src/restsrc is taken where it is
built. RESTSRC_TOOL=none leaves the tool out: then a restsrc on PATH is used.
"""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from setuptools import setup
from setuptools.command.sdist import sdist
from setuptools.errors import SetupError

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70
    from wheel.bdist_wheel import bdist_wheel
from setuptools.command.build import build as _build  # noqa: F401  (distutils' commands are setuptools' from here on)

from distutils.command.build_scripts import build_scripts  # isort: skip

HERE = Path(__file__).resolve().parent
TREE = HERE / "tool" if (HERE / "tool").is_dir() else HERE.parent
# What a build needs of the tree that `make distdir` makes.
SOURCES = [
    "LICENSE",
    "configure",
    "configure.ac",
    "Makefile.in",
    "Makefile.am",
    "aclocal.m4",
    "build-aux",
    "man",
    "packaging/local.mk",
    "packaging/restsrc.spec.in",
    "share",
    "src",
    "tests/local.mk",
]
WAYS_OUT = """
The restsrc tool can't be built here (see above). Either
- install a wheel for this platform, which has it inside: restsrc-*-manylinux*.whl; or
- install what the build needs
  (Debian, Ubuntu: apt install gcc make pkg-config libcurl4-openssl-dev libcjson-dev zlib1g-dev;
  Fedora: dnf install gcc make pkgconf libcurl-devel cjson-devel zlib-devel); or
- set RESTSRC_TOOL=none, for the Python package alone, which runs a restsrc that is on PATH.
"""


def build_tool(folder: Path) -> Path:
    if (TREE / "src" / "restsrc").exists():
        return TREE / "src" / "restsrc"
    if not (TREE / "configure").exists():
        raise SetupError(f"{TREE} has no configure: run ./bootstrap there, or autoreconf -fi" + WAYS_OUT)
    folder.mkdir(parents=True, exist_ok=True)
    for command in ([str(TREE / "configure"), "--disable-maintainer-mode", "-q"], ["make", "-s", "src/restsrc"]):
        try:
            subprocess.run(command, cwd=folder, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SetupError(f"{command[0]}: {error}" + WAYS_OUT) from None
    return folder / "src" / "restsrc"


class Scripts(build_scripts):
    """The tool, instead of scripts of Python."""

    def run(self) -> None:
        tool = build_tool(Path(self.get_finalized_command("build").build_temp).resolve() / "tool")
        self.mkpath(self.build_dir)
        self.copy_file(str(tool), str(Path(self.build_dir) / "restsrc"))

    def get_source_files(self) -> "list[str]":
        return []


class Wheel(bdist_wheel):
    """For this machine, any Python 3: the tool is no extension of Python's."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self) -> "tuple[str, str, str]":
        return "py3", "none", sysconfig.get_platform().replace("-", "_").replace(".", "_")


class Source(sdist):
    """With the C sources: made by `make sdist`, from the tree that `make distdir` makes."""

    def make_release_tree(self, base_dir: str, files: "list[str]") -> None:
        super().make_release_tree(base_dir, files)
        missing = [name for name in SOURCES if not (TREE / name).exists()]
        if missing:
            raise SetupError(f"{TREE} lacks {', '.join(missing)}: an sdist is made by `make sdist`")
        for name in SOURCES:
            target = Path(base_dir, "tool", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if (TREE / name).is_dir():
                shutil.copytree(
                    TREE / name, target, ignore=shutil.ignore_patterns("*.o", "*.a", ".deps", ".dirstamp", "restsrc")
                )
            else:
                shutil.copy2(TREE / name, target)


if os.environ.get("RESTSRC_TOOL") == "none":
    setup()
else:
    setup(scripts=["restsrc"], cmdclass={"build_scripts": Scripts, "bdist_wheel": Wheel, "sdist": Source})
