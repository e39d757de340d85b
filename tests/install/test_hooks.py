# SPDX-License-Identifier: Apache-2.0
"""The hook of .pre-commit-hooks.yaml, run by pre-commit itself in a repository that has no data: on commit and on push."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GATE = (ROOT / "fixtures/recorded/binary/modelgate.yaml").read_text()


class Hooks(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="modelgate-hooks-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        tools = [str(pathlib.Path(os.environ["MODELGATE_BIN"]).parent), str(pathlib.Path(sys.executable).parent)]
        self.environment = {"PATH": os.pathsep.join([*tools, "/usr/bin", "/bin"]), "HOME": holder.name,
                            "PRE_COMMIT_HOME": str(self.folder / "cache"), "GIT_CONFIG_NOSYSTEM": "1"}
        for key in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{key}_NAME": "a", f"GIT_{key}_EMAIL": "a@example.org"}
        self.hooks, self.project = self.folder / "hooks", self.folder / "project"
        for repository in (self.hooks, self.project):
            self.succeed("git", "init", "-q", "-b", "main", repository, cwd=self.folder)
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", self.hooks)
        self.succeed("git", "add", "-A", cwd=self.hooks)
        self.succeed("git", "commit", "-q", "-m", "Hooks", cwd=self.hooks)

    def run_in(self, *command, cwd=None):
        return subprocess.run([str(word) for word in command], cwd=cwd or self.project, env=self.environment,
                              capture_output=True, text=True, timeout=120, check=False)

    def succeed(self, *command, cwd=None):
        done = self.run_in(*command, cwd=cwd)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def refuse(self, *command):
        done = self.run_in(*command)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def write(self, name, text):
        (self.project / name).parent.mkdir(exist_ok=True)
        (self.project / name).write_text(text)
        self.succeed("git", "add", "-A")

    def test_it_reads_gate_files_alone_and_names_each_that_is_wrong(self):
        self.write("modelgate.yaml", GATE)
        self.write("gates/modelgate-eu.yml", GATE.replace("max_regression", "max_regresion", 1))
        self.write("other.yaml", "not: a gate\n")
        told = self.refuse("pre-commit", "try-repo", self.hooks, "modelgate-validate", "--all-files")
        self.assertIn("modelgate.yaml: valid", told)
        self.assertRegex(told, r"gates/modelgate-eu\.yml:\d+: error: .*max_regresion")
        self.assertNotIn("other.yaml", told)

    def test_a_wrong_gate_file_is_neither_committed_nor_pushed(self):
        revision = self.succeed("git", "rev-parse", "HEAD", cwd=self.hooks).strip()
        self.write(".pre-commit-config.yaml", f"repos:\n  - repo: {self.hooks}\n    rev: {revision}\n"
                                              "    hooks: [{id: modelgate-validate}]\n")
        self.succeed("pre-commit", "install", "--hook-type", "pre-commit", "--hook-type", "pre-push")
        self.write("modelgate.yaml", GATE.replace("task: binary", "task: binery"))
        self.assertIn("binery", self.refuse("git", "commit", "-m", "Wrong"))
        self.write("modelgate.yaml", GATE)
        self.succeed("git", "commit", "-q", "-m", "Right")

        self.succeed("git", "init", "-q", "--bare", self.folder / "remote")
        self.succeed("git", "push", "-q", self.folder / "remote", "main")
        self.write("modelgate.yaml", GATE.replace("task: binary", "task: binery"))
        self.succeed("git", "commit", "-q", "--no-verify", "-m", "Wrong")
        self.assertIn("binery", self.refuse("git", "push", self.folder / "remote", "main"))


if __name__ == "__main__":
    unittest.main()
