# SPDX-License-Identifier: Apache-2.0
"""What the tests of modelgate init share."""

from __future__ import annotations

import json

import jsonschema
import yaml

from support import Case, Run, run_modelgate


def columns_of(section: dict) -> list:
    """The columns of each input of a model or dataset."""
    return [entry["columns"] for entry in section["inputs"]]


class InitCase(Case):
    """A test whose folder is the project into which init writes."""

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "modelgate.yaml").unlink()

    def init(self, *arguments: object, code: int = 0) -> Run:
        run = run_modelgate("init", *arguments, cwd=self.folder)
        self.assert_code(run, code)
        return run

    def written(self) -> dict:
        return yaml.safe_load((self.folder / "modelgate.yaml").read_text(encoding="utf-8"))

    def text(self) -> str:
        return (self.folder / "modelgate.yaml").read_text(encoding="utf-8")

    def judged(self, *arguments: object, timed: bool = False) -> Run:
        """validate accepts what was written, the JSON Schema beside it, too, and run comes to a verdict. Rounds of
        latency and resources take seconds a gate, so one test alone has them."""
        schema = json.loads((self.folder / "modelgate.schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(self.written(), schema)
        self.assertLessEqual(max(len(l) for l in self.text().splitlines() if ".pt" not in l and ".parquet" not in l), 120)
        self.assert_code(run_modelgate("validate", *arguments, cwd=self.folder), 0)
        families = [family for family in self.written()["checks"] if timed or family not in ("latency", "resources")]
        run = self.run_gate(*arguments, "--only", ",".join(families))
        self.assertIn(run.code, (0, 1), run.stdout + run.stderr)
        self.assert_agreement(run)
        self.assertTrue(run.checks)
        self.assertFalse([i for i, check in run.checks.items() if check["outcome"] == "error"])
        return run
