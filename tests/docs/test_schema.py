# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of the gate file is generated from the tables the reader uses; the committed copy must be that one,
and every gate file that the project ships must satisfy it."""
import json
import os
import pathlib
import subprocess
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "gate" / "config" / "modelgate.schema.json"


class GateFileSchema(unittest.TestCase):
    def setUp(self):
        done = subprocess.run([os.environ["MODELGATE_BIN"], "validate", "--schema"], capture_output=True, text=True, check=True)
        self.printed = done.stdout

    def test_committed_copy_is_the_generated_one(self):
        self.assertEqual(COMMITTED.read_text(), self.printed,
                         f"regenerate: build/release/bin/modelgate validate --schema > {COMMITTED.relative_to(ROOT)}")

    def test_is_a_valid_schema(self):
        jsonschema.Draft202012Validator.check_schema(json.loads(self.printed))

    def test_accepts_every_shipped_gate_file(self):
        validator = jsonschema.Draft202012Validator(json.loads(self.printed))
        for path in sorted((ROOT / "fixtures").glob("*/**/modelgate*.yaml")):
            with self.subTest(path.relative_to(ROOT)):
                validator.validate(yaml.safe_load(path.read_text()))

    def test_every_shipped_gate_file_leads_editors_to_the_schema(self):
        for path in sorted((ROOT / "fixtures").glob("*/**/modelgate.yaml")):
            if "generated" in path.parts:
                continue
            with self.subTest(path.relative_to(ROOT)):
                line = path.read_text(encoding="utf-8").split("\n")[1]
                self.assertTrue(line.startswith("# yaml-language-server: $schema="), line)
                self.assertEqual((path.parent / line.partition("=")[2]).resolve(), COMMITTED)

    def test_a_gate_file_that_extends_may_lack_what_the_other_gives(self):
        validator = jsonschema.Draft202012Validator(json.loads(self.printed))
        child = yaml.safe_load((ROOT / "fixtures" / "policy" / "fraud.yaml").read_text())
        validator.validate(child)
        for key in ("extends", "candidate", "name", "version"):
            with self.subTest(key):
                self.assertFalse(validator.is_valid({k: v for k, v in child.items() if k != key}))

    def fraud_gate(self) -> dict:
        return yaml.safe_load((ROOT / "fixtures" / "fraud" / "modelgate.yaml").read_text())

    def test_accepts_the_terms_that_a_gate_file_may_state(self):
        validator = jsonschema.Draft202012Validator(json.loads(self.printed))
        gate = self.fraud_gate()
        gate["dataset"].update(cluster="customer", weight={"column": "w", "kind": "frequency"})
        gate["checks"]["bias"][0].update(attributes=[{"column": "sex", "values": ["F", "M"]}], reference_group="M",
                                         small_groups="report")
        gate.update(target_prevalence=0.01, costs={"fp": 1, "fn": 20}, waivers="waivers.yaml",
                    ledger={"path": "ledger.json", "budget": 10, "looks": 3},
                    first_release={"owner": "risk", "reason": "new", "until": "2026-12-31"},
                    reports={"row_evidence": "hashed", "suppress_below": 5})
        validator.validate(gate)
        for costs in ([[0, 1], [5, 0]], {"a": {"b": 1}, "b": {"a": 5}}):
            validator.validate(gate | {"costs": costs})

    def test_refuses_terms_that_the_reader_refuses(self):
        validator = jsonschema.Draft202012Validator(json.loads(self.printed))
        for key, value in (("target_prevalence", 0), ("target_prevalence", 1), ("costs", {"fp": 1}),
                           ("costs", [[0, -1], [5, 0]]), ("ledger", {"path": "l.json"}),
                           ("ledger", {"path": "l.json", "budget": 0}), ("task", "multi"), ("waivers", ["a.yaml"]),
                           ("first_release", {"owner": "risk", "reason": "new", "until": "31.12.2026"}),
                           ("reports", {"row_evidence": "on"}), ("extends", ["base.yaml"])):
            with self.subTest(f"{key}: {value}"):
                self.assertFalse(validator.is_valid(self.fraud_gate() | {key: value}))

    def test_refuses_an_unknown_key(self):
        validator = jsonschema.Draft202012Validator(json.loads(self.printed))
        gate = self.fraud_gate()
        gate["max_regresion"] = 1
        self.assertFalse(validator.is_valid(gate))


if __name__ == "__main__":
    unittest.main()
