# SPDX-License-Identifier: Apache-2.0
"""Starts the modelgate program of this wheel; there is no Python interface."""
import importlib.metadata
import importlib.util
import os
import pathlib
import sys

ARROW = "libarrow.so.2600"          # of pyarrow 26.0.x, which the program is linked with


def _folder(module: str) -> pathlib.Path | None:
    """Where a package stands; it is not imported, which for torch would take seconds."""
    spec = importlib.util.find_spec(module)
    return pathlib.Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _library_folders() -> list[str]:
    """The folders of libraries that the program's own run path, the packages beside this one, does not reach."""
    arrow, torch = _folder("pyarrow"), _folder("torch")
    if arrow is None or not (arrow / ARROW).exists():
        found = f"pyarrow {importlib.metadata.version('pyarrow')} is" if arrow else "pyarrow is not"
        sys.exit(_refuse(f"{found} installed in {sys.prefix}, and this modelgate reads data by pyarrow 26.0"))
    here = pathlib.Path(__file__).resolve().parent.parent
    wanted = [folder for folder in (arrow, torch and torch / "lib") if folder]
    return [str(folder) for folder in wanted if here not in folder.resolve().parents]


def _refuse(reason: str) -> int:
    print(f'modelgate: {reason}. Nothing was judged.\nInstall modelgate into an environment of its own: '
          f'pipx install modelgate, or {sys.executable} -m pip install "pyarrow~=26.0.1" here.', file=sys.stderr)
    return 3


def main() -> None:
    """Replaces this process by the program, so that signals and the exit code are its own."""
    program = str(pathlib.Path(__file__).resolve().parent / "bin" / "modelgate")
    folders = _library_folders()
    if folders:
        before = os.environ.get("LD_LIBRARY_PATH")
        os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(folders + ([before] if before else []))
    os.execv(program, ["modelgate", *sys.argv[1:]])
