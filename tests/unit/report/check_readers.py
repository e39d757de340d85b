# SPDX-License-Identifier: Apache-2.0
"""The written reports in the hands of their real readers: check_readers.py RENDER_SAMPLE SCHEMA READER

schema: report.json against its JSON Schema. readers: xmllint and junitparser on junit.xml. xsd: the strict schema of the
Jenkins xUnit plugin, from $MODELGATE_TEST_DATA/schemas; exit 77 says that it is not there. openmetrics, sarif, markdown:
tests/consumers/readers.py.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "consumers"))

REPORTS = ["fraud", "passing", "gate_error", "hostile"]


def render(program, report, suffix):
    return subprocess.run([program, report, suffix], check=True, capture_output=True).stdout


def no_constant(name):
    raise ValueError(f"{name} is no JSON")


def check_schema(program, schema_path):
    import jsonschema

    schema = json.loads(pathlib.Path(schema_path).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for report in REPORTS:
        document = json.loads(render(program, report, ".json"), parse_constant=no_constant)
        errors = [f"{report}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(document)]
        assert not errors, "\n".join(errors[:20])
        document["surprise"] = 1
        assert not validator.is_valid(document), "the schema must refuse fields it does not know"
        if document["checks"]:
            del document["surprise"], document["checks"][0]["outcome"]
            assert not validator.is_valid(document), "the schema must ask for every field"


def check_readers(program):
    import junitparser

    for report in REPORTS:
        xml = render(program, report, ".xml")
        subprocess.run(["xmllint", "--noout", "-"], input=xml, check=True)
        document = json.loads(render(program, report, ".json"))
        suites = junitparser.JUnitXml.fromstring(xml)
        cases = [case for suite in suites for case in suite]
        red = [case for case in cases if any(isinstance(r, (junitparser.Failure, junitparser.Error)) for r in case.result)]
        assert len(cases) == suites.tests and cases, report
        assert len(red) == suites.failures + suites.errors, report
        blocking = sum(check["blocking"] for check in document["checks"])
        assert len(red) == (blocking or int(document["verdict"] != "pass")), report
        assert bool(red) == (document["exit_code"] != 0), report
        for case in cases:
            assert len([r for r in case.result if not isinstance(r, junitparser.SystemOut)]) <= 1, case.name


def check_xsd(program):
    data = os.environ.get("MODELGATE_TEST_DATA")
    xsd = pathlib.Path(data or "/nonexistent") / "schemas" / "junit-10.xsd"
    if not xsd.exists():
        print("SKIPPED: $MODELGATE_TEST_DATA/schemas/junit-10.xsd is not there")
        sys.exit(77)
    for report in REPORTS:
        with tempfile.NamedTemporaryFile(suffix=".xml") as file:
            file.write(render(program, report, ".xml"))
            file.flush()
            subprocess.run(["xmllint", "--noout", "--schema", str(xsd), file.name], check=True)


def check_understood(program, what):
    """The reader finds the verdict and the blocking checks of report.json, whatever the names look like."""
    import readers

    suffix = {"openmetrics": ".prom", "sarif": ".sarif", "markdown": ".md"}[what]
    for report in REPORTS:
        document = json.loads(render(program, report, ".json"))
        truth, bytes_ = readers.expected(document), render(program, report, suffix)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, f"report{suffix}")
            file.write_bytes(bytes_)
            read = {"openmetrics": lambda: readers.read_openmetrics(bytes_), "sarif": lambda: readers.read_sarif(file),
                    "markdown": lambda: readers.read_markdown(bytes_.decode())}[what]()
        assert read.verdict == truth.verdict, (report, read)
        of_gate = int(what == "sarif" and not truth.blocking and truth.verdict != "pass")
        assert read.blocking == truth.blocking + of_gate, (report, read, truth)
        assert read.names is None or report == "hostile" or read.names == truth.names, (report, read.names, truth.names)
        assert read.checks in (None, truth.checks), report


if __name__ == "__main__":
    program, schema, what = sys.argv[1:]
    {"schema": lambda: check_schema(program, schema), "readers": lambda: check_readers(program),
     "xsd": lambda: check_xsd(program)}.get(what, lambda: check_understood(program, what))()
