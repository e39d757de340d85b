# SPDX-License-Identifier: Apache-2.0
"""The Dockerfile: linted by hadolint, and held to what the guide promises. No image is built here."""
import json
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "ci/docker/Dockerfile"
HADOLINT = pathlib.Path(sys.executable).parent / "hadolint"


def findings(text):
    done = subprocess.run([HADOLINT, "-f", "json", "-"], input=text, capture_output=True, text=True, check=False)
    return [finding["code"] for finding in json.loads(done.stdout)]


class Docker(unittest.TestCase):
    def setUp(self):
        self.text = DOCKERFILE.read_text()
        self.final = self.text[self.text.rindex("\nFROM "):]

    def test_hadolint_finds_nothing_and_would_find_something(self):
        self.assertEqual(findings(self.text), [])
        self.assertIn("DL3002", findings(self.text.replace("USER 10001:10001", "USER root")))

    def test_the_image_runs_the_gate_as_a_user_without_rights(self):
        self.assertEqual(re.findall(r"^USER (\d+):(\d+)$", self.final, re.M), [("10001", "10001")])
        self.assertIn('ENTRYPOINT ["modelgate"]', self.final)
        after = self.final[self.final.index("USER "):]
        self.assertNotRegex(after, r"(?m)^(RUN|COPY|ADD) ")

    def test_what_the_build_needs_is_sent_and_what_it_does_not_is_not(self):
        ignored = [line for line in (ROOT / ".dockerignore").read_text().split("\n") if line and line[0] != "#"]
        for needed in ("ci", "gate", "checks", "CMakeLists.txt", "pyproject.toml", "README.md", "LICENSE"):
            self.assertTrue((ROOT / needed).exists(), needed)
            self.assertNotIn(needed, ignored)
        for heavy in (".git", ".venv", "build", "fixtures"):
            self.assertIn(heavy, ignored)
        (script,) = re.findall(r"^RUN (ci/\S+)", self.text, re.M)
        self.assertTrue((ROOT / script).stat().st_mode & 0o100, script)


if __name__ == "__main__":
    unittest.main()
