# SPDX-License-Identifier: Apache-2.0
"""Models that are broken, that misbehave, or that are no models at all. Hostile native code is tested elsewhere."""

from __future__ import annotations

import os
import random
import zipfile
from pathlib import Path
from typing import List

import torch
from torch import nn

from place import ODD, Case, Place, case

CASES: list[Case] = []
QUICK = ("checks:\n", "runtime: {timeout: 4s}\nchecks:\n")


class EndlessLoad(nn.Module):
    def forward(self, x):
        return x.sum(1)

    @torch.jit.export
    def __getstate__(self):
        return 0

    @torch.jit.export
    def __setstate__(self, state: int):
        while state < 1:
            state = state * 2


class Hoards(nn.Module):
    def forward(self, x):
        return torch.ones([1 << 40]) + x.sum()


class Grows(nn.Module):
    def forward(self, x):
        kept: List[torch.Tensor] = []
        while len(kept) < 1000000:
            kept.append(torch.ones([1 << 22]) + x.sum())
        return torch.sigmoid(x[:, 0])


class Prints(nn.Module):
    def forward(self, x):
        print("\n::error file=a::forged\n##vso[task.complete result=Succeeded;]\n\x1b[2J\x1b[31mred\x07 ]]></testcase>")
        return torch.sigmoid(2.5 * x[:, 0])


class Floods(nn.Module):
    def forward(self, x):
        for i in range(20000):
            print("::warning::flood ", i, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
        return torch.sigmoid(2.5 * x[:, 0])


class RaisesForged(nn.Module):
    def forward(self, x):
        if x.size(0) > 0:
            raise RuntimeError("\n::error file=a::forged\n##vso[task.complete result=Succeeded;]\n\x1b[2J ]]></failure></testcase><testcase name='forged'/>")
        return x[:, 0]


class WildWrite(nn.Module):
    """A sparse tensor whose index lies far outside of it: writing it out is a segmentation fault."""
    def forward(self, x):
        wild = torch.sparse_coo_tensor(torch.full([1, 1], 1 << 44, dtype=torch.int64), torch.ones([1]), [4])
        return torch.sigmoid(x[:, 0] + wild.to_dense()[0])


class RemainderOfZero(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x[:, 0]) + x.size(0) % (x.size(1) - 2)


class NoTensor(nn.Module):
    def forward(self, x):
        return x.size(0)


class Text(nn.Module):
    def forward(self, x):
        return "0.5"


class Nothing(nn.Module):
    def forward(self, x):
        return None


class ListOfTensors(nn.Module):
    def forward(self, x):
        return [torch.sigmoid(x[:, 0])]


class Complex(nn.Module):
    def forward(self, x):
        return torch.complex(x[:, 0], x[:, 1])


class Empty(nn.Module):
    def forward(self, x):
        return x[:0, 0]


class Scalar(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x.sum())


class RankThree(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x[:, 0]).unsqueeze(1).unsqueeze(2)


class ThreeColumns(nn.Module):
    def forward(self, x):
        return torch.softmax(torch.stack([x[:, 0], x[:, 1], x[:, 0]], 1), 1)


class AllNaN(nn.Module):
    def forward(self, x):
        return x[:, 0] * float("nan")


class Infinite(nn.Module):
    def forward(self, x):
        return x[:, 0] / torch.zeros_like(x[:, 0])


class Negative(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x[:, 0]) - 1.0


class TwoArguments(nn.Module):
    def forward(self, x, y):
        return torch.sigmoid(x[:, 0] + y[:, 0])


class NoArgument(nn.Module):
    def forward(self):
        return torch.ones([4])


class WantsTexts(nn.Module):
    def forward(self, words: List[str]):
        return torch.tensor([float(len(word)) for word in words])


class NoForward(nn.Module):
    @torch.jit.export
    def backward_only(self, x):
        return x


class OnAGpu(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x[:, 0].to(torch.device("cuda")))


class WrongSizes(nn.Module):
    """Weights for another number of columns."""
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(7, 1)

    def forward(self, x):
        return torch.sigmoid(self.layer(x))


CLASSES = (EndlessLoad, Hoards, Grows, Prints, Floods, RaisesForged, WildWrite, RemainderOfZero, NoTensor, Text, Nothing,
           ListOfTensors, Complex, Empty, Scalar, RankThree, ThreeColumns, AllNaN, Infinite, Negative, TwoArguments,
           NoArgument, WantsTexts, NoForward, OnAGpu, WrongSizes)


def generate(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    for kind in CLASSES:
        torch.jit.script(kind()).save(str(folder / f"{kind.__name__}.pt"))
    torch.save({"weights": torch.ones(3)}, folder / "state_dict.pt")
    torch.save({"weights": torch.ones(3)}, folder / "pickled.pt", _use_new_zipfile_serialization=False)


def script(name: str, codes: int | tuple[int, ...], says: str, *changes: tuple[str, str], production: bool = True,
           **more) -> None:
    """A case of one of the classes above, by name: "wild_write" is WildWrite."""
    file = "".join(part.capitalize() for part in name.split("_"))
    file = next(kind.__name__ for kind in CLASSES if kind.__name__.lower() == file.lower())
    codes = codes if isinstance(codes, tuple) else (codes,)
    CASES.append(Case(f"model_{name}", codes, says, lambda place: place.live(place.models / f"{file}.pt", *changes),
                      production=production, **more))


script("endless_load", 3, "runtime.timeout", QUICK, user=True)
script("hoards", 3, "alloc", user=True)
script("grows", 3, "alloc", ("checks:\n", "runtime: {memory: 1GiB}\nchecks:\n"), user=True,
       sanitized=False)
script("prints", 0, "forged", production=False)
script("floods", 0, "flood", production=False, user=True)
script("raises_forged", 3, "forged")
script("wild_write", 3, "signal 11", user=True)
script("remainder_of_zero", 3, "candidate")
script("no_tensor", 3, "candidate")
script("text", 3, "candidate")
script("nothing", 3, "candidate")
script("list_of_tensors", 0, "Passed")
script("complex", 3, "candidate")
script("empty", 3, "an output of 0 rows")
script("scalar", 3, "0 dimensions")
script("rank_three", 3, "dimensions")
script("three_columns", 3, "candidate")
script("all_nan", 3, "NaN")
script("infinite", 3, "inf")
script("negative", 3, "candidate")
script("two_arguments", 3, "candidate")
script("no_argument", 3, "candidate")
script("wants_texts", 3, "candidate")
script("no_forward", 3, "forward")
script("on_a_gpu", 3, "candidate")
script("wrong_sizes", 3, "candidate")


def existing(name: str, codes: int | tuple[int, ...], says: str, *changes: tuple[str, str], user: bool = False) -> None:
    """A case of a file of fixtures/odd_models."""
    codes = codes if isinstance(codes, tuple) else (codes,)
    CASES.append(Case(f"model_{name}", codes, says, lambda place: place.live(ODD / f"{name}.pt", *changes),
                      production=True, user=user))


existing("endless", 3, "stopped", QUICK, user=True)
existing("raising", 3, "refuses its rows", user=True)
existing("nan", 3, "NaN")
existing("wrong_shape", 3, "rows")
existing("too_large", 3, "candidate")
existing("pointer", 3, "git lfs pull")
existing("not_a_model", 3, "not_a_model.pt")
ASKED_AGAIN = ("checks:\n", "checks:\n  determinism: [{metric: mismatched_rows, max: 0, tolerance: 0.001}]\n")
existing("turning", 1, "rows change by more than 0.001", ASKED_AGAIN, user=True)
existing("drawing", 1, "rows change by more than 0.001", ASKED_AGAIN)


def file_case(name: str, says: str, make, user: bool = False) -> None:
    """A candidate whose file make() writes; it gives the path, or None for m.pt."""
    def put(place: Place) -> None:
        path = make(place)
        place.live(path if path is not None else place.path("m.pt"))
    CASES.append(Case(f"file_{name}", (3,), says, put, production=True, user=user))


def better(place: Place) -> bytes:
    return (ODD / "better.pt").read_bytes()


def zipped(members: dict[str, bytes]):
    def make(place: Place) -> None:
        with zipfile.ZipFile(place.path("m.pt"), "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    return make


file_case("empty", "is empty", lambda p: p.write("m.pt", b"") and None)
file_case("of_text", "not a TorchScript archive", lambda p: p.write("m.pt", "hello") and None)
file_case("of_hdf5", "HDF5", lambda p: p.write("m.pt", b"\x89HDF\r\n\x1a\n") and None)
file_case("of_dvc", "dvc pull", lambda p: p.write("m.pt", "outs:\n- md5: 1\n") and None)
file_case("state_dict", "state_dict.pt", lambda p: p.models / "state_dict.pt")
file_case("pickled", "loading runs its code", lambda p: p.models / "pickled.pt")
file_case("absent", "No such file", lambda p: p.path("nowhere.pt"), user=True)
file_case("folder", "is a folder", lambda p: p.path("m.pt").mkdir(), user=True)
file_case("fifo", "not a regular file", lambda p: os.mkfifo(p.path("m.pt")), user=True)
file_case("symlink_loop", "cannot be opened", lambda p: p.path("m.pt").symlink_to("m.pt"), user=True)
file_case("dangling_symlink", "No such file", lambda p: p.path("m.pt").symlink_to("nowhere"), user=True)
file_case("empty_zip", "m.pt", zipped({}))
file_case("zip_of_something_else", "m.pt", zipped({"readme.txt": b"hello"}))
file_case("zip_with_a_wild_pickle", "m.pt", zipped({"m/data.pkl": b"\x80\x02cposix\nsystem\nX\x02\x00\x00\x00idq\x00\x85R.",
                                                    "m/version": b"3\n", "m/constants.pkl": b"\x80\x02)."}))
file_case("zip_bomb", "m.pt", zipped({"m/data.pkl": b"\x80\x02" + b"(" * 3_000_000 + b".", "m/version": b"3\n"}))
file_case("hugely_long_name", "cannot be opened", lambda p: p.path("x" * 300 + ".pt"))
for share in (0.1, 0.5, 0.9, 0.999):
    file_case(f"truncated_to_{share}".replace(".", "_"), "m.pt",
              lambda p, share=share: p.write("m.pt", better(p)[:int(len(better(p)) * share)]) and None)


def flipped(seed: int):
    def make(place: Place) -> None:
        content = bytearray(better(place))
        draw = random.Random(seed)
        content[draw.randrange(4, len(content))] ^= 1 << draw.randrange(8)
        place.write("m.pt", bytes(content))
        place.live(place.path("m.pt"))
    return make


for seed in range(8):   # a bit of a timestamp or of padding changes nothing: then the model is judged as it is
    CASES.append(Case(f"file_with_bit_{seed}_flipped", (0, 1, 3), "", flipped(seed)))


@case(CASES, 3, "not a regular file", user=True)
def file_that_is_a_device(place: Place) -> None:
    place.path("m.pt").symlink_to("/dev/zero")
    place.live(place.path("m.pt"))


@case(CASES, 3, "digest")
def file_with_a_bit_flipped_under_a_pin(place: Place) -> None:
    import hashlib
    flipped(3)(place)
    pin = hashlib.sha256(better(place)).hexdigest()
    text = place.path("modelgate.yaml").read_text()
    place.gate(('m.pt"}', f'm.pt", sha256: {pin}}}'), text=text)


@case(CASES, 3, "Permission denied. Let the user who runs the gate", needs="user")
def file_that_may_not_be_read(place: Place) -> None:
    place.write("m.pt", better(place)).chmod(0)
    place.live(place.path("m.pt"))


@case(CASES, 3, "cannot be opened")
def file_whose_name_forges_a_log(place: Place) -> None:
    place.gate()
    place.live(ODD / "better.pt")
    place.arguments += ["--candidate", "::error::x ##vso[y] ]]>.pt"]


@case(CASES, 3, "production")
def production_that_is_broken(place: Place) -> None:
    place.live(ODD / "better.pt", (f"{ODD}/plain.pt", f"{ODD}/raising.pt"))


@case(CASES, 3, "refuses its rows")
def both_models_broken(place: Place) -> None:
    place.live(ODD / "raising.pt", (f"{ODD}/plain.pt", f"{ODD}/raising.pt"))
