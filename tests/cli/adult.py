# SPDX-License-Identifier: Apache-2.0
"""UCI Adult: two small TorchScript models of income, one on numbers alone, one on numbers and string categories."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

SOURCE = "adult/adult.data"
COLUMNS = ["age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation", "relationship",
           "race", "sex", "capital_gain", "capital_loss", "hours_per_week", "native_country", "income"]
NUMBERS = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
CATEGORIES = ["workclass", "marital_status", "occupation"]
CODES = 16
GATE = """\
version: 1
name: adult
task: binary
on_inconclusive: guard
candidate:
  model: candidate.pt
  inputs:
    - {columns: [age, education_num, capital_gain, capital_loss, hours_per_week], dtype: float32}
    - {columns: [workclass, marital_status, occupation], dtype: int64, vocabulary: codes.json, unknown: 0}
production:
  model: production.pt
  inputs:
    - {columns: [age, education_num, capital_gain, capital_loss, hours_per_week], dtype: float32}
dataset: {path: golden.parquet, label: {column: income, positive: ">50K"}}
output: {kind: probability, positive_threshold: 0.4}
checks:
  accuracy:
    - {metric: accuracy, max_regression: 1pp}
    - {metric: roc_auc, min: 0.85, max_regression: 0.01}
    - {metric: log_loss, max_regression: 0.02}
    - {metric: f1, max_regression: 0.05}
    - {metric: accuracy, max_regression: 5pp, slices: [sex], on_inconclusive: warn}
  bias:
    - {metric: demographic_parity_difference, attributes: [sex], max: 0.10}
    - {metric: equalized_odds_difference, attributes: [sex, race], max: 0.90, on_not_assessable: warn}
"""


class Income(torch.nn.Module):
    """Numbers, and codes of categories when there are any, → probability of a high income."""

    def __init__(self, numbers: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", numbers.mean(0))
        self.register_buffer("scale", numbers.std(0))
        self.linear = torch.nn.Linear(numbers.shape[1], 1)

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.linear((numbers - self.mean) / self.scale))


class IncomeWithCategories(Income):
    def __init__(self, numbers: torch.Tensor) -> None:
        super().__init__(numbers)
        self.effects = torch.nn.Embedding(CODES * len(CATEGORIES), 1)
        self.register_buffer("offsets", CODES * torch.arange(len(CATEGORIES)))

    def forward(self, numbers: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        effects = self.effects(codes + self.offsets).sum(dim=1)
        return torch.sigmoid(self.linear((numbers - self.mean) / self.scale) + effects)


def read(data: Path) -> dict[str, np.ndarray]:
    """The columns of adult.data: numbers as float32, the rest as text ("?" for missing)."""
    with (data / SOURCE).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, skipinitialspace=True) if row]
    columns = {name: np.array(values) for name, values in zip(COLUMNS, zip(*rows))}
    return columns | {name: columns[name].astype(np.float32) for name in NUMBERS}


def vocabulary(columns: dict[str, np.ndarray]) -> dict[str, int]:
    """A code for each word of a category; "?" has none and becomes the unknown 0."""
    codes: dict[str, int] = {}
    for name in CATEGORIES:
        codes |= {str(word): code for code, word in enumerate(sorted(set(columns[name]) - {"?"}), start=1)}
    return codes


def train(model: torch.nn.Module, inputs: list[torch.Tensor], label: torch.Tensor, path: Path) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(150):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy(model(*inputs), label).backward()
        optimizer.step()
    torch.jit.script(model.eval()).save(str(path))


def prepare(data: Path, folder: Path) -> None:
    """Writes gate file, vocabulary, models (trained on one half of the rows) and golden rows (the other half)."""
    torch.manual_seed(7)
    torch.set_num_threads(1)
    columns, codes = read(data), vocabulary(read(data))
    size = columns["income"].size
    training = np.random.default_rng(7).permutation(size) < size // 2
    numbers = torch.tensor(np.column_stack([columns[n][training] for n in NUMBERS]))
    category = torch.tensor([[codes.get(str(w), 0) for w in words]
                             for words in zip(*(columns[c][training] for c in CATEGORIES))])
    label = torch.tensor(columns["income"][training] == ">50K", dtype=torch.float32)[:, None]
    train(Income(numbers), [numbers], label, folder / "production.pt")
    train(IncomeWithCategories(numbers), [numbers, category], label, folder / "candidate.pt")
    (folder / "codes.json").write_text(json.dumps(codes), encoding="utf-8")
    pq.write_table(pa.table({name: values[~training] for name, values in columns.items()}), folder / "golden.parquet")
    (folder / "modelgate.yaml").write_text(GATE, encoding="utf-8")
