# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over the product's sources, remembering what was clean.

The key of a file is the digest of its preprocessed text, of .clang-tidy and of the tool's version, so a remembered
result is the result; the first run on a fresh machine analyses everything.
"""
import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# From PyPI: this version no longer matches what system headers declare, which took two thirds of the time.
TOOL = str(ROOT / ".venv" / "bin" / "clang-tidy")


def sources(build):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in ("gate", "checks"):
            yield path, entry


def own_headers(command, directory):
    """The project's own files that a source includes, so that a change in any of them analyses it again."""
    words = [w for w in shlex.split(command) if w != "-c" and not w.endswith("ccache")]
    words = [w for i, w in enumerate(words) if w != "-o" and (i == 0 or words[i - 1] != "-o")]
    text = subprocess.run(words + ["-MM", "-MT", "x"], cwd=directory, capture_output=True, text=True).stdout
    names = text.replace("\\\n", " ").split(":", 1)[-1].split()
    return sorted({p for n in names if (p := (pathlib.Path(directory) / n).resolve()).is_relative_to(ROOT)
                   and ".venv" not in p.parts and "build" not in p.parts})


def key(entry, version):
    digest = hashlib.sha256((version + (ROOT / ".clang-tidy").read_text() + entry["command"]).encode())
    for header in own_headers(entry["command"], entry["directory"]):
        digest.update(header.read_bytes())
    return digest.hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    build = options.build.resolve()
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout
    clean = ROOT / ".cache" / "tidy"
    clean.mkdir(parents=True, exist_ok=True)

    def check(item):
        path, entry = item
        mark = clean / key(entry, version)
        if mark.exists():
            return path, 0, ""
        run = subprocess.run([TOOL, "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", str(build), str(path)], capture_output=True, text=True)
        if run.returncode == 0:
            mark.touch()
        return path, run.returncode, re.sub(r"\d+ warnings? .*generated.*\n", "", run.stdout + run.stderr)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path, code, text in pool.map(check, sources(build)):
            if code:
                failed += 1
                print(f"{path.relative_to(ROOT)}:\n{text}", file=sys.stderr)
    print(f"clang-tidy: {failed} files with findings" if failed else "clang-tidy: clean")
    return 1 if failed else 0


sys.exit(main())
