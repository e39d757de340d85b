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

    def test_refuses_an_unknown_key(self):
        validator = jsonschema.Draft202012Validator(json.loads(self.printed))
        gate = yaml.safe_load((ROOT / "fixtures" / "fraud" / "modelgate.yaml").read_text())
        gate["max_regresion"] = 1
        self.assertFalse(validator.is_valid(gate))


if __name__ == "__main__":
    unittest.main()
