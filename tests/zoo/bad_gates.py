# SPDX-License-Identifier: Apache-2.0
"""Gate files that no gate may be built from."""

from __future__ import annotations

import os

from place import GATE, Case, Place, case

CASES: list[Case] = []
CHECK = "    - {metric: accuracy, min: 0.6, max_regression: 5pp}\n"


def text(name: str, says: str, *changes: tuple[str, str], add: str = "", whole: bytes | str | None = None) -> None:
    """The gate file after these changes, or these bytes in its place."""
    def make(place: Place) -> None:
        if whole is not None:
            place.write("modelgate.yaml", whole)
        else:
            place.gate(*changes)
            with open(place.path("modelgate.yaml"), "a", encoding="utf-8") as file:
                file.write(add)
    CASES.append(Case(f"gate_{name}", (2,), says, make))


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]\n" for i in range(1, 12))

text("empty", "modelgate.yaml", whole=b"")
text("of_comments", "modelgate.yaml", whole="# nothing\n")
text("that_is_a_list", "modelgate.yaml", whole="- 1\n- 2\n")
text("that_is_a_word", "modelgate.yaml", whole="hello\n")
text("of_two_documents", "document", add="---\nversion: 1\n")
text("with_an_anchor", "anchor", ("name: tiny", "name: &n tiny"))
text("with_an_alias", "not YAML", ("name: tiny", "name: *n"))
text("with_a_merge_key", "", add="<<: {allow_identical: true}\n")
text("that_is_a_bomb", "anchor", add=BOMB)
text("with_a_cycle", "anchor", add="waivers: &w [*w]\n")
text("with_a_python_tag", "tag", ("name: tiny", "name: !!python/object/apply:os.system [id]"))
text("with_a_binary_tag", "tag", ("name: tiny", "name: !!binary aGVsbG8="))
text("with_a_key_twice", "name", add="name: other\n")
text("with_a_check_key_twice", "min", ("min: 0.6", "min: 0.6, min: 0.1"))
text("with_an_unknown_key", "unknown key", add="allow_everything: true\n")
text("with_a_misspelled_key", "did you mean", ("on_inconclusive: guard", "on_inconclusiv: guard"))
text("with_an_unknown_metric", "acuracy", ("metric: accuracy", "metric: acuracy"))
text("deeply_nested", "modelgate.yaml:2", whole="version: 1\nname: " + "[" * 100_000 + "\n")
text("deeply_nested_maps", "deep", whole="version: 1\nname: " + "{a: " * 5000 + "1" + "}" * 5000 + "\n")
text("too_large", "larger than", add="# " + "x" * 2_000_000 + "\n")
text("of_too_many_checks", "", (CHECK, CHECK * 60_000))
text("not_utf8", "UTF-8", whole=GATE.encode().replace(b"tiny", b"t\xffny"))
text("overlong_utf8", "UTF-8", whole=GATE.encode().replace(b"tiny", b"t\xc0\xafny"))
text("in_utf16", "", whole=GATE.encode("utf-16"))
text("with_a_nul", "", whole=GATE.replace("tiny", "ti\0ny"))
text("with_an_escape_sequence", "", ("name: tiny", 'name: "ti\\e[31mny"'))
text("with_bidirectional_text", "", ("name: tiny", "name: \"ti\u202eny\""))
text("with_tabs", "modelgate.yaml", ("  path: golden.parquet", "\tpath: golden.parquet"))
text("with_an_open_quote", "modelgate.yaml", ("name: tiny", 'name: "tiny'))
text("with_an_open_bracket", "modelgate.yaml", ("attributes: [group]", "attributes: [group"))
for word in (".nan", ".inf", "-.inf", "1e999", "nan", "0x10", "1_000", "0.6.1", "yes", "null", "''", "[0.6]", "{a: 1}"):
    text(f"whose_limit_is_{word.encode().hex()}", "min", ("min: 0.6", f"min: {word}"))
text("whose_limit_is_too_large", "min", ("min: 0.6", "min: 60"))
text("whose_margin_is_negative", "max_regression", ("max_regression: 5pp", "max_regression: -5pp"))
for word in (".nan", "-1", "1pp", "[0.1]", "{}{}", "{exact: 1}", "{relative: 2}", "{absolute: .inf}"):
    text(f"whose_tolerance_is_{word.encode().hex()}", "", (CHECK, CHECK + "  parity:\n    - {metric: mismatched_rows, max: 0, "
                                                                         f"tolerance: {word}}}\n"))
text("of_no_version", "version", ("version: 1\n", ""))
text("of_version_2", "version", ("version: 1\n", "version: 2\n"))
text("without_policy", "on_inconclusive", ("on_inconclusive: guard\n", ""))
text("without_checks", "checks", (GATE[GATE.index("checks:"):], ""))
text("without_candidate", "candidate", ("candidate: {predictions: good.csv, columns: [score]}\n", ""))
text("that_extends_itself", "extend", add="extends: modelgate.yaml\n")
text("that_extends_nothing", "nowhere.yaml", add="extends: nowhere.yaml\n")
text("that_extends_a_folder", "is not a file", add="extends: .\n")
text("that_extends_a_device", "is not a file", add="extends: /dev/zero\n")
text("whose_name_climbs", "", ("name: tiny", "name: ../../tmp/x"))


@case(CASES, 2, "there is no gate file")
def gate_that_is_absent(place: Place) -> None:
    place.path("modelgate.yaml").unlink()


@case(CASES, 2, "is not a file")
def gate_that_is_a_folder(place: Place) -> None:
    place.path("modelgate.yaml").unlink()
    place.path("modelgate.yaml").mkdir()


@case(CASES, 2, "is not a file")
def gate_that_is_a_fifo(place: Place) -> None:
    place.path("modelgate.yaml").unlink()
    os.mkfifo(place.path("modelgate.yaml"))


@case(CASES, 2, "is not a file")
def gate_that_is_a_device(place: Place) -> None:
    place.arguments += ["-c", "/dev/zero"]


@case(CASES, 2, "does not reach")
def gate_overridden_where_none_may(place: Place) -> None:
    place.arguments += ["--set", "checks.accuracy=none"]


@case(CASES, 2, "")
def gate_overridden_by_control_characters(place: Place) -> None:
    place.arguments += ["--set", "candidate.version=a\x1b[31mb"]


@case(CASES, 2, "waivers")
def gate_with_waivers_that_are_a_bomb(place: Place) -> None:
    place.gate(("name: tiny\n", "name: tiny\nwaivers: waivers.yaml\n"))
    place.write("waivers.yaml", BOMB)
