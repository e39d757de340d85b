# SPDX-License-Identifier: Apache-2.0
"""Every command of the guides is run, in order, in a user's repository beside a checkout of modelgate."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from pathlib import Path

import yaml

from actions import load
from pipelines import ACTION, template_documents
from user import BLOCKED, REPOSITORY, Case

sys.path.insert(0, str(REPOSITORY / "tests/docs"))
from test_readme import commands  # noqa: E402


class Guides(Case):
    def follow(self, name: str) -> Path:
        """Does what the guide says; the folder in which it was done."""
        workspace = self.repository(BLOCKED, "fraud")
        (self.folder / "modelgate").symlink_to(REPOSITORY)
        environment = self.with_binary()
        for role in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{role}_NAME": "user", f"GIT_{role}_EMAIL": "user@example.com"}
        (self.folder / ".gitconfig").write_text("[safe]\n  directory = *\n")
        ran = 0
        for line, expected in commands(REPOSITORY / "ci" / name / "README.md"):
            done = subprocess.run(["bash", "-c", line], cwd=workspace, env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, expected, f"{line}\n{done.stdout}\n{done.stderr}")
            ran += 1
        self.assertGreater(ran, 4, "the guide lost its commands")
        return workspace

    def assert_table_names(self, guide: str, names: set[str]) -> None:
        table = (REPOSITORY / "ci" / guide / "README.md").read_text(encoding="utf-8").partition("| input |")[2].partition("\n\n")[0]
        firsts = [row.split("|")[1] for row in table.splitlines()[2:]]
        self.assertEqual(set(re.findall(r"`([\w-]+)`", " ".join(firsts))), names)

    def test_github(self) -> None:
        workspace = self.follow("github")
        workflow = load(workspace / ".github/workflows/model-gate.yml")
        gate = next(s["uses"] for s in workflow["jobs"]["gate"]["steps"] if "modelgate" in s["uses"])
        self.assertRegex(gate, r"@[0-9a-f]{40}$")
        self.assertNotIn("@0000", gate)
        self.assertEqual(len(list((workspace / ".github/workflows").iterdir())), 3)
        self.assert_table_names("github", set(load(ACTION)["inputs"]))

    def test_gitlab(self) -> None:
        workspace = self.follow("gitlab")
        reference = yaml.safe_load((workspace / ".gitlab-ci.yml").read_text())["include"][0]["ref"]
        self.assertRegex(reference, r"^[0-9a-f]{40}$")
        self.assertNotEqual(reference, "0" * 40)
        self.assert_table_names("gitlab", set(template_documents()[0]))

    def test_jenkins(self) -> None:
        workspace = self.follow("jenkins")
        self.assertIn("unstable", (workspace / "Jenkinsfile").read_text())

    def test_the_guides_links_lead_somewhere(self) -> None:
        for name in ("github", "gitlab", "jenkins"):
            guide = REPOSITORY / "ci" / name / "README.md"
            for link in re.findall(r"\]\((?!http)([^)#]+)", guide.read_text(encoding="utf-8")):
                self.assertTrue((guide.parent / link).exists(), f"{guide}: {link}")


if __name__ == "__main__":
    unittest.main()
