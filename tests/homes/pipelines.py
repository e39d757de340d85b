# SPDX-License-Identifier: Apache-2.0
"""What stands in the files that users copy: their scripts, the actions they use, the GitLab template's two documents."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import yaml

from actions import load
from user import REPOSITORY

ACTION = REPOSITORY / "ci/github/action.yml"
WORKFLOWS = sorted((REPOSITORY / "ci/github/examples").glob("*.yml"))
TEMPLATE = REPOSITORY / "ci/gitlab/templates/modelgate/template.yml"
PIPELINE = REPOSITORY / "ci/gitlab/example/.gitlab-ci.yml"
JENKINSFILES = sorted((REPOSITORY / "ci/jenkins").glob("Jenkinsfile*"))


def github_steps() -> list[tuple[Path, dict]]:
    steps = [(ACTION, step) for step in load(ACTION)["runs"]["steps"]]
    for path in WORKFLOWS:
        steps += [(path, step) for job in load(path)["jobs"].values() for step in job["steps"]]
    return steps


def template_documents() -> tuple[dict, str]:
    """The inputs' specification, and the jobs as text with $[[ inputs.… ]] in it."""
    head, jobs = re.split(r"^---$", TEMPLATE.read_text(encoding="utf-8"), maxsplit=1, flags=re.M)
    return yaml.safe_load(head)["spec"]["inputs"], jobs


def template_jobs(**given: str) -> dict:
    """The template's jobs with inputs put in, as GitLab does it."""
    inputs, jobs = template_documents()
    values = {name: value.get("default", "") for name, value in inputs.items()} | given
    return yaml.safe_load(re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda m: values[m.group(1)], jobs))


def jenkins_scripts(path: Path) -> list[str]:
    """The bodies of sh '''…''', as Groovy unescapes and Jenkins runs them."""
    bodies = re.findall(r"'''\n(.*?)'''", path.read_text(encoding="utf-8"), re.S)
    return [textwrap.dedent(body).replace("\\\\", "\\") for body in bodies]


def scripts() -> list[tuple[str, str, str]]:
    """Every embedded script: where, for which shell, its text."""
    found = [(f"{path.name}: {step.get('name')}", "bash", step["run"]) for path, step in github_steps() if "run" in step]
    jobs = template_jobs() | {f"example {k}": v for k, v in yaml.safe_load(PIPELINE.read_text()).items() if isinstance(v, dict)}
    for name, job in jobs.items():
        found += [(f"GitLab: {name}", "sh", "\n".join(job[key])) for key in ("before_script", "script") if key in job]
    for path in JENKINSFILES:
        found += [(path.name, "sh", body) for body in jenkins_scripts(path)]
    return found
