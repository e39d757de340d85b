# SPDX-License-Identifier: Apache-2.0
"""Runs GitHub workflows and composite actions on this machine, as far as our files use them.

Real: every `run:` step, its shell, env, GITHUB_OUTPUT, GITHUB_PATH, GITHUB_STEP_SUMMARY, `if:` of steps and jobs, `needs`,
expressions. Stand-ins: checkout (the repository is there), setup-python (this Python), upload- and download-artifact (a
folder). What is not known here is an error, never skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ACTION = Path(__file__).resolve().parents[2] / "ci/github/action.yml"
PIECES = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][\w-]*(?:\.[\w-]+)*(?:\(\))?|&&|\|\||==|!=|!|[()]")
WORDS = {"&&": " and ", "||": " or ", "!": " not "}


def load(path: Path) -> dict:
    """YAML as GitHub reads it: `on` is a word and not true."""
    text = re.sub(r"^on:", '"on":', path.read_text(encoding="utf-8"), flags=re.M)
    return yaml.safe_load(text)


@dataclass
class Step:
    name: str
    conclusion: str          # success, failure, skipped
    code: int = 0
    text: str = ""


@dataclass
class Result:
    """What a job or an action did."""
    conclusion: str = "success"
    steps: list[Step] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    def step(self, name: str) -> Step:
        return next(s for s in self.steps if s.name == name)

    @property
    def text(self) -> str:
        return "".join(s.text for s in self.steps)


class Runner:
    """One machine: a workspace, a place for artifacts, the environment of every step."""

    def __init__(self, workspace: Path, environment: dict[str, str], github: dict | None = None) -> None:
        self.workspace, self.temp = workspace, workspace.parent / (workspace.name + "-runner")
        self.artifacts = self.temp / "artifacts"
        self.artifacts.mkdir(parents=True)
        self.summary = self.temp / "summary.md"
        self.summary.touch()
        self.github = {"repository": "your-org/fraud", "ref": "refs/heads/main", "token": "secret"} | (github or {})
        self.environment = environment | {
            "GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_WORKSPACE": str(workspace), "RUNNER_TEMP": str(self.temp),
            "GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_REPOSITORY": self.github["repository"]}

    def value(self, expression: str, context: dict, status: str):
        """The value of what stands between ${{ and }}."""
        def look_up(path: str):
            here = context | {"github": self.github}
            for word in path.split("."):
                here = here.get(word, "") if isinstance(here, dict) else ""
            return "" if here is None else here
        calls = {"always()": True, "success()": status == "success", "failure()": status == "failure", "cancelled()": False}
        code = ""
        for piece in PIECES.findall(expression):
            if piece.startswith("'"):
                code += repr(piece[1:-1].replace("''", "'"))
            elif piece.endswith("()"):
                code += repr(calls[piece])
            elif piece[0].isalpha():
                code += repr(look_up(piece))
            else:
                code += WORDS.get(piece, piece)
        return eval(code, {"__builtins__": {}})

    def fill(self, text, context: dict) -> str:
        text = {True: "true", False: "false"}.get(text, text) if isinstance(text, bool) else text
        return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(self.value(m.group(1), context, "success")), str(text))

    def due(self, step: dict, context: dict, status: str) -> bool:
        condition = str(step.get("if", "success()")).removeprefix("${{").removesuffix("}}")
        if not re.search(r"(always|success|failure|cancelled)\(\)", condition):
            condition = f"success() && ({condition})"
        return bool(self.value(condition, context, status))

    def run_steps(self, steps: list[dict], context: dict) -> Result:
        result = Result()
        context["steps"] = {}
        for number, step in enumerate(steps):
            name = step.get("name") or step.get("uses", f"step {number}")
            if not self.due(step, context, result.conclusion):
                result.steps.append(Step(name, "skipped"))
                context["steps"][step.get("id", f"step-{number}")] = {"outputs": {}, "outcome": "skipped"}
                continue
            done, outputs = self.run_script(step, context) if "run" in step else self.use(step, context)
            outcome = "success" if done.returncode == 0 else "failure"
            context["steps"][step.get("id", f"step-{number}")] = {"outputs": outputs, "outcome": outcome}
            result.steps.append(Step(name, outcome, done.returncode, done.stdout))
            if done.returncode != 0:
                result.conclusion = "failure"
        return result

    def run_script(self, step: dict, context: dict):
        files = {name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
        for path in files.values():
            path.write_text("")
        script = self.temp / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        environment = self.environment | {k: str(v) for k, v in files.items()}
        environment |= {k: self.fill(v, context) for k, v in step.get("env", {}).items()}
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"] if step.get("shell") == "bash" else ["bash", "-e"]
        done = subprocess.run([*shell, script], cwd=self.workspace, env=environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for folder in files["GITHUB_PATH"].read_text().splitlines():
            self.environment["PATH"] = folder + os.pathsep + self.environment["PATH"]
        return done, read_outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))

    def use(self, step: dict, context: dict):
        given = {k: self.fill(v, context) for k, v in step.get("with", {}).items()}
        action = step["uses"].partition("@")[0]
        done, outputs = subprocess.CompletedProcess(action, 0, ""), {}
        if action.endswith("modelgate/ci/github"):
            result = self.run_action(given)
            done, outputs = subprocess.CompletedProcess(action, int(result.conclusion != "success"), result.text), result.outputs
        elif action == "actions/setup-python":
            outputs = {"python-path": sys.executable}
        elif action == "actions/upload-artifact":
            source = self.workspace / given["path"]
            if source.is_dir():
                shutil.copytree(source, self.artifacts / given["name"])
            outputs = {"artifact-url": f"https://github.example/{given['name']}"}
        elif action == "actions/download-artifact":
            if (self.artifacts / given["name"]).is_dir():
                shutil.copytree(self.artifacts / given["name"], self.workspace / given["path"], dirs_exist_ok=True)
            else:
                done.returncode = 1
        elif action != "actions/checkout":
            raise NotImplementedError(action)
        return done, outputs

    def run_action(self, given: dict[str, str]) -> Result:
        """Our composite action with these inputs."""
        action = load(ACTION)
        unknown = set(given) - set(action["inputs"])
        assert not unknown, unknown
        context = {"inputs": {k: str(v.get("default", "")) for k, v in action["inputs"].items()} | given}
        result = self.run_steps(action["runs"]["steps"], context)
        result.outputs = {k: self.fill(v["value"], context) for k, v in action["outputs"].items()}
        return result


def run_workflow(path: Path, workspace: Path, environment: dict[str, str], github: dict | None = None) -> dict[str, Result]:
    """Every job of a workflow, each on a fresh copy of the repository; artifacts go from job to job."""
    results: dict[str, Result] = {}
    shared = workspace.parent / "artifacts-of-the-run"
    shared.mkdir()
    for name, job in load(path)["jobs"].items():
        copy = workspace.parent / f"{workspace.name}-{name}"
        shutil.copytree(workspace, copy)
        runner = Runner(copy, environment, github)
        runner.artifacts = shared
        needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        status = "success" if all(results[n].conclusion == "success" for n in needs) else "failure"
        due = runner.due(job, {}, status)
        results[name] = runner.run_steps(job["steps"], {}) if due else Result("skipped")
    return results


def read_outputs(text: str) -> dict[str, str]:
    """The lines of GITHUB_OUTPUT: name=value, or name<<WORD … WORD."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        if found := re.fullmatch(r"([\w-]+)<<(.+)", line):
            value = []
            while (line := next(lines)) != found.group(2):
                value.append(line)
            outputs[found.group(1)] = "\n".join(value)
        else:
            name, equals, value = line.partition("=")
            assert equals, f"not a line of GITHUB_OUTPUT: {line}"
            outputs[name] = value
    return outputs
