"""Runs a notebook headless, with its output as it comes; saves it executed and as one HTML page, even if it fails.

usage: runNotebook.py NOTEBOOK OUTPUT_FOLDER

OUTPUT_FOLDER gets the notebook, the page, and notebook.json: succeeded, seconds, sections (the title of each, and the
seconds that its cells ran), and peakMemoryBytes, the most resident memory that the kernel and its children held together.
Exit code: 0, or 1 when a cell raised an error.
"""

import asyncio
import html
import json
import os
import re
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter

# A clip in the HTML of an output, by its path from the folder of the notebook.
CLIP = re.compile(r'(<video [^>]*?src=")(?![a-z]+:|/)([^"]+)')
UPDATE_SECONDS = 2.0
MEMORY_SECONDS = 0.25


class PrintingClient(NotebookClient):
    """Prints streams at once, displays as their plain text, and updates of a display every few seconds."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.last_update = {}
        self.pending = {}

    def process_message(self, msg, cell, cell_index):
        kind, content = msg["msg_type"], msg["content"]
        if kind == "update_display_data":
            self.update(content)
        elif kind in ("stream", "display_data", "execute_result", "error"):
            self.print_pending()
            self.print_output(kind, content)
        return super().process_message(msg, cell, cell_index)

    def print_output(self, kind, content):
        if kind == "stream":
            say(content["text"], end="")
        elif kind == "error":
            say("\n".join(content["traceback"]))
        else:
            say(content["data"].get("text/plain", ""))
            self.last_update[content.get("transient", {}).get("display_id")] = time.monotonic()

    def update(self, content):
        """Prints an update now, or keeps the latest until something else is printed."""
        display = content["transient"].get("display_id")
        self.pending[display] = content["data"].get("text/plain", "")
        if time.monotonic() - self.last_update.get(display, 0) >= UPDATE_SECONDS:
            self.last_update[display] = time.monotonic()
            say(self.pending.pop(display))

    def print_pending(self):
        for text in self.pending.values():
            say(text)
        self.pending.clear()


class PeakMemory(threading.Thread):
    """Samples the resident memory of a process and its descendants."""

    def __init__(self):
        super().__init__(daemon=True)
        self.pid = None
        self.peak = 0

    def run(self):
        while True:
            if self.pid:
                self.peak = max(self.peak, tree_memory(self.pid))
            time.sleep(MEMORY_SECONDS)


def tree_memory(pid):
    try:
        process = psutil.Process(pid)
        tree = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for member in tree:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            pass
    return total


def say(text, end="\n"):
    if text:
        print(text, end=end, flush=True)


def first_line(cell):
    """The title of a cell: its first line, if it says anything."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    return lines[0] if lines else "(empty)"


def cell_seconds(cell):
    """How long a cell ran, by the times that the client has written into it; 0 of one that never ran."""
    times = cell.metadata.get("execution", {})
    if "iopub.execute_input" not in times or "shell.execute_reply" not in times:
        return 0.0
    # Python 3.10 does not read the Z of UTC.
    begin, end = (
        datetime.fromisoformat(times[name].replace("Z", "+00:00"))
        for name in ("iopub.execute_input", "shell.execute_reply")
    )
    return (end - begin).total_seconds()


def section_times(notebook):
    """The headings of the second level, in their order, with the seconds that the cells below each ran."""
    sections = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if sections:
                sections[-1]["seconds"] += cell_seconds(cell)
            continue
        for line in cell.source.splitlines():
            if line.startswith("## "):
                sections.append({"title": line[3:].strip(), "seconds": 0.0})
    return [{**section, "seconds": round(section["seconds"], 1)} for section in sections]


async def execute(notebook, folder, memory):
    """Runs all code cells; returns whether none failed."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    client = PrintingClient(notebook, timeout=None, resources={"metadata": {"path": str(folder)}})

    def on_cell_start(cell, cell_index):
        if cell.cell_type == "code":
            memory.pid = client.km.provisioner.pid
            say(f"[cell {cells.index(cell) + 1}/{len(cells)}] {first_line(cell)}")

    def on_cell_executed(**_):
        client.print_pending()

    client.on_cell_start = on_cell_start
    client.on_cell_executed = on_cell_executed
    try:
        await client.async_execute()
    except (CellExecutionError, DeadKernelError) as error:
        client.print_pending()
        say(f"[notebook] FAILED: {type(error).__name__}")
        if isinstance(error, DeadKernelError):
            say(str(error))
        return False
    return True


def move_clips(notebook, source, target):
    """Turns the paths of clips from one folder into those from another, so that the saved notebook finds them."""

    def moved(match):
        clip = source / unquote(html.unescape(match[2]))
        path = Path(os.path.relpath(clip, target)).as_posix()
        return match[1] + quote(path) if clip.is_file() else match[0]

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = CLIP.sub(moved, data["text/html"])


def html_page(notebook, title):
    """One page that needs nothing from the network."""
    exporter = HTMLExporter(embed_images=True, require_js_url="", mathjax_url="")
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    return page


def main():
    source, output = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(source, as_version=4)
    memory = PeakMemory()
    memory.start()
    start = time.monotonic()
    succeeded = False
    try:
        succeeded = asyncio.run(execute(notebook, source.parent, memory))
    finally:
        move_clips(notebook, source.parent, output.resolve())
        nbformat.write(notebook, output / source.name)
        (output / source.with_suffix(".html").name).write_text(html_page(notebook, source.stem), "utf-8")
        report = {
            "succeeded": succeeded,
            "seconds": round(time.monotonic() - start, 1),
            "sections": section_times(notebook),
            "peakMemoryBytes": memory.peak,
        }
        (output / "notebook.json").write_text(json.dumps(report), "utf-8")
    sys.exit(0 if succeeded else 1)


if __name__ == "__main__":
    main()
