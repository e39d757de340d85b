# SPDX-License-Identifier: Apache-2.0
"""gitlab-ci-local runs the example pipeline of ci/gitlab in a real repository: includes the template from another project,
installs, judges, keeps the reports, and deploys or does not."""

from __future__ import annotations

import json
import shutil
import subprocess
import unittest
from pathlib import Path

import junitparser

from pipelines import PIPELINE, TEMPLATE
from user import BLOCKED, NODE_MODULES, PASSING, REPOSITORY, TOOLS, WHEEL, Case, git

TRUSTED = "0" * 40


class Pipeline(Case):
    def project(self, candidate: str, pipeline: str | None = None) -> Path:
        """A user's project with the example pipeline; the template's project is a repository beside it."""
        project = self.repository(candidate)
        (project / ".gitlab-ci.yml").write_text(pipeline or PIPELINE.read_text(encoding="utf-8"), encoding="utf-8")
        template = self.folder / "remotes/your-group/modelgate.git"
        template.mkdir(parents=True)
        shutil.copytree(REPOSITORY / "ci/gitlab", template / "ci/gitlab")
        git("init", "-q", cwd=template)
        git("add", ".", cwd=template)
        git("commit", "-q", "-m", "The template", cwd=template)
        git("tag", TRUSTED, cwd=template)         # gitlab-ci-local clones names only; GitLab takes the commit itself
        git("add", ".", cwd=project)
        git("commit", "-q", "--allow-empty", "-m", "A pipeline", cwd=project)
        git("remote", "add", "origin", "https://gitlab.example.com/your-group/fraud.git", cwd=project)
        git("update-ref", "refs/remotes/origin/main", "HEAD", cwd=project)
        git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main", cwd=project)
        (self.folder / ".gitconfig").write_text(
            f'[url "file://{self.folder}/remotes/"]\n  insteadOf = https://gitlab.example.com:443/\n'
            "[user]\n  name = user\n  email = user@example.com\n[safe]\n  directory = *\n")
        return project

    def run_pipeline(self, project: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        node = [TOOLS / "node", NODE_MODULES / "gitlab-ci-local/src/index.js"]
        return subprocess.run([*node, "--force-shell-executor", "--shell-isolation", "--no-color"], cwd=project, text=True,
                              env=environment or self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def artifacts(self, project: Path) -> Path:
        return project / ".gitlab-ci-local/artifacts/modelgate/modelgate-report"

    def test_a_blocked_candidate_is_not_deployed_and_its_reports_are_kept(self) -> None:
        project = self.project(BLOCKED)
        done = self.run_pipeline(project)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"(?m)^modelgate .*BLOCK ")
        self.assertRegex(done.stdout, r"FAIL.* modelgate")
        self.assertFalse(list(project.rglob("deployed.txt")), done.stdout)
        report = json.loads((self.artifacts(project) / "report.json").read_text(encoding="utf-8"))
        self.assertEqual(report["verdict"], "block")
        junit = junitparser.JUnitXml.fromfile(str(self.artifacts(project) / "junit.xml"))
        metrics = (self.artifacts(project) / "report.prom").read_text(encoding="utf-8")
        self.assertRegex(metrics, r"(?m)^modelgate_\w+(\{.*\})? \S+$")
        self.assertTrue(metrics.endswith("# EOF\n"))
        self.assertEqual(junit.failures, sum(check["blocking"] for check in report["checks"]))

    def test_a_good_candidate_is_deployed(self) -> None:
        project = self.project(PASSING)
        done = self.run_pipeline(project)
        self.assertEqual(done.returncode, 0, done.stdout)
        deployed = list(project.rglob("deployed.txt"))
        self.assertEqual([path.read_text() for path in deployed], ["models/candidate.pt\n"], done.stdout)

    def test_other_bytes_than_those_judged_are_not_deployed(self) -> None:
        pipeline = PIPELINE.read_text(encoding="utf-8").replace("    - modelgate verify", "    - cp models/production.pt models/candidate.pt\n    - modelgate verify")
        project = self.project(PASSING, pipeline)
        done = self.run_pipeline(project)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"PASS +modelgate\n.*FAIL +deploy")
        self.assertFalse(list(project.rglob("deployed.txt")), done.stdout)

    def test_at_the_root_of_a_project_the_template_is_a_component(self) -> None:
        """As a component's own pipeline includes it: from this project, at this commit."""
        project = self.project(BLOCKED)
        shutil.copytree(TEMPLATE.parents[1], project / "templates")
        (project / ".gitlab-ci.yml").write_text(
            "include:\n  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/modelgate@$CI_COMMIT_SHA\n    inputs:\n"
            f"      {{install: tools/{WHEEL}, output: reports, job: judge, args: \"--only\\naccuracy\\n\"}}\n")
        git("add", ".", cwd=project)
        git("commit", "-q", "-m", "A component", cwd=project)
        done = self.run_pipeline(project)
        self.assertRegex(done.stdout, r"FAIL +judge")
        report = json.loads((project / ".gitlab-ci-local/artifacts/judge/reports/report.json").read_text(encoding="utf-8"))
        self.assertEqual((report["verdict"], report["scope"]), ("block", "partial"))

    def test_an_image_that_has_modelgate_installs_nothing(self) -> None:
        pipeline = PIPELINE.read_text(encoding="utf-8").replace(f"tools/{WHEEL}", "none")
        project = self.project(BLOCKED, pipeline)
        done = self.run_pipeline(project, self.with_binary())
        self.assertRegex(done.stdout, r"(?m)^modelgate .*BLOCK ")
        done = self.run_pipeline(project)
        self.assertIn("modelgate is not on the PATH", done.stdout)


if __name__ == "__main__":
    unittest.main()
