# SPDX-License-Identifier: Apache-2.0
"""Runs the gate as an ordinary user where the tests run as root, which may do nearly everything and so hides faults."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from support import BINARY, GENERATED

NOBODY = 65534
IDENTITY = {"user": NOBODY, "group": NOBODY, "extra_groups": []}   # of subprocess: all of root's rights go with it


def own(folder: Path) -> None:
    """Gives the user this folder and all in it; links themselves, not what they lead to."""
    os.chown(folder, NOBODY, NOBODY)
    for base, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(base, name), NOBODY, NOBODY, follow_symlinks=False)


def hindrance() -> str:
    """Why the gate cannot be run so here; empty where it can."""
    if os.geteuid() != 0:
        return "these tests run as an ordinary user already"
    worker = BINARY.with_name("modelgate-worker")
    linked = [line.split("=>")[1].split()[0] for program in (BINARY, worker) for line in
              subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.splitlines()
              if "=> /" in line]
    needed = [BINARY, worker, *sorted(set(linked)), GENERATED / "odd_models/better.pt"]
    done = subprocess.run(["sh", "-c", 'for file; do [ -r "$file" ] || echo "$file"; done', "sh", *needed], text=True,
                          capture_output=True, check=True, cwd="/", **IDENTITY)
    closed = done.stdout.split("\n")[0]
    return f"an ordinary user cannot read {closed}; check out where others may go, or chmod o+x its folders" if closed else ""
