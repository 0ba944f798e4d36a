"""python -m solireward_kernel CONNECTION_FILE, which Jupyter types."""

import sys
from pathlib import Path

from solireward_kernel import run

# The same as in kernel/process/nodeFlags.ts.
FLAGS = ["--disable-warning=ExperimentalWarning", "--expose-internals", "--disable-warning=internal/test/binding"]

run(Path("dist", "kernel", "process", "main.js"), sys.argv[1:], FLAGS)
