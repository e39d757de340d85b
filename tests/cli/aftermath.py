# SPDX-License-Identifier: Apache-2.0
"""What a run that was disturbed may leave behind: reports that are whole and never a pass, no process, no file."""

from __future__ import annotations

import ctypes
import json
import os
import re
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
VOLATILE = ("run", "environment")                     # of report.json
VOLATILE_ATTRIBUTES = ("time", "timestamp", "hostname")   # of JUnit


def adopt_orphans() -> None:
    """From now on every process that loses its parent below this one becomes this one's child."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def children() -> dict[int, str]:
    """Processes whose parent is this one, with their command lines; zombies are reaped."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) != os.getpid():
                continue
            if fields[0] == "Z":
                os.waitpid(int(entry.name), os.WNOHANG)
                continue
            found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, ChildProcessError):
            continue
    return found


def strays(patience: float = 10.0) -> dict[int, str]:
    """Workers of modelgate that outlived their gate by this many seconds."""
    end = time.monotonic() + patience
    while True:
        left = {pid: words for pid, words in children().items() if "modelgate" in words}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def shared_memory() -> set[str]:
    """Names in /dev/shm that could be the gate's; its lock is there to stay."""
    folder = Path("/dev/shm")
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return {name for name in names if "modelgate" in name and not name.endswith(".lock")}


def temporary_files(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.name.endswith(".tmp")]


def parse_junit(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()


def says_pass(folder: Path) -> list[str]:
    """The reports there that a reader would take for a pass. A report that is not whole is an exception."""
    passing = []
    if (folder / "report.json").is_file():
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        if report["verdict"] == "pass" or report["exit_code"] == 0:
            passing.append("report.json")
    if (folder / "junit.xml").is_file():
        root = parse_junit(folder / "junit.xml")
        cases = list(root.iter("testcase"))
        bad = [c for c in cases if c.find("error") is not None or c.find("failure") is not None]
        if not cases or not bad or int(root.get("failures")) + int(root.get("errors")) != len(bad):
            passing.append("junit.xml")
    if (folder / "summary.md").is_file() and "; exit 0:" in (folder / "summary.md").read_text(encoding="utf-8"):
        passing.append("summary.md")
    if (folder / "report.html").is_file():
        title = re.search(r"<title>(.*?)</title>", (folder / "report.html").read_text(encoding="utf-8"))
        if title is None or title[1].startswith("Pass"):
            passing.append("report.html")
    return passing


def lasting(folder: Path) -> tuple[dict, str]:
    """What two runs over the same data must tell alike: report.json and JUnit without times and places."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    for key in VOLATILE:
        report.pop(key)
    root = parse_junit(folder / "junit.xml")
    for element in root.iter():
        for name in VOLATILE_ATTRIBUTES:
            element.attrib.pop(name, None)
    return report, ElementTree.tostring(root, encoding="unicode")
