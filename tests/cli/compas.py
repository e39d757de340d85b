# SPDX-License-Identifier: Apache-2.0
"""ProPublica's COMPAS file as recorded predictions: predicted high = score_text other than Low."""

from __future__ import annotations

import csv
from pathlib import Path

SOURCE = "compas/compas-scores-two-years.csv"
# false positive and false negative rates in percent, as published in ProPublica's notebook
PUBLISHED = {"African-American": (44.85, 27.99), "Caucasian": (23.45, 47.72)}
GATE = """\
version: 1
name: compas
task: binary
on_inconclusive: warn
candidate: {{predictions: predictions.csv, columns: [high]}}
dataset: {{path: "{source}", id: id, label: two_year_recid}}
output: {{kind: class}}
checks:
  accuracy:
    - {{metric: accuracy, min: 0.5}}
  bias:
    - {{metric: equalized_odds_difference, attributes: [race], max: 0.1, on_not_assessable: warn}}
    - {{metric: demographic_parity_difference, attributes: [sex], max: 0.9}}
    - metric: equalized_odds_difference
      id: large_groups
      attributes: [{{column: race, values: [African-American, Caucasian]}}]
      max: 0.1
    - {{metric: equalized_odds_difference, id: to_reference, attributes: [race], reference_group: Caucasian,
       small_groups: report, max: 0.1}}
"""


def prepare(data: Path, folder: Path) -> None:
    """Writes gate file and predictions into the folder; the golden rows are the published file itself."""
    with (data / SOURCE).open(encoding="utf-8", newline="") as file, \
            (folder / "predictions.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["id", "high"])
        writer.writerows([row["id"], int(row["score_text"] != "Low")] for row in csv.DictReader(file))
    (folder / "modelgate.yaml").write_text(GATE.format(source=data / SOURCE), encoding="utf-8")
