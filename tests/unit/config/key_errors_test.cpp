// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(KeyErrors, unknown_key_of_a_check) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regresion: 0.02}")),
            R"(modelgate.yaml:13: error: unknown key "max_regresion"
   13 |     - {metric: recall, max_regresion: 0.02}
      |                        ^
      did you mean "max_regression"?)");
}

TEST(KeyErrors, unknown_key_at_the_top) {
  EXPECT_EQ(error_of(short_gate({{"task: binary", "taks: binary"}})),
            R"(modelgate.yaml:3: error: unknown key "taks"
    3 | taks: binary
      | ^
      did you mean "task"?)");
}

TEST(KeyErrors, unknown_family) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 0.02}", "acuracy")),
            R"(modelgate.yaml:12: error: unknown key "acuracy"
   12 |   acuracy:
      |   ^
      did you mean "accuracy"?)");
}

TEST(KeyErrors, known_elsewhere) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "threads: 2\nchecks:"}})),
            R"(modelgate.yaml:11: error: unknown key "threads"
   11 | threads: 2
      | ^
      "threads" belongs under runtime)");
}

TEST(KeyErrors, known_at_the_top_only) {
  EXPECT_EQ(error_of(short_gate({{"  label: y", "  label: y\n  task: binary"}})),
            R"(modelgate.yaml:10: error: unknown key "task"
   10 |   task: binary
      |   ^
      "task" belongs at the top, unindented)");
}

TEST(KeyErrors, unknown_and_like_nothing) {
  EXPECT_EQ(error_of(short_gate({{"  label: y", "  label: y\n  banana: 1"}})),
            R"(modelgate.yaml:10: error: unknown key "banana"
   10 |   banana: 1
      |   ^
      known here: path, id, label, weight, cluster, query, population, inputs, sha256 or min_rows)");
}

TEST(KeyErrors, every_problem_at_once) {
  EXPECT_EQ(error_of(short_gate({{"version: 1", "version: 2"},
                                 {"binary", "binray"},
                                 {"new.pt", "new.onnx"},
                                 {"max_regression: 0.02", "min: 85"}})),
            R"(modelgate.yaml:1: error: "version" must be 1
    1 | version: 2
      |          ^
modelgate.yaml:3: error: "task" cannot be "binray"
    3 | task: binray
      |       ^
      did you mean "binary"?
modelgate.yaml:5: error: a model is a TorchScript file (.pt) or an AOTInductor package (.pt2)
    5 | candidate: {model: new.onnx}
      |                    ^
      other frameworks come as predictions: FILE.parquet or FILE.csv
modelgate.yaml:13: error: recall lies between 0 and 1; 85 is outside
   13 |     - {metric: recall, min: 85}
      |                             ^
      write 0.85 or 85pp)");
}

TEST(KeyErrors, extends_names_a_file_that_is_not_there) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "extends: base.yaml\nchecks:"}})),
            R"(modelgate.yaml:11: error: "extends": base.yaml is not there
   11 | extends: base.yaml
      |          ^
      the path is relative to this file)");
}

TEST(KeyErrors, a_tolerance_is_for_outputs_alone) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 0.02, tolerance: 1e-6}")),
            R"(modelgate.yaml:13: error: "tolerance" does not apply to recall
   13 |     - {metric: recall, max_regression: 0.02, tolerance: 1e-6}
      |                                              ^
      remove it)");
  EXPECT_EQ(sentences_of(gate_with_check("{metric: decision_flips, max: 0, tolerance: 1e-6}", "parity")),
            "modelgate.yaml:13: error: \"tolerance\" does not apply to decision_flips; remove it, or judge by "
            "mismatched_rows");
  EXPECT_EQ(sentences_of(gate_with_check("{metric: mismatched_rows, max: 0, tolerance: -1}", "determinism")),
            "modelgate.yaml:13: error: \"tolerance\" is out of range: 0 or more, and finite");
  EXPECT_EQ(sentences_of(gate_with_check("{metric: mismatched_rows, max: 0, tolerance: {relative: 1.5, abs: 0}}",
                                         "determinism")),
            "modelgate.yaml:13: error: \"relative\" is out of range: 0 to 1\nmodelgate.yaml:13: error: unknown key "
            "\"abs\"; known here: absolute or relative");
  EXPECT_EQ(sentences_of(gate_with_check("{metric: mismatched_rows, max: 0, tolerance: [1e-6]}", "determinism")),
            "modelgate.yaml:13: error: \"tolerance\" needs a map of keys; mismatched_rows: how far two numbers may lie "
            "apart and still be the same; a number is the absolute one.");
}

TEST(KeyErrors, a_confidence_is_not_for_outputs) {
  EXPECT_EQ(sentences_of(gate_with_check("{metric: mismatched_rows, max: 0, confidence: 0.99}", "determinism")),
            "modelgate.yaml:13: error: \"confidence\" does not apply to mismatched_rows; outputs are compared with "
            "outputs, without error; remove it");
}

TEST(KeyErrors, isolation_has_three_levels) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "runtime: {isolation: some}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "isolation" cannot be "some"
   11 | runtime: {isolation: some}
      |                      ^
      write full, partial or none)");
}

TEST(KeyErrors, other_devices_are_not_built_yet) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "runtime: {device: mps}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "device: mps" is not supported by this version
   11 | runtime: {device: mps}
      |                   ^
      write cpu or cuda)");
}

TEST(KeyErrors, task_misspelled) {
  EXPECT_EQ(error_of(short_gate({{"binary", "binray"}})),
            R"(modelgate.yaml:3: error: "task" cannot be "binray"
    3 | task: binray
      |       ^
      did you mean "binary"?)");
}

TEST(KeyErrors, version) {
  EXPECT_EQ(error_of(short_gate({{"version: 1", "version: 2"}})),
            R"(modelgate.yaml:1: error: "version" must be 1
    1 | version: 2
      |          ^)");
}

TEST(KeyErrors, policy_has_no_default) {
  EXPECT_EQ(error_of(short_gate({{"on_inconclusive: guard\n", ""}})),
            R"(modelgate.yaml: error: "on_inconclusive" is missing
      on_inconclusive: block, guard or warn. What a result does whose interval straddles the limit: block (must be proven), guard (blocks unless harm beyond hard_margin is excluded) or warn.)");
}

TEST(KeyErrors, gate_name) {
  EXPECT_EQ(error_of(short_gate({{"card_fraud", "card/fraud"}})),
            R"(modelgate.yaml:2: error: "name" has a character or length that not every JUnit reader keeps
    2 | name: card/fraud
      |       ^
      begin with a letter or digit, go on with those, space . _ - = + ( ) @, at most 100 in all)");
}

TEST(KeyErrors, runtime_values) {
  EXPECT_EQ(error_of(short_gate(
                {{"checks:",
                  "runtime: {threads: 0, timeout: 10, memory: 8, chunk: big, allocator: pin, seed: -1}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "threads" is out of range: 1 to 1024
   11 | runtime: {threads: 0, timeout: 10, memory: 8, chunk: big, allocator: pin, seed: -1}
      |                    ^
modelgate.yaml:11: error: "timeout" needs a duration with its unit
   11 | runtime: {threads: 0, timeout: 10, memory: 8, chunk: big, allocator: pin, seed: -1}
      |                                ^
      such as 90s or 10min
modelgate.yaml:11: error: "memory" needs a size with its unit
   11 | runtime: {threads: 0, timeout: 10, memory: 8, chunk: big, allocator: pin, seed: -1}
      |                                            ^
      such as 500MiB or 8GiB
modelgate.yaml:11: error: "chunk" needs auto or a whole number
   11 | runtime: {threads: 0, timeout: 10, memory: 8, chunk: big, allocator: pin, seed: -1}
      |                                                      ^
      range: 1 to 1000000000
modelgate.yaml:11: error: "allocator" cannot be "pin"
   11 | runtime: {threads: 0, timeout: 10, memory: 8, chunk: big, allocator: pin, seed: -1}
      |                                                                      ^
      write pinned or system
modelgate.yaml:11: error: "seed" is out of range: 0 to 9007199254740991
   11 | runtime: {threads: 0, timeout: 10, memory: 8, chunk: big, allocator: pin, seed: -1}
      |                                                                                 ^)");
}

TEST(KeyErrors, runtime_out_of_range) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "runtime: {memory: 1MiB, timeout: 9999h}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "memory" is out of range: 64MiB to 8192TiB
   11 | runtime: {memory: 1MiB, timeout: 9999h}
      |                   ^
modelgate.yaml:11: error: "timeout" is more than 720h
   11 | runtime: {memory: 1MiB, timeout: 9999h}
      |                                  ^)");
}

TEST(KeyErrors, quoted_number) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "runtime: {threads: \"4\"}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "threads" needs a whole number
   11 | runtime: {threads: "4"}
      |                    ^
      range: 1 to 1024)");
}

TEST(KeyErrors, flag_that_is_neither) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "allow_identical: yes\nchecks:"}})),
            R"(modelgate.yaml:11: error: "allow_identical" needs true or false
   11 | allow_identical: yes
      |                  ^)");
}

TEST(KeyErrors, digest_too_short) {
  EXPECT_EQ(error_of(short_gate({{"{model: new.pt}", "{model: new.pt, sha256: abc}"}})),
            R"(modelgate.yaml:5: error: "sha256" needs 64 hex digits
    5 | candidate: {model: new.pt, sha256: abc}
      |                                    ^
      sha256sum FILE prints them)");
}

TEST(KeyErrors, checks_without_value) {
  EXPECT_EQ(error_of(short_gate({{"  accuracy:\n    - {metric: recall, max_regression: 0.02}\n", ""}})),
            R"(modelgate.yaml:11: error: "checks" has no value
   11 | checks:
      | ^
      What is judged, by family.)");
}

TEST(KeyErrors, checks_empty) {
  EXPECT_EQ(
      error_of(short_gate({{"checks:\n  accuracy:\n    - {metric: recall, max_regression: 0.02}\n", "checks: {}\n"}})),
      R"(modelgate.yaml:11: error: no checks: a gate without any passes nothing
   11 | checks: {}
      | ^)");
}

TEST(KeyErrors, family_empty) {
  EXPECT_EQ(error_of(short_gate({{"  accuracy:\n    - {metric: recall, max_regression: 0.02}\n", "  accuracy: []\n"}})),
            R"(modelgate.yaml:12: error: "accuracy" is an empty list
   12 |   accuracy: []
      |             ^)");
}

TEST(KeyErrors, checks_missing) {
  EXPECT_EQ(error_of(short_gate({{"checks:\n  accuracy:\n    - {metric: recall, max_regression: 0.02}\n", ""}})),
            R"(modelgate.yaml: error: "checks" is missing
      What is judged, by family.)");
}

}  // namespace
}  // namespace modelgate::test
