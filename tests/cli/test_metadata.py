# SPDX-License-Identifier: Apache-2.0
"""What a run says of where it ran: the CI, the commit and its ref, the change and who started it."""

from __future__ import annotations

import hashlib
import subprocess
import unittest

from after_case import NOWHERE, After
from support import run_modelgate


class Metadata(After):
    def run_in(self, environment: dict[str, str], cwd=None) -> dict:
        gate = self.folder / "modelgate.yaml"
        out = self.folder / "meta"
        run = run_modelgate("run", "-c", gate, "-o", f"{out}/", cwd=cwd or self.folder, folder=out,
                            environment=NOWHERE | environment)
        self.assert_code(run, 0)
        self.assert_formats(run)
        return run.report["run"]

    def assert_run(self, run: dict, **expected: str | None) -> None:
        self.assertEqual({key: run[key] for key in expected}, expected)

    def test_github(self) -> None:
        run = self.run_in({"GITHUB_ACTIONS": "true", "GITHUB_SHA": "a" * 40, "GITHUB_REF": "refs/pull/7/merge",
                           "GITHUB_HEAD_REF": "feature/x", "GITHUB_REF_NAME": "7/merge", "GITHUB_ACTOR": "ada",
                           "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "42"})
        self.assert_run(run, ci_system="GitHub Actions", git_commit="a" * 40, git_ref="feature/x", change_request="7",
                        actor="ada", ci_url="https://github.example/o/r/actions/runs/42", overrides=[])
        self.assertEqual(run["gate_sha256"], hashlib.sha256((self.folder / "modelgate.yaml").read_bytes()).hexdigest())
        push = self.run_in({"GITHUB_ACTIONS": "true", "GITHUB_SHA": "a" * 40, "GITHUB_REF": "refs/heads/main",
                            "GITHUB_REF_NAME": "main", "GITHUB_ACTOR": "ada", "GITHUB_TRIGGERING_ACTOR": "bob"})
        self.assert_run(push, git_ref="main", change_request=None, actor="bob", ci_url=None)

    def test_gitlab(self) -> None:
        run = self.run_in({"GITLAB_CI": "true", "CI_COMMIT_SHA": "b" * 40, "CI_COMMIT_REF_NAME": "main",
                           "CI_JOB_URL": "https://gitlab.example/o/r/-/jobs/9", "GITLAB_USER_LOGIN": "bob",
                           "CI_MERGE_REQUEST_IID": "12", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic"})
        self.assert_run(run, ci_system="GitLab CI", git_commit="b" * 40, git_ref="topic", change_request="12", actor="bob",
                        ci_url="https://gitlab.example/o/r/-/jobs/9")

    def test_jenkins(self) -> None:
        run = self.run_in({"JENKINS_URL": "https://ci.example/", "BUILD_URL": "https://ci.example/job/g/3/",
                           "GIT_COMMIT": "c" * 40, "BRANCH_NAME": "PR-5", "CHANGE_BRANCH": "topic", "CHANGE_ID": "5",
                           "CHANGE_AUTHOR": "eve"})
        self.assert_run(run, ci_system="Jenkins", git_commit="c" * 40, git_ref="topic", change_request="5", actor="eve",
                        ci_url="https://ci.example/job/g/3/")

    def git(self, *words: str, cwd) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always", *words]
        return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()

    def test_a_desk_reads_the_checkout_packed_refs_worktrees_and_submodules_included(self) -> None:
        desk = {"USER": "carol"}
        repository = self.folder / "repository"
        repository.mkdir()
        self.git("init", "-q", "-b", "topic/one", cwd=repository)
        self.git("commit", "-q", "--allow-empty", "-m", "first", cwd=repository)
        commit = self.git("rev-parse", "HEAD", cwd=repository)
        self.assert_run(self.run_in(desk, repository), git_commit=commit, git_ref="topic/one", ci_system=None, actor="carol",
                        ci_url=None, change_request=None)
        self.git("pack-refs", "--all", cwd=repository)
        self.assertFalse((repository / ".git/refs/heads/topic/one").exists())
        below = repository / "a/b"
        below.mkdir(parents=True)
        self.assert_run(self.run_in(desk, below), git_commit=commit, git_ref="topic/one")
        self.git("worktree", "add", "-q", "-b", "second", "../tree", cwd=repository)
        self.assertTrue((self.folder / "tree/.git").is_file())
        self.assert_run(self.run_in(desk, self.folder / "tree"), git_commit=commit, git_ref="second")
        self.git("pack-refs", "--all", cwd=repository)
        self.assert_run(self.run_in(desk, self.folder / "tree"), git_commit=commit, git_ref="second")
        self.git("checkout", "-q", "--detach", cwd=repository)
        self.assert_run(self.run_in(desk, repository), git_commit=commit, git_ref=None)
        outer = self.folder / "outer"
        outer.mkdir()
        self.git("init", "-q", cwd=outer)
        self.git("submodule", "add", "-q", str(repository), "sub", cwd=outer)
        self.assertTrue((outer / "sub/.git").is_file())
        self.assertEqual(self.run_in(desk, outer / "sub")["git_commit"], commit)


if __name__ == "__main__":
    unittest.main()
