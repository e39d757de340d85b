// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "checks/check.hpp"
#include "gate/propose/gate_text.hpp"
#include "tests/unit/propose/support.hpp"

namespace modelgate::propose::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<const CheckSpec*> specs() {
  std::vector<const CheckSpec*> all;
  for (const RegisteredCheck& check : registry()) all.push_back(&check.spec);
  return all;
}

TableProfile loans() { return table({texts("sex", {{"F", 400}, {"M", 600}}), number("x"), whole("label", 2)}); }

Roles roles_for(Task task) {
  Roles roles;
  roles.task = task;
  roles.labels = {"label"};
  return roles;
}

std::vector<std::string> metrics_of(const std::vector<CheckLine>& lines) {
  std::vector<std::string> metrics;
  for (const CheckLine& line : lines) metrics.push_back(line.metric);
  return metrics;
}

TEST(Checks, every_task_gets_some_with_and_without_production) {
  const TableProfile golden = loans();
  for (const Task task : {Task::binary, Task::multiclass, Task::multilabel, Task::regression, Task::ranking}) {
    for (const bool production : {true, false}) {
      const Roles roles = roles_for(task);
      const OutputKind kind = task == Task::regression ? OutputKind::value : OutputKind::probability;
      const auto lines = propose_checks({roles, golden, kind, production}, specs());
      EXPECT_FALSE(lines.empty()) << to_string(task);
      for (const CheckLine& line : lines) {
        EXPECT_NE(find_check(line.family, line.metric), nullptr) << line.metric;
        EXPECT_TRUE(production || line.word != LimitWord::max_regression) << line.metric;
      }
    }
  }
}

TEST(GateText, breaks_a_check_of_a_long_column_only_where_it_has_more_keys) {
  Proposal proposal;
  proposal.roles = roles_for(Task::binary);
  const std::string scope(130, 'x');
  const CheckLine bare{Family::bias, "tpr", LimitWord::max_regression, "5pp", scope, {}, "no group", true, true};
  CheckLine warns = bare;
  warns.extra = {"severity: warn"};
  proposal.checks = {bare, warns};
  const std::string text = write_gate(proposal, loans()).text;
  EXPECT_THAT(text, HasSubstr("    - {metric: tpr, attributes: [" + scope + "], max_regression: 5pp}\n"));
  EXPECT_THAT(text, HasSubstr(scope + "], max_regression: 5pp,\n       severity: warn}\n"));
}

TEST(Checks, decided_classes_are_not_asked_for_scores) {
  const Roles roles = roles_for(Task::binary);
  const TableProfile golden = loans();
  const auto metrics = metrics_of(propose_checks({roles, golden, OutputKind::klass, true}, specs()));
  EXPECT_THAT(metrics, Not(Contains("roc_auc")));
  EXPECT_THAT(metrics, Not(Contains("log_loss")));
  EXPECT_THAT(metrics, Contains("recall"));
}

TEST(Checks, some_are_left_for_every_task_whatever_the_rows_count_for) {
  const TableProfile golden = loans();
  for (const Task task : {Task::binary, Task::multiclass, Task::multilabel, Task::regression}) {
    for (const bool production : {true, false}) {
      Roles roles = roles_for(task);
      roles.weight = "w";
      roles.cluster = "c";
      EXPECT_FALSE(propose_checks({roles, golden, OutputKind::klass, production}, specs()).empty())
          << to_string(task) << production;
    }
  }
}

TEST(Checks, metrics_that_do_not_honour_weights_or_clusters_are_left_out) {
  Roles roles = roles_for(Task::binary);
  roles.weight = "w";
  roles.cluster = "c";
  const TableProfile golden = loans();
  for (const CheckLine& line : propose_checks({roles, golden, OutputKind::probability, true}, specs())) {
    const CheckSpec& spec = find_check(line.family, line.metric)->spec;
    EXPECT_TRUE(spec.honours_weight && spec.honours_cluster) << line.metric;
  }
}

TEST(Checks, only_live_models_are_timed) {
  const Roles roles = roles_for(Task::binary);
  const TableProfile golden = loans();
  EXPECT_THAT(metrics_of(propose_checks({roles, golden, OutputKind::probability, true, true, true}, specs())),
              Contains("latency"));
  EXPECT_THAT(metrics_of(propose_checks({roles, golden, OutputKind::probability, true, true, false}, specs())),
              Not(Contains("latency")));
}

TEST(Checks, memory_and_size_of_live_models_warn_and_nothing_else_of_resources_is_proposed) {
  const Roles roles = roles_for(Task::binary);
  const TableProfile golden = loans();
  const auto resources = [&](bool production, bool candidate_live, bool production_live) {
    std::vector<std::string> all;
    for (const CheckLine& line :
         propose_checks({roles, golden, OutputKind::probability, production, candidate_live, production_live}, specs()))
      if (line.family == Family::resources) {
        EXPECT_THAT(line.extra, Contains("severity: warn")) << line.metric;
        all.push_back(line.metric);
      }
    return all;
  };
  EXPECT_THAT(resources(true, true, true), ElementsAre("peak_memory", "model_size"));
  EXPECT_TRUE(resources(true, true, false).empty()) << "recorded predictions have no file that is deployed";
  EXPECT_TRUE(resources(true, false, false).empty());
  EXPECT_TRUE(resources(false, true, false).empty()) << "there is nothing to compare with";
}

TEST(Checks, the_first_limit_of_accuracy_is_what_naming_the_larger_class_gets) {
  const Roles roles = roles_for(Task::binary);
  const TableProfile golden = table({number("x"), texts("label", {{"no", 874}, {"yes", 126}})});
  const auto lines = propose_checks({roles, golden, OutputKind::probability, false}, specs());
  const auto found = std::ranges::find(lines, "accuracy", &CheckLine::metric);
  ASSERT_NE(found, lines.end());
  EXPECT_EQ(found->limit, "0.87");
}

CheckLine line_of(std::string metric, std::string scope = {}) {
  CheckLine line;
  line.metric = std::move(metric);
  line.scope = std::move(scope);
  line.by_rows = true;
  return line;
}

TEST(Margins, are_the_smallest_that_an_equal_model_passes_in_every_place) {
  CheckLine line = line_of("recall");
  settle_margin(line, {{0.005, {0.9}}, {0.01, {0.7}}, {0.02, {0.81}}, {0.05, {0.99}}}, 0);
  EXPECT_EQ(line.limit, "2pp") << "less than one in a hundred is not proposed for rates";
  CheckLine auc = line_of("roc_auc");
  settle_margin(auc, {{0.005, {0.9}}, {0.01, {0.99}}}, 0);
  EXPECT_EQ(auc.limit, "0.005");
}

TEST(Margins, too_wide_to_hold_anybody_back_ask_to_be_checked) {
  CheckLine line = line_of("fpr", "sex");
  line.family = Family::bias;
  settle_margin(line, {{0.05, {0.7, 0.9}}, {0.08, {0.81, 0.9}}}, 0);
  EXPECT_EQ(line.limit, "8pp");
  EXPECT_FALSE(line.sure);
  EXPECT_THAT(line.comment, HasSubstr("want of rows"));
}

TEST(Margins, of_slices_are_those_of_half_of_the_places) {
  CheckLine line = line_of("accuracy", "region");
  settle_margin(line, {{0.02, {0.9, 0.1, 0.1}}, {0.05, {0.9, 0.85, 0.1}}}, 0);
  EXPECT_EQ(line.limit, "5pp");
}

TEST(Margins, that_no_rows_support_warn_and_ask_to_be_checked) {
  CheckLine line = line_of("recall");
  line.comment = "how many may be missed?";
  settle_margin(line, {{0.02, {0.1}}, {0.2, {0.5}}}, 0);
  EXPECT_THAT(line.comment, HasSubstr("missed? too few rows"));
  EXPECT_EQ(line.limit, "20pp");
  EXPECT_FALSE(line.sure);
  EXPECT_THAT(line.extra, Contains("on_inconclusive: warn"));
}

TEST(Margins, of_which_nothing_is_known_are_a_guess_to_be_checked) {
  CheckLine line = line_of("recall");
  settle_margin(line, {{0.02, {std::nullopt}}, {0.2, {}}}, 0);
  EXPECT_EQ(line.limit, "5pp");
  EXPECT_FALSE(line.sure);
  EXPECT_THAT(line.comment, HasSubstr("--pilot"));
}

TEST(Margins, places_that_can_never_be_judged_warn) {
  CheckLine line = line_of("tpr", "race");
  line.family = Family::bias;
  settle_margin(line, {{0.05, {0.95}}}, 1);
  EXPECT_THAT(line.extra, Contains("on_not_assessable: warn"));
}

}  // namespace
}  // namespace modelgate::propose::test
