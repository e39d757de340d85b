# SPDX-License-Identifier: Apache-2.0
"""Starts the modelgate program of this wheel; there is no Python interface."""
import importlib.util
import os
import pathlib
import sys

SITE = pathlib.Path(__file__).resolve().parent.parent
ARROW = "libarrow.so.2600"      # of pyarrow 26.0.x, with which the program is linked


def _folder(module: str) -> pathlib.Path | None:
    """Where a package stands; it is not imported, which would take seconds for torch."""
    spec = importlib.util.find_spec(module)
    return pathlib.Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _refuse(reason: str, advice: str) -> None:
    print(f"modelgate: {reason}; nothing was judged.\n{advice}", file=sys.stderr)
    sys.exit(3)


def _find_libraries() -> None:
    """The programs' run path names the packages beside this one; those that stand elsewhere are told to the loader."""
    arrow, torch = _folder("pyarrow"), _folder("torch")
    if arrow is None or not (arrow / ARROW).exists():
        _refuse(f"{arrow} holds no {ARROW}" if arrow else f"pyarrow is not installed in {sys.prefix}",
                f'modelgate reads data through pyarrow 26.0: {sys.executable} -m pip install "pyarrow~=26.0.1",\n'
                "in an environment of modelgate's own, never the one that trains models.")
    folders = []
    for package, libraries in ((arrow, arrow), (torch, torch and torch / "lib")):
        beside = package and SITE / package.name
        if package and not (beside.exists() and beside.samefile(package)):
            folders.append(str(libraries))
    if folders:
        before = os.environ.get("LD_LIBRARY_PATH")
        os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(folders + ([before] if before else []))


def main() -> None:
    """Replaces this process by the program, so that signals and the exit code are the program's own."""
    _find_libraries()
    program = SITE / "modelgate" / "bin" / "modelgate"
    try:
        os.execv(program, ["modelgate", *sys.argv[1:]])
    except OSError as error:
        _refuse(f"{program} cannot be started: {error.strerror}", "The wheel is for Linux on x86-64.")
