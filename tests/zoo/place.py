# SPDX-License-Identifier: Apache-2.0
"""What every animal of the zoo is made of: a case, and the place it is put into."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from support import GATE, GENERATED

ODD = GENERATED / "odd_models"
LIVE_GATE = (GATE.replace("{predictions: good.csv, columns: [score]}", f"{{model: {ODD}/better.pt}}")
             .replace("{predictions: production.csv, columns: [score]}", f"{{model: {ODD}/plain.pt}}")
             .replace("  label: label\n", "  label: label\n  inputs: [{columns: [x0, x1], dtype: float32}]\n"))


@dataclass
class Place:
    """A folder with golden rows, recorded predictions of two models and a gate file that passes; a case spoils it."""

    folder: Path
    models: Path                                           # the zoo's own TorchScript files
    arguments: list[str] = field(default_factory=list)     # of modelgate run, behind -o out/
    environment: dict[str, str | None] = field(default_factory=dict)   # None: not set
    command: list[str] = field(default_factory=list)       # what starts modelgate; "$0" "$@" of a shell
    out: str = "out/"

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, content: bytes | str) -> Path:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def gate(self, *changes: tuple[str, str], text: str = GATE) -> None:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        self.write("modelgate.yaml", text)

    def live(self, candidate: Path | str, *changes: tuple[str, str]) -> None:
        """Two live models, the candidate this one."""
        self.gate((f"candidate: {{model: {ODD}/better.pt}}", f'candidate: {{model: "{candidate}"}}'), *changes,
                  text=LIVE_GATE)

    def shell(self, line: str) -> None:
        """modelgate is started by this line of a shell, in which it is "$0" "$@"."""
        self.command = ["sh", "-c", line]


@dataclass(frozen=True)
class Case:
    """One bad thing, and what must come of it."""

    name: str
    codes: tuple[int, ...]                 # the exit codes that are right
    says: str                              # what must be said of it, on the console or in a report
    make: Callable[[Place], None]
    production: bool = False               # production must have been judged all the same
    reports: bool = True                   # blocking reports must stand in the place of the pass that lay there
    deadline: float = 60.0                 # seconds
    needs: str = ""                        # "root" or "user": skipped aloud without it
    sanitized: bool = True                 # false: the sanitizers need what is missing, or have no limit on memory
    user: bool = False                     # what comes of it may depend on who runs it: run as an ordinary user, too


def case(cases: list[Case], code: int | tuple[int, ...], says: str, **more):
    """Registers the decorated function under its own name."""
    def register(make: Callable[[Place], None]) -> Callable[[Place], None]:
        codes = code if isinstance(code, tuple) else (code,)
        cases.append(Case(make.__name__, codes, says, make, **more))
        return make
    return register
