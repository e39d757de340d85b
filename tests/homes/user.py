# SPDX-License-Identifier: Apache-2.0
"""A user of modelgate: a git repository with models, golden rows and a gate file, and a wheel that pip installs offline."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FRAUD = REPOSITORY / "fixtures/generated/fraud"
BINARY = Path(os.environ.get("MODELGATE_BIN", REPOSITORY / "build/release/bin/modelgate")).absolute()
NODE_MODULES = REPOSITORY / "tests/node/node_modules"
TOOLS = Path(sys.executable).parent                                    # node, check-jsonschema
FROM_CI = ("GITHUB_", "GITLAB_", "JENKINS_", "CI", "PIP_", "MODELGATE_")   # nothing of the CI that runs this test leaks in
VERSION = "0.1.0"
WHEEL = f"modelgate-{VERSION}-py3-none-manylinux_2_35_x86_64.whl"
BLOCKED, PASSING = "fraud_v2.2.pt", "fraud_v2.3.pt"


def gate_file() -> str:
    """The shipped example without its latency checks, which need a minute of quiet, and with a user's paths."""
    text = (REPOSITORY / "fixtures/fraud/modelgate.yaml").read_text(encoding="utf-8").partition("  latency:")[0]
    for old, new in (("models/fraud_v2.2.pt", "models/candidate.pt"), ("models/fraud_v2.1.pt", "models/production.pt"),
                     ("golden.parquet", "golden/golden.parquet"), ("../generated/fraud/", "")):
        assert old in text, old
        text = text.replace(old, new)
    return text


def git(*arguments: str, cwd: Path) -> str:
    return subprocess.run(["git", "-c", "user.name=user", "-c", "user.email=user@example.com", "-c", "init.defaultBranch=main",
                           *arguments], cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


def make_repository(folder: Path, candidate: str) -> None:
    """A committed repository whose candidate is one of the example's models."""
    for name in ("models", "golden"):
        (folder / name).mkdir(parents=True)
    shutil.copy(FRAUD / "models" / candidate, folder / "models/candidate.pt")
    shutil.copy(FRAUD / "models/fraud_v2.1.pt", folder / "models/production.pt")
    shutil.copy(FRAUD / "golden.parquet", folder / "golden/golden.parquet")
    shutil.copy(FRAUD / "merchant_category.json", folder)
    (folder / "modelgate.yaml").write_text(gate_file(), encoding="utf-8")
    write_script(folder / "deploy.sh", 'echo "$1" >deployed.txt')
    write_script(folder / "fetch_golden.sh", 'cp golden/golden.parquet "$1"')
    make_wheel(folder / "tools")
    git("init", "-q", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "-q", "-m", "A model", cwd=folder)


def write_script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\nset -eu\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def make_wheel(folder: Path) -> Path:
    """A wheel named modelgate whose command is the built binary, so that the pipelines' pip steps run for real, offline."""
    info = f"modelgate-{VERSION}.dist-info"
    files = {
        "modelgate_of_the_build.py": f"import os, sys\ndef main():\n    os.execv({str(BINARY)!r}, ['modelgate', *sys.argv[1:]])\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: modelgate\nVersion: {VERSION}\nProvides-Extra: torch\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-manylinux_2_35_x86_64\n",
        f"{info}/entry_points.txt": "[console_scripts]\nmodelgate = modelgate_of_the_build:main\n",
    }
    digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    record = "".join(f"{name},sha256={digest(text)},{len(text.encode())}\n" for name, text in files.items())
    folder.mkdir(parents=True)
    path = folder / WHEEL
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in (files | {f"{info}/RECORD": record + f"{info}/RECORD,,\n"}).items():
            wheel.writestr(name, text)
    return path


class Case(unittest.TestCase):
    """A test with a folder of its own and an environment in which pip has one index: a folder that holds our wheel."""

    def setUp(self) -> None:
        if not BINARY.is_file():
            self.fail(f"{BINARY} is not there: build it (ci/build) or set MODELGATE_BIN")
        holder = tempfile.TemporaryDirectory(prefix="modelgate-homes-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        make_wheel(self.folder / "index/modelgate")
        (self.folder / "index/modelgate/index.html").write_text(f'<!DOCTYPE html><a href="{WHEEL}">{WHEEL}</a>')
        self.index = f"file://{self.folder}/index/"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        self.environment |= {"PIP_INDEX_URL": self.index, "HOME": str(self.folder),
                             "PATH": os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep)
                                                     if not (Path(p) / "modelgate").exists())}

    def repository(self, candidate: str, name: str = "repository") -> Path:
        make_repository(self.folder / name, candidate)
        return self.folder / name

    def with_binary(self) -> dict[str, str]:
        """The environment of a machine that has modelgate on the PATH already."""
        return self.environment | {"PATH": f"{BINARY.parent}{os.pathsep}{self.environment['PATH']}"}
