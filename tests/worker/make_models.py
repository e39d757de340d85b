# SPDX-License-Identifier: Apache-2.0
"""Small TorchScript models, good and bad, for the tests of the worker: make_models.py FOLDER.

Beside parity.pt stand its inputs and Python's own outputs as raw float32 (parity.in, parity.out).
"""
import sys
from pathlib import Path
from typing import Dict, List, Tuple

import torch
from torch import nn

ROWS, COLUMNS = 1000, 32


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return torch.sigmoid(self.net(x)).squeeze(1)


class Sum(nn.Module):
    def forward(self, x):
        return x.sum(1)


class TupleOutput(nn.Module):
    def forward(self, x) -> Tuple[torch.Tensor, torch.Tensor]:
        return x.sum(1), x.mean(1)


class DictOutput(nn.Module):
    def forward(self, x) -> Dict[str, torch.Tensor]:
        return {"logits": x.sum(1), "score": x.mean(1)}


class Strings(nn.Module):
    def forward(self, words: List[str]):
        return torch.tensor([float(len(word)) for word in words])


class TwoInputs(nn.Module):
    def forward(self, x, codes):
        return x.sum(1) + 100.0 * codes.to(torch.float32).sum(1)


class InPlace(nn.Module):
    def forward(self, x):
        x.mul_(2.0)
        return x.sum(1)


class Columns(nn.Module):
    def forward(self, x):
        return torch.stack([x[:, 0], x[:, 1], x[:, 2]], dim=1)


class Half(nn.Module):
    def forward(self, x):
        return x[:, 0].to(torch.float16)


class Classes(nn.Module):
    def forward(self, x):
        return (x[:, 0] > 0.5).to(torch.int32)


class NotANumber(nn.Module):
    def forward(self, x):
        y = x.sum(1)
        y[7] = float("nan")
        return y


class WrongRows(nn.Module):
    def forward(self, x):
        return x[1:].sum(1)


class RankThree(nn.Module):
    def forward(self, x):
        return x.unsqueeze(2)


class Scalar(nn.Module):
    def forward(self, x):
        return x.sum()


class Raises(nn.Module):
    def forward(self, x):
        if x.size(0) > 0:
            raise RuntimeError("the feature store is down")
        return x


class Turns(nn.Module):
    """The sum of a row for five calls, then zeros."""
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x.sum(1) if self.calls <= 5 else torch.zeros(x.size(0))


class BreaksAtSixth(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        if self.calls > 5:
            raise RuntimeError("asked too often")
        return x.sum(1)


class SleepsForever(nn.Module):
    def forward(self, x):
        y = x.sum(1)
        while True:
            y = y + 1.0
        return y


class Hoards(nn.Module):
    def forward(self, x):
        return torch.ones([1 << 40]) + x.sum()


class PrintsJunk(nn.Module):
    def forward(self, x):
        print("::error file=a::forged \x1b[31mred\x07 ##vso[task.complete result=Succeeded;]")
        return x.sum(1)


class SleepsInLoad(nn.Module):
    def forward(self, x):
        return x.sum(1)

    @torch.jit.export
    def __getstate__(self):
        return 0

    @torch.jit.export
    def __setstate__(self, state: int):
        while True:
            state = state + 1


class WritesAFile(nn.Module):
    def __init__(self, path: str):
        super().__init__()
        self.path = path

    def forward(self, x):
        torch.save(x, self.path)
        return x.sum(1)


MODELS = {
    "sum": Sum, "tuple": TupleOutput, "dict": DictOutput, "strings": Strings, "two_inputs": TwoInputs, "in_place": InPlace,
    "columns": Columns, "half": Half, "classes": Classes, "nan": NotANumber, "wrong_rows": WrongRows, "rank_three": RankThree,
    "scalar": Scalar, "raises": Raises, "sleeps": SleepsForever, "hoards": Hoards, "prints": PrintsJunk, "sleeps_in_load": SleepsInLoad,
    "turns": Turns, "breaks_at_sixth": BreaksAtSixth,
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    torch.set_num_threads(1)
    mlp = Mlp()
    inputs = torch.randn(ROWS, COLUMNS)
    torch.jit.script(mlp).save(str(folder / "parity.pt"))   # saved in training mode: the worker must call eval()
    mlp.eval()
    with torch.inference_mode():
        (folder / "parity.out").write_bytes(mlp(inputs).numpy().tobytes())
    (folder / "parity.in").write_bytes(inputs.numpy().tobytes())
    for name, model in MODELS.items():
        torch.jit.script(model()).save(str(folder / f"{name}.pt"))
    torch.jit.script(WritesAFile(str(folder / "written_by_a_model"))).save(str(folder / "writes.pt"))
    torch.save({"weights": torch.ones(3)}, folder / "pickled.pt", _use_new_zipfile_serialization=False)
    torch.save({"weights": torch.ones(3)}, folder / "state_dict.pt")
    (folder / "truncated.pt").write_bytes((folder / "parity.pt").read_bytes()[:5000])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
