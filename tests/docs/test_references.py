# SPDX-License-Identifier: Apache-2.0
"""The references of checks and keys are printed by the binary from its own tables; the committed pages must be those."""
import json
import os
import pathlib
import re
import subprocess
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = {"checks/README.md": ["list", "--markdown"], "gate/config/README.md": ["validate", "--reference"]}


class References(unittest.TestCase):
    def test_committed_pages_are_the_printed_ones(self):
        for page, command in PAGES.items():
            with self.subTest(page):
                done = subprocess.run([os.environ["MODELGATE_BIN"], *command], capture_output=True, text=True, check=True)
                self.assertEqual((ROOT / page).read_text(), done.stdout,
                                 f"regenerate: build/release/bin/modelgate {' '.join(command)} > {page}")

    def test_links_within_the_checks_page_lead_somewhere(self):
        text = (ROOT / "checks/README.md").read_text()
        anchors = [re.sub(r"[^a-z0-9_ -]", "", t.lower()).replace(" ", "-")
                   for t in re.findall(r"^#{1,3} (.+)$", text, re.M)]
        links = re.findall(r"\]\(#([^)]+)\)", text)
        self.assertGreater(len(links), 20)
        self.assertLessEqual(set(links), set(anchors))
        self.assertEqual(len(anchors), len(set(anchors)), "two headings of one name: a link would find the first")

    def test_the_example_on_top_of_the_keys_satisfies_the_schema(self):
        text = (ROOT / "gate/config/README.md").read_text()
        example = yaml.safe_load(re.search(r"^```yaml\n(.*?)^```", text, re.S | re.M).group(1))
        schema = json.loads((ROOT / "gate/config/modelgate.schema.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(example)


if __name__ == "__main__":
    unittest.main()
