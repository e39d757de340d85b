// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(LimitErrors, margin_zero) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 0}")),
            R"(modelgate.yaml:13: error: an equal model almost never passes at margin 0
   13 |     - {metric: recall, max_regression: 0}
      |                                        ^
      write the loss that would not matter, or min_improvement: 0 to demand a proven improvement)");
}

TEST(LimitErrors, margin_zero_percent) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 0%}")),
            R"(modelgate.yaml:13: error: an equal model almost never passes at margin 0
   13 |     - {metric: recall, max_regression: 0%}
      |                                        ^
      write the loss that would not matter, or min_improvement: 0 to demand a proven improvement)");
}

TEST(LimitErrors, margin_negative) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: -0.1}")),
            R"(modelgate.yaml:13: error: "max_regression" cannot be negative
   13 |     - {metric: recall, max_regression: -0.1}
      |                                        ^
      write the size alone)");
}

TEST(LimitErrors, margin_wider_than_the_metric) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 2}")),
            R"(modelgate.yaml:13: error: recall cannot change by as much as 2: this limit would decide nothing
   13 |     - {metric: recall, max_regression: 2}
      |                                        ^
      write 2pp, or 2% for a share of production)");
}

TEST(LimitErrors, margin_of_everything) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 100%}")),
            R"(modelgate.yaml:13: error: recall cannot change by as much as 100%: this limit would decide nothing
   13 |     - {metric: recall, max_regression: 100%}
      |                                        ^)");
}

TEST(LimitErrors, rate_above_one) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 85}")),
            R"(modelgate.yaml:13: error: recall lies between 0 and 1; 85 is outside
   13 |     - {metric: recall, min: 85}
      |                             ^
      write 0.85 or 85pp)");
}

TEST(LimitErrors, rate_below_zero) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: -0.5}")),
            R"(modelgate.yaml:13: error: recall lies between 0 and 1; -0.5 is outside
   13 |     - {metric: recall, min: -0.5}
      |                             ^)");
}

TEST(LimitErrors, percent_of_an_absolute_limit) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 85%}")),
            R"(modelgate.yaml:13: error: % is relative to production; min and max are limits on the candidate itself
   13 |     - {metric: recall, min: 85%}
      |                             ^
      write 0.85 or 85pp)");
}

TEST(LimitErrors, word) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: high}")),
            R"(modelgate.yaml:13: error: "min" needs a number
   13 |     - {metric: recall, min: high}
      |                             ^
      write 0.02 or 2pp)");
}

TEST(LimitErrors, yaml_nan) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: .nan}")),
            R"(modelgate.yaml:13: error: "min" needs a number
   13 |     - {metric: recall, min: .nan}
      |                             ^
      write 0.02 or 2pp)");
}

TEST(LimitErrors, nan) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: nan}")),
            R"(modelgate.yaml:13: error: "min" needs a number
   13 |     - {metric: recall, min: nan}
      |                             ^
      write 0.02 or 2pp)");
}

TEST(LimitErrors, infinity) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: inf}")),
            R"(modelgate.yaml:13: error: "min" needs a number
   13 |     - {metric: recall, min: inf}
      |                             ^
      write 0.02 or 2pp)");
}

TEST(LimitErrors, overflow) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 1e999}")),
            R"(modelgate.yaml:13: error: "min" needs a number
   13 |     - {metric: recall, min: 1e999}
      |                             ^
      write 0.02 or 2pp)");
}

TEST(LimitErrors, hexadecimal) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0x1}")),
            R"(modelgate.yaml:13: error: "min" needs a number
   13 |     - {metric: recall, min: 0x1}
      |                             ^
      write 0.02 or 2pp)");
}

TEST(LimitErrors, list) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: [0.5]}")),
            R"(modelgate.yaml:13: error: "min" needs one value
   13 |     - {metric: recall, min: [0.5]}
      |                             ^)");
}

TEST(LimitErrors, wrong_direction) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max: 0.9}")),
            R"(modelgate.yaml:13: error: "max" is no limit of recall
   13 |     - {metric: recall, max: 0.9}
      |                        ^
      recall takes min, max_regression or min_improvement)");
}

TEST(LimitErrors, duration_without_unit) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency, max: 20}", "latency")),
            R"(modelgate.yaml:13: error: latency is a duration: its limit needs a unit
   13 |     - {metric: latency, max: 20}
      |                              ^
      write 20ms or 0.5s)");
}

TEST(LimitErrors, margin_of_a_duration_without_unit) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency, max_regression: 0.05}", "latency")),
            R"(modelgate.yaml:13: error: latency is a duration: its limit needs a unit
   13 |     - {metric: latency, max_regression: 0.05}
      |                                         ^
      write 20ms or 0.5s)");
}

TEST(LimitErrors, size_for_a_duration) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency, max: 20MiB}", "latency")),
            R"(modelgate.yaml:13: error: latency has no unit "MiB"
   13 |     - {metric: latency, max: 20MiB}
      |                              ^
      write 20ms or 0.5s)");
}

TEST(LimitErrors, pp_of_a_duration) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency, max_regression: 5pp}", "latency")),
            R"(modelgate.yaml:13: error: pp is for rates; latency is none
   13 |     - {metric: latency, max_regression: 5pp}
      |                                         ^
      write 20ms or 0.5s)");
}

TEST(LimitErrors, duration_for_a_rate) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 20ms}")),
            R"(modelgate.yaml:13: error: recall has no unit "ms"
   13 |     - {metric: recall, min: 20ms}
      |                             ^
      write 0.02 or 2pp)");
}

TEST(LimitErrors, percent_of_what_can_be_negative) {
  EXPECT_EQ(
      error_of(short_gate({{"binary", "regression"}, {"recall, max_regression: 0.02", "r2, max_regression: 5%"}})),
      R"(modelgate.yaml:13: error: r2 can be zero or negative, so a share of it has no meaning
   13 |     - {metric: r2, max_regression: 5%}
      |                                    ^
      write a bare number)");
}

TEST(LimitErrors, pp_of_what_is_no_rate) {
  EXPECT_EQ(
      error_of(short_gate({{"binary", "regression"}, {"recall, max_regression: 0.02", "r2, max_regression: 5pp"}})),
      R"(modelgate.yaml:13: error: pp is for rates; r2 is none
   13 |     - {metric: r2, max_regression: 5pp}
      |                                    ^
      write a bare number)");
}

TEST(LimitErrors, min_above_max) {
  EXPECT_EQ(error_of(gate_with_check("{metric: specificity, min: 0.9, max: 0.5}")),
            R"(modelgate.yaml:13: error: "max" 0.5 is not above "min" 0.9
   13 |     - {metric: specificity, min: 0.9, max: 0.5}
      |                                            ^
      nothing could pass both)");
}

TEST(LimitErrors, hard_margin_smaller) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 0.02, hard_margin: 0.01}")),
            R"(modelgate.yaml:13: error: "hard_margin" is smaller than "max_regression"
   13 |     - {metric: recall, max_regression: 0.02, hard_margin: 0.01}
      |                                              ^
      it is the larger harm that must be excluded)");
}

TEST(LimitErrors, hard_margin_in_another_unit) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, max_regression: 2%, hard_margin: 0.06}")),
            R"(modelgate.yaml:13: error: "hard_margin" and "max_regression" have different units
   13 |     - {metric: recall, max_regression: 2%, hard_margin: 0.06}
      |                                            ^
      write both in % or neither)");
}

TEST(LimitErrors, hard_margin_without_guard) {
  EXPECT_EQ(
      error_of(gate_with_check("{metric: recall, max_regression: 0.02, hard_margin: 0.06, on_inconclusive: block}")),
      R"(modelgate.yaml:13: error: "hard_margin" means nothing with on_inconclusive: block
   13 |     - {metric: recall, max_regression: 0.02, hard_margin: 0.06, on_inconclusive: block}
      |                                              ^
      it belongs to on_inconclusive: guard)");
}

TEST(LimitErrors, hard_margin_alone) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, hard_margin: 0.06}")),
            R"(modelgate.yaml:13: error: "hard_margin" needs "max_regression"
   13 |     - {metric: recall, min: 0.5, hard_margin: 0.06}
      |                                  ^
      remove it)");
}

}  // namespace
}  // namespace modelgate::test
