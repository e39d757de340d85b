# SPDX-License-Identifier: Apache-2.0
"""Golden rows and recorded predictions that cannot be read, or must not be believed."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from collections.abc import Callable

import numpy as np

from place import LIVE_GATE, Case, Place, case

CASES: list[Case] = []
TO_CSV = ("path: golden.parquet", "path: golden.csv")
TO_NPZ = ("path: golden.parquet", "path: golden.npz")


def csv(name: str, codes: int | tuple[int, ...], says: str, change: Callable[[str], str | bytes]) -> None:
    """The golden rows as a CSV file, changed."""
    def make(place: Place) -> None:
        place.gate(TO_CSV)
        place.write("golden.csv", change(place.path("golden.csv").read_text()))
    CASES.append(Case(f"csv_{name}", codes if isinstance(codes, tuple) else (codes,), says, make))


def line(text: str, number: int, change: Callable[[str], str]) -> str:
    lines = text.splitlines(keepends=True)
    lines[number] = change(lines[number])
    return "".join(lines)


csv("empty", 3, "golden.csv", lambda t: "")
csv("of_a_header_alone", 3, "row", lambda t: t.splitlines()[0] + "\n")
csv("without_a_header", 3, "golden.csv", lambda t: t.split("\n", 1)[1])
csv("with_a_short_row", 3, "golden.csv", lambda t: line(t, 7, lambda r: r.split(",", 2)[0] + "\n"))
csv("with_a_long_row", 3, "golden.csv", lambda t: line(t, 7, lambda r: r.rstrip() + ",1,2\n"))
csv("with_a_column_twice", 3, "label", lambda t: t.replace('"group"', '"label"', 1))
csv("without_the_label", 3, "label", lambda t: t.replace('"label"', '"lable"', 1))
csv("with_a_label_that_is_a_word", 3, "label", lambda t: line(t, 7, lambda r: r.replace(",1,", ",maybe,").replace(",0,", ",maybe,")))
csv("with_a_label_of_2", 3, "label", lambda t: line(t, 7, lambda r: r.replace(",1,", ",2,").replace(",0,", ",2,")))
csv("with_a_missing_label", 3, "label", lambda t: line(t, 7, lambda r: r.replace(",1,", ",,").replace(",0,", ",,")))
csv("with_an_id_twice", 3, "golden.csv", lambda t: line(t, 7, lambda r: r.replace("r00006", "r00005")))
csv("with_a_missing_id", 3, "id", lambda t: line(t, 7, lambda r: r.replace('"r00006"', "")))
csv("with_an_open_quote", 3, "golden.csv", lambda t: line(t, 7, lambda r: '"' + r))
csv("not_utf8", (2, 3), "", lambda t: t.encode().replace(b"r00006", b"r\xff0006"))
csv("with_nuls", 3, "golden.csv", lambda t: t.encode().replace(b"r00006", b"\0\0\0\0\0\0"))
csv("of_one_endless_cell", 3, "golden.csv", lambda t: t + '"' + "x" * 20_000_000)
csv("of_noise", 3, "golden.csv", lambda t: random.Random(3).randbytes(50_000))


def parquet(name: str, says: str, change: Callable[[bytes], bytes], codes: tuple[int, ...] = (3,)) -> None:
    def make(place: Place) -> None:
        place.write("golden.parquet", change(place.path("golden.parquet").read_bytes()))
    CASES.append(Case(f"parquet_{name}", codes, says, make))


def with_flipped_bits(content: bytes, seed: int, first: int, last: int) -> bytes:
    changed, draw = bytearray(content), random.Random(seed)
    for _ in range(8):
        changed[draw.randrange(first, last)] ^= 1 << draw.randrange(8)
    return bytes(changed)


parquet("empty", "golden.parquet", lambda b: b"")
parquet("of_text", "golden.parquet", lambda b: b"id,label\n1,0\n")
parquet("cut_in_half", "golden.parquet", lambda b: b[:len(b) // 2])
parquet("without_its_end", "golden.parquet", lambda b: b[:-4])
parquet("with_a_footer_longer_than_the_file", "golden.parquet", lambda b: b[:-8] + struct.pack("<I", 1 << 30) + b"PAR1")
parquet("with_a_negative_footer", "golden.parquet", lambda b: b[:-8] + struct.pack("<i", -5) + b"PAR1")
parquet("with_its_pages_zeroed", "golden.parquet", lambda b: b[:4] + bytes(4000) + b[4004:])
for seed in range(6):   # where a flipped bit is still valid data, other values are judged: then not as before
    parquet(f"with_bits_{seed}_flipped_in_pages", "", lambda b, s=seed: with_flipped_bits(b, s, 4, len(b) // 2), (0, 1, 2, 3))
    parquet(f"with_bits_{seed}_flipped_in_the_footer", "",
            lambda b, s=seed: with_flipped_bits(b, s, len(b) - 8 - struct.unpack("<I", b[-8:-4])[0], len(b)), (0, 1, 2, 3))


def npz(name: str, says: str, members: Callable[[dict[str, bytes]], dict[str, bytes]], codes: tuple[int, ...] = (3,)) -> None:
    """The golden rows as an .npz archive, its members' bytes changed."""
    def make(place: Place) -> None:
        place.gate(TO_NPZ)
        with zipfile.ZipFile(place.path("golden.npz")) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
        with zipfile.ZipFile(place.path("golden.npz"), "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members(parts).items():
                archive.writestr(member, content)
    CASES.append(Case(f"npz_{name}", codes, says, make))


def header(shape: str, descr: str = "'<f4'", order: str = "False") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def pickled() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    return buffer.getvalue()


npz("empty", "golden.npz", lambda p: {})
npz("without_the_label", "label", lambda p: {n: c for n, c in p.items() if n != "label.npy"})
npz("with_a_short_column", "label", lambda p: p | {"label.npy": header("(10,)", "'<i8'") + bytes(80)})
npz("with_a_truncated_column", "label", lambda p: p | {"label.npy": p["label.npy"][:200]})
npz("with_a_wild_shape", "label", lambda p: p | {"label.npy": header("(1000000000000000000,)", "'<i8'")})
npz("with_an_overflowing_shape", "label", lambda p: p | {"label.npy": header("(4294967296, 4294967296)", "'<i8'")})
npz("with_a_negative_shape", "label", lambda p: p | {"label.npy": header("(-1,)", "'<i8'")})
npz("with_a_pickle", "label", lambda p: p | {"label.npy": pickled()})
npz("of_another_type", "label", lambda p: p | {"label.npy": header("(2000,)", "'<c16'") + bytes(32000)})
npz("with_a_header_of_noise", "label", lambda p: p | {"label.npy": b"\x93NUMPY\x01\x00\xff\xff" + bytes(100)})
npz("with_code_in_its_header", "label", lambda p: p | {"label.npy": header("__import__('os').system('id')", "'<i8'")})
# Zeros behind the declared rows are no rows: what is declared is judged, and all labels are 0.
npz("that_is_a_bomb", "golden.npz", lambda p: p | {"label.npy": header("(2000,)", "'<i8'") + bytes(300_000_000)}, (1, 3))


def predictions(name: str, says: str, change: Callable[[str], str | bytes], codes: tuple[int, ...] = (3,)) -> None:
    """The candidate's recorded predictions, changed: production's are judged all the same."""
    def make(place: Place) -> None:
        place.write("good.csv", change(place.path("good.csv").read_text()))
    CASES.append(Case(f"predictions_{name}", codes, says, make, production=True))


predictions("empty", "good.csv", lambda t: "")
predictions("with_a_row_missing", "good.csv", lambda t: line(t, 9, lambda r: ""))
predictions("with_a_row_twice", "good.csv", lambda t: line(t, 9, lambda r: r + r))
predictions("with_a_strange_row", "good.csv", lambda t: t + '"nobody",0.5\n', (0, 3))
predictions("with_nan", "NaN", lambda t: line(t, 9, lambda r: r.split(",")[0] + ",nan\n"))
predictions("with_inf", "good.csv", lambda t: line(t, 9, lambda r: r.split(",")[0] + ",inf\n"))
predictions("above_1", "good.csv", lambda t: line(t, 9, lambda r: r.split(",")[0] + ",1.5\n"))
predictions("of_words", "good.csv", lambda t: line(t, 9, lambda r: r.split(",")[0] + ",high\n"))
predictions("without_the_column", "score", lambda t: t.replace('"score"', '"scores"'))
predictions("that_would_overflow", "good.csv", lambda t: line(t, 9, lambda r: r.split(",")[0] + ",1e400\n"))


@case(CASES, 3, "nowhere")
def data_that_is_absent(place: Place) -> None:
    place.arguments += ["--dataset", "nowhere.parquet"]


@case(CASES, 3, "*.parquet")
def data_of_a_glob_without_match(place: Place) -> None:
    place.arguments += ["--dataset", "nowhere/*.parquet"]


@case(CASES, 3, "folder")
def data_of_an_empty_folder(place: Place) -> None:
    place.path("folder").mkdir()
    place.arguments += ["--dataset", "folder"]


@case(CASES, 3, "pipe.csv")
def data_that_is_a_fifo(place: Place) -> None:
    os.mkfifo(place.path("pipe.csv"))
    place.arguments += ["--dataset", "pipe.csv"]


@case(CASES, 3, "zero.csv")
def data_that_is_a_device(place: Place) -> None:
    place.path("zero.csv").symlink_to("/dev/zero")
    place.arguments += ["--dataset", "zero.csv"]


@case(CASES, 3, "loop.csv")
def data_that_is_a_symlink_loop(place: Place) -> None:
    place.path("loop.csv").symlink_to("loop.csv")
    place.arguments += ["--dataset", "loop.csv"]


@case(CASES, 3, "SHA-256")
def data_of_other_bytes_than_pinned(place: Place) -> None:
    place.gate(("  id: id\n", f"  id: id\n  sha256: {'0' * 64}\n"))


@case(CASES, 3, "x0")
def inputs_that_are_not_finite(place: Place) -> None:
    place.gate(TO_CSV, text=LIVE_GATE)
    text = place.path("golden.csv").read_text()
    place.write("golden.csv", line(text, 7, lambda r: ",".join(r.split(",")[:3] + ["nan", "nan"]) + "\n"))


@case(CASES, 3, "x0")
def inputs_that_are_words(place: Place) -> None:
    place.gate(TO_CSV, text=LIVE_GATE)
    text = place.path("golden.csv").read_text()
    place.write("golden.csv", line(text, 7, lambda r: ",".join(r.split(",")[:3] + ["much", "1"]) + "\n"))
