#!/usr/bin/env python3
"""A wheel of the Python package with the restsrc tool inside, the same byte for byte each time.

    packaging/wheel.py PURE.whl FOLDER                          py3-none-any, without a tool
    packaging/wheel.py PURE.whl FOLDER TOOL TAG [LIBRARIES]     with the program TOOL, for TAG

PURE.whl is what setuptools makes. The tool becomes a script of the wheel: pip puts it where the environment's programs
are, so that a shell runs it without Python. LIBRARIES is the folder that packaging/static/build leaves: a table of what
is linked into the tool, and the licences; they go into the wheel, with a bill of materials (CycloneDX). Prints the path
of the wheel.
"""

import base64
import hashlib
import json
import sys
import uuid
import zipfile
from pathlib import Path
from urllib.parse import quote

ANY = "py3-none-any"


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = (0o100000 | mode) << 16
    return info


def wheel_file(tag: str) -> bytes:
    """dist-info/WHEEL: a compressed set of tags (py3-none-a.b) stands there one by one."""
    python, abi, platforms = tag.split("-")
    lines = ["Wheel-Version: 1.0", "Generator: restsrc", f"Root-Is-Purelib: {'true' if tag == ANY else 'false'}"]
    lines += [f"Tag: {python}-{abi}-{platform}" for platform in platforms.split(".")]
    return "".join(line + "\n" for line in lines).encode()


def record(files: "dict[str, tuple[bytes, int]]", name: str) -> bytes:
    lines = []
    for path, (content, _) in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}\n")
    return "".join([*lines, f"{name},,\n"]).encode()


def components(libraries: Path) -> "list[dict[str, object]]":
    found = []
    for line in (libraries / "components").read_text().splitlines():
        kind, name, version, licence = line.split()
        purl = f"pkg:{kind}/{name}@{quote(version, safe='~')}"
        part: dict[str, object] = {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "licenses": [{"license": {"id": licence}}],
            "purl": purl + ("?arch=source&distro=bookworm" if kind == "deb/debian" else ""),
        }
        if name == "musl":
            part["pedigree"] = {"notes": "with packaging/static/musl.patch of restsrc's sources"}
        found.append(part)
    return found


def bill_of_materials(version: str, tool: bytes, libraries: Path) -> bytes:
    digest = hashlib.sha256(tool).hexdigest()
    parts = components(libraries)
    itself = {
        "type": "application",
        "bom-ref": f"restsrc@{version}",
        "name": "restsrc",
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {"component": itself},
        "components": parts,
        "dependencies": [{"ref": itself["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}],
    }
    return json.dumps(bill, indent=1).encode() + b"\n"


def main(pure: Path, folder: Path, tool: "Path | None" = None, tag: str = ANY, libraries: "Path | None" = None) -> Path:
    name, version = pure.name.split("-")[:2]
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(pure) as source:
        files = {path: (source.read(path), 0o644) for path in sorted(source.namelist()) if not path.startswith(info)}
        about = {path: (source.read(path), 0o644) for path in sorted(source.namelist()) if path.startswith(info)}
    about[f"{info}/WHEEL"] = (wheel_file(tag), 0o644)
    del about[f"{info}/RECORD"]
    if tool:
        files[f"{name}-{version}.data/scripts/restsrc"] = (tool.read_bytes(), 0o755)
    about[f"{info}/licenses/LICENSE"] = ((Path(__file__).parents[1] / "LICENSE").read_bytes(), 0o644)
    if tool and libraries:
        for text in sorted((libraries / "licenses").iterdir()):
            about[f"{info}/licenses/{text.name}"] = (text.read_bytes(), 0o644)
        about[f"{info}/sboms/restsrc.cdx.json"] = (bill_of_materials(version, tool.read_bytes(), libraries), 0o644)
    files.update(about)
    files[f"{info}/RECORD"] = (record(files, f"{info}/RECORD"), 0o644)
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as out:
        for path, (content, mode) in files.items():
            out.writestr(entry(path, mode), content, compresslevel=9)
    return wheel


if __name__ == "__main__":
    if len(sys.argv) not in (3, 5, 6):
        sys.exit(__doc__)
    pure, folder, *rest = sys.argv[1:]
    tool, tag, libraries = [*rest, None, None, None][:3]
    print(main(Path(pure), Path(folder), tool and Path(tool), tag or ANY, libraries and Path(libraries)))
