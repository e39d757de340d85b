# SPDX-License-Identifier: Apache-2.0
"""Our reports as their real readers take them: each function reads one report and gives back what it understood."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import cmarkgfm
import jsonschema
import junitparser
import lxml.html
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sarif import loader

HERE = Path(__file__).resolve().parent
TEST_DATA = Path(os.environ.get("MODELGATE_TEST_DATA") or "/nowhere")


@dataclass
class Understood:
    """What a reader takes out of a report; None: this format does not say it."""

    verdict: str
    blocking: int                      # how many checks it shows as standing in the way
    names: set[str] | None = None      # their names
    checks: int | None = None
    shown: dict = field(default_factory=dict)   # more, by the reader


def expected(report: dict) -> Understood:
    """The truth, from report.json."""
    names = {check["id"] for check in report["checks"] if check["blocking"]}
    return Understood(report["verdict"], len(names), names, len(report["checks"]))


def command(*words: str | Path, text: bytes) -> str:
    done = subprocess.run([str(word) for word in words], input=text, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.stderr.decode()[:2000], done.stdout.decode()[:2000])
    return done.stdout.decode() + done.stderr.decode()


def read_junit(text: bytes) -> Understood:
    """junitparser, xmllint (with the strict schema of Jenkins' xUnit plugin where it is there), and GitLab's way."""
    schema = TEST_DATA / "schemas" / "junit-10.xsd"
    command("xmllint", "--noout", *(["--schema", schema] if schema.is_file() else []), "-", text=text)
    suites = junitparser.JUnitXml.fromstring(text)
    cases = [case for suite in suites for case in suite]
    assert len(cases) == suites.tests > 0
    red = {}
    for case in cases:
        results = [r for r in case.result if not isinstance(r, junitparser.SystemOut)]
        assert len(results) <= 1, case.name
        for one in results:
            # GitLab shows the text alone, GitHub's actions the attribute: both must begin with the same sentence.
            assert one.text.splitlines()[0] == one.message, case.name
            if isinstance(one, (junitparser.Failure, junitparser.Error)):
                red[case.name] = one.message
    assert len(red) == suites.failures + suites.errors
    properties = {p.name: p.value for suite in suites for p in suite.properties()}
    return Understood(properties["modelgate.verdict"], len(red), set(red), len(cases), red)


def read_openmetrics(text: bytes) -> Understood:
    """promtool, the OpenMetrics parser of prometheus_client, and GitLab's merge-request widget."""
    assert command("promtool", "check", "metrics", text=text).strip() == "", "promtool has nothing to say"
    samples = {}
    for family in text_string_to_metric_families(text.decode()):
        assert family.documentation, family.name
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in samples, key
            assert sample.value == sample.value, key
            samples[key] = sample.value
    assert len(gitlab_metrics(text.decode())) == len(samples)
    value = lambda name, **labels: {k: v for k, v in samples.items() if k[0] == f"modelgate_{name}" and labels.items() <= dict(k[1]).items()}
    verdict, = [dict(k[1])["verdict"] for k, v in value("verdict").items() if v == 1]
    blocking = {dict(k[1])["check"] for k, v in value("check_blocking").items() if v == 1}
    counted, = value("blocking_checks").values()
    checks = sum(v for k, v in value("checks").items() if dict(k[1])["outcome"] != "not_judged")
    return Understood(verdict, int(counted), blocking, int(checks), samples)


def gitlab_metrics(text: str) -> dict[str, str]:
    """As lib/gitlab/ci/reports/metrics of GitLab reads a metrics report: no comments, words as a shell splits them."""
    metrics = {}
    for line in text.splitlines():
        words = shlex.split(line.partition("#")[0])
        if words:
            name, value = words[0], words[1]
            assert name not in metrics, name
            metrics[name] = value
    return metrics


def read_sarif(path: Path) -> Understood:
    """sarif-tools, and the schema of SARIF: what we use of it, closed, and the whole where it is there."""
    log = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads((HERE / "sarif_used.schema.json").read_text()),
                                    format_checker=jsonschema.FormatChecker()).validate(log)
    whole = TEST_DATA / "schemas" / "sarif-2.1.0.json"
    if whole.is_file():
        jsonschema.Draft7Validator(json.loads(whole.read_text())).validate(log)
    read = loader.load_sarif_file(str(path))
    raw, = log["runs"]
    assert read.get_distinct_tool_names() == ["modelgate"]
    prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in raw["results"]]
    assert len(prints) == len(set(prints)), "one alert a check"
    for result in raw["results"]:
        assert raw["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    errors = [r for r in raw["results"] if r["level"] == "error" and "suppressions" not in r]
    suppressed = [r for r in raw["results"] if "suppressions" in r]
    records = read.get_records()
    assert len(records) == len(raw["results"])
    assert sum(record["Severity"] == "error" for record in records) == len(errors) + len(suppressed)
    assert all(record["Location"] and record["Line"] > 0 for record in records)
    names = {r["properties"]["check"] for r in errors if "properties" in r}
    assert (raw["invocations"][0]["exitCode"] == 0) == (raw["properties"]["verdict"] == "pass")
    return Understood(raw["properties"]["verdict"], len(errors), names, None,
                      {"records": records, "suppressed": suppressed})


ALLOWED = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "code", "strong",
           "a", "div"}
REFERENCE = re.compile(r"(?:^|[^\w])[@!$%&~](?=\w)|#(?=\w)|https?://|www\.", re.ASCII)


def read_markdown(text: str) -> Understood:
    """cmark-gfm, GitHub's own renderer: tables stay tables, and no name opens markup, a link, a mention or a reference."""
    assert len(text.encode()) <= 60_000 and len(text) < 65_536
    html = cmarkgfm.github_flavored_markdown_to_html(text, options=cmarkgfm.Options.CMARK_OPT_UNSAFE)
    assert html.count("<details>") == html.count("</details>")
    page = lxml.html.fragment_fromstring(html, create_parent="div")
    tags = {element.tag for element in page.iter()}
    assert tags <= ALLOWED, tags - ALLOWED
    for strong in page.iter("strong"):   # the titles of findings, and one word of ours
        assert len(strong) == 0 and (strong.text == "partial" or strong.getparent().tag == "li"), strong.text
    for element in page.iter("a"):
        assert element.text == "This run and its reports", lxml.html.tostring(element)
    for element in page.iter():
        if element.tag == "code":
            element.text = ""
        for piece in (element.text, element.tail):
            found = REFERENCE.search(piece or "")
            assert not found, (found, piece[:300])
    cells = []
    rows = {"Blocking": 0, "Waived": 0, "Warnings, not blocking": 0, "Passed": 0}
    for table in page.iter("table"):
        width = len(table.findall("thead/tr/th"))
        body = table.findall("tbody/tr")
        assert all(len(row.findall("td")) == width for row in body)
        if table.find("thead/tr/th").text == "percentile":   # the timings, which are no results
            assert width == 3
            continue
        assert width == 5
        rows[table_title(table)] += len(body)
        cells += [[cell.text_content().replace("\u200b", "") for cell in row] for row in body]
    title = page.find("h2").text
    verdict = re.search(r" (pass|blocked|error)\b(?! file)", title)[1].replace("blocked", "block")
    return Understood(verdict, rows["Blocking"], None, None, {"title": title, "rows": rows, "cells": cells})


def table_title(table: lxml.html.HtmlElement) -> str:
    """The heading or the folded part's summary that the table stands below."""
    part = table.getparent()
    if part.tag == "details":
        return part.find("summary").text.partition(":")[0]
    before = table.getprevious()
    while before.tag != "h3":
        before = before.getprevious()
    return before.text
