# SPDX-License-Identifier: Apache-2.0
"""The shell of the Jenkinsfiles, run stage by stage as Jenkins does it (sh -xe, the pipeline's environment), and the files
that their post steps publish. Jenkins itself is not run; test_lint.py has the Groovy parsed."""

from __future__ import annotations

import json
import re
import subprocess
import unittest
from pathlib import Path

import junitparser

from pipelines import jenkins_scripts
from user import BLOCKED, PASSING, REPOSITORY, Case

JENKINS = REPOSITORY / "ci/jenkins"


def environment_of(text: str) -> dict[str, str]:
    block = re.search(r"environment \{\n(.*?)\n  \}", text, re.S).group(1)
    return dict(re.findall(r"(\w+) = '(.*?)'", block))


class Jenkinsfile(Case):
    def build(self, workspace: Path, name: str = "Jenkinsfile", **changes: str) -> list[int]:
        """Exit codes of the scripts in order, up to the first that fails, where Jenkins stops the stages."""
        path = JENKINS / name
        environment = (self.environment if "environment" not in changes else changes.pop("environment"))
        environment = environment | environment_of(path.read_text(encoding="utf-8")) | changes
        codes = []
        for number, script in enumerate(jenkins_scripts(path)):
            if number == 0 and environment.get("MODELGATE_WHEEL") == "":
                continue                             # its stage has: when { not { environment … value: '' } }
            done = subprocess.run(["sh", "-xe"], input=script, cwd=workspace, env=environment, text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            codes.append(done.returncode)
            if done.returncode != 0:
                break
        return codes

    def published(self, name: str) -> set[str]:
        """Every file that a post step names."""
        text = (JENKINS / name).read_text(encoding="utf-8")
        folder = re.search(r"reportDir: '(.*?)'", text)
        return set(re.findall(r"testResults: '(.*?)'", text)) | {
            f"{folder.group(1)}/{page}" for page in re.findall(r"reportFiles: '(.*?)'", text)}

    def test_a_blocked_candidate_stops_before_deploy_and_every_published_file_is_there(self) -> None:
        workspace = self.repository(BLOCKED)
        self.assertEqual(self.build(workspace), [0, 1])
        self.assertFalse((workspace / "deployed.txt").exists())
        published = self.published("Jenkinsfile")
        self.assertEqual(len(published), 2)
        for path in published:
            self.assertTrue((workspace / path).is_file(), path)
        junit = junitparser.JUnitXml.fromfile(str(workspace / "modelgate-report/junit.xml"))
        self.assertGreater(junit.failures, 0)

    def test_a_good_candidate_is_deployed(self) -> None:
        workspace = self.repository(PASSING)
        self.assertEqual(self.build(workspace), [0, 0, 0])
        self.assertEqual((workspace / "deployed.txt").read_text(), "models/candidate.pt\n")

    def test_yesterdays_pass_does_not_stand_where_today_modelgate_is_not_there(self) -> None:
        workspace = self.repository(PASSING)
        (workspace / "modelgate-report").mkdir()
        (workspace / "modelgate-report/report.json").write_text('{"verdict": "pass"}')
        self.assertEqual(self.build(workspace, MODELGATE_WHEEL=""), [127])
        self.assertFalse((workspace / "modelgate-report/report.json").exists())

    def test_the_soft_gate_sees_1_for_a_block_and_3_for_what_could_not_be_judged(self) -> None:
        workspace = self.repository(BLOCKED)
        self.assertEqual(self.build(workspace, "Jenkinsfile.soft", environment=self.with_binary()), [1])
        report = json.loads((workspace / "modelgate-report/report.json").read_text(encoding="utf-8"))
        self.assertEqual(report["verdict"], "block")
        self.assertEqual(self.build(workspace, "Jenkinsfile.soft", environment=self.with_binary(), CANDIDATE="no.pt"), [3])
        text = (JENKINS / "Jenkinsfile.soft").read_text(encoding="utf-8")
        self.assertIn("code == 1", text)
        self.assertNotIn("Deploy", text)


if __name__ == "__main__":
    unittest.main()
