# SPDX-License-Identifier: Apache-2.0
"""Seeded models of about 30 us, 4 ms and 15 ms a request at batch 1, golden rows and gate files to time them with.

    python tests/bench/latency_models.py FOLDER

Writes mlp.pt (perceptron), cnn.pt (convolutions), big.pt (transformer), rows.parquet and empty.pt (answers with its
first column: the gate's own cost). Each model ends with lgamma over a short vector; mlp_plus10.pt and the
like, which latency_decisions.py makes, are alike but for a longer vector: real work added. Files that exist are kept,
so that every run times the same models.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from torch import nn

COLUMNS = 32
ADDED = (5, 10)  # per cent
FEW = 16            # elements of the vector in the plain models


class Extra(nn.Module):
    """The probability of a model's logit, after a vector's worth of work on it."""

    def __init__(self, model: nn.Module, elements: int):
        super().__init__()
        self.model = model
        self.register_buffer("vector", torch.linspace(2.0, 4.0, elements).unsqueeze(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(torch.lgamma(self.vector + self.model(x)).mean(0))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(COLUMNS, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x).squeeze(1)


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 32, 3, padding=1)
        self.rest = nn.Sequential(*[nn.Sequential(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU()) for _ in range(2)])
        self.out = nn.Linear(32 * 16, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        picture = torch.relu(self.first(x.view(-1, 1, 4, 8).repeat(1, 1, 22, 11)))
        pooled = nn.functional.adaptive_avg_pool2d(self.rest(picture), [4, 4])
        return self.out(pooled.flatten(1)).squeeze(1)


class Big(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(384, 6, 1536, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 8, enable_nested_tensor=False)
        self.into = nn.Linear(1, 384)
        self.out = nn.Linear(384, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.encoder(self.into(x.unsqueeze(2))).mean(1)).squeeze(1)


class Empty(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.select(1, 0)


MODELS = {"mlp": Mlp, "cnn": Cnn, "big": Big}


def frozen(name: str, elements: int) -> torch.jit.ScriptModule:
    torch.manual_seed(1)
    model = Extra(MODELS[name](), elements).eval()
    return torch.jit.freeze(torch.jit.trace(model, torch.rand(1, COLUMNS), check_trace=False))


def seconds(models: list[torch.jit.ScriptModule], rounds: int) -> list[float]:
    """Median CPU seconds of a request of each model, taken in turns."""
    x = torch.rand(1, COLUMNS)
    taken: list[list[float]] = [[] for _ in models]
    with torch.inference_mode():
        for number in range(rounds):
            for model, times in zip(models, taken):
                begin = time.thread_time_ns()
                model(x)
                if number >= rounds // 10:
                    times.append((time.thread_time_ns() - begin) * 1e-9)
    return [statistics.median(times) for times in taken]


def elements_for(name: str, share: float) -> int:
    """How long the vector must be for so much more work."""
    many = FEW + 4000
    rounds = {"mlp": 4000, "cnn": 150, "big": 60}[name]
    own, more = seconds([frozen(name, FEW), frozen(name, many)], rounds)
    plain = seconds([frozen("mlp", FEW), frozen("mlp", many)], 2000)
    return FEW + max(1, round(share * own / ((plain[1] - plain[0]) / (many - FEW))))


def write_rows(folder: Path) -> None:
    rng = np.random.default_rng(1)
    values = rng.random((512, COLUMNS), dtype=np.float32)
    columns = {f"v{i}": values[:, i] for i in range(COLUMNS)}
    columns |= {"id": np.arange(len(values)), "y": (values[:, 0] > 0.5).astype(np.int8)}
    pq.write_table(pa.table(columns), folder / "rows.parquet")


def save(folder: Path, name: str, elements: int, into: str) -> None:
    frozen(name, elements).save(str(folder / f"{into}.pt"))


def write_models(folder: Path) -> None:
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "rows.parquet").is_file():
        write_rows(folder)
    if not (folder / "empty.pt").is_file():
        torch.jit.script(Empty()).save(str(folder / "empty.pt"))
    for name in MODELS:
        if not (folder / f"{name}.pt").is_file():
            save(folder, name, FEW, name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    write_models(options.folder)
    loaded = {path.stem: torch.jit.load(str(path)) for path in sorted(options.folder.glob("*.pt"))}
    for name, model in loaded.items():
        rounds = 2000 if name.startswith(("mlp", "empty")) else 60
        print(f"{name:12} {seconds([model], rounds)[0] * 1e6:10.1f} us")


if __name__ == "__main__":
    main()
