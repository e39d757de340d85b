// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>

#include "checks/check.hpp"
#include "gate/core/measured.hpp"

namespace modelgate {
namespace {

TEST(Registry, NamesAreUniqueWithinAFamilyAndTask) {
  std::set<std::tuple<Family, std::string_view, Task>> names;
  for (const RegisteredCheck& check : registry())
    for (const Task task : {Task::binary, Task::multiclass, Task::multilabel, Task::regression, Task::ranking})
      if (has(check.spec.tasks, task)) {
        EXPECT_TRUE(names.emplace(check.spec.family, check.spec.metric, task).second) << check.spec.metric;
      }
}

/// The name as a gate file may write it: recall of classes and recall@10 of ranked lists are two rows.
std::string written(const CheckSpec& spec) {
  const bool parameter = spec.parameter != MetricParameter::none;
  return std::string(spec.metric) + (parameter ? (spec.parameter == MetricParameter::ranks ? "@10" : "@0.1") : "");
}

TEST(Registry, EveryExplanationHasItsSectionsInOrder) {
  for (const RegisteredCheck& check : registry()) {
    std::size_t at = 0;
    for (const char* section :
         {"## What it checks\n", "## Why it blocks\n", "## Statistic and source\n", "## Parameters and defaults\n",
          "## Passes when\n", "## Fails when\n", "## Cannot decide when\n", "## Example\n"}) {
      const std::size_t found = check.spec.explain.find(section, at);
      ASSERT_NE(found, std::string_view::npos) << check.spec.metric << " lacks " << section;
      const std::size_t body = found + std::string_view{section}.size();
      EXPECT_GT(check.spec.explain.find("\n", body), body + 20 * (section[3] != 'E'))
          << check.spec.metric << " says nothing in " << section;
      at = body;
    }
    EXPECT_NE(check.spec.explain.find("metric: " + std::string(check.spec.metric)), std::string_view::npos)
        << check.spec.metric;
  }
}

TEST(Registry, EverySpecIsComplete) {
  for (const RegisteredCheck& check : registry()) {
    const CheckSpec& spec = check.spec;
    EXPECT_NE(check.evaluate, nullptr) << spec.metric;
    EXPECT_NE(spec.tasks, 0) << spec.metric;
    EXPECT_NE(spec.limits, 0) << spec.metric;
    EXPECT_FALSE(spec.summary.empty()) << spec.metric;
    EXPECT_TRUE(spec.summary.ends_with('.')) << spec.metric;
    EXPECT_LT(spec.lowest, spec.highest) << spec.metric;
    EXPECT_EQ(has(spec.scope, ScopeKey::attributes), spec.family == Family::bias) << spec.metric;
    EXPECT_EQ(has(spec.scope, ScopeKey::slices), spec.family == Family::accuracy || spec.family == Family::parity)
        << spec.metric;
    EXPECT_EQ(spec.needs_live_model, is_measured(spec.family)) << spec.metric;
    EXPECT_EQ(find_check(spec.family, written(spec)), &check) << spec.metric;
  }
}

TEST(Registry, WhatCanBeNegativeTakesNoMarginInPercent) {
  for (const RegisteredCheck& check : registry())
    EXPECT_FALSE(check.spec.lowest < 0 && check.spec.percent_margin) << check.spec.metric;
}

TEST(Registry, FamiliesStandTogether) {
  std::set<Family> closed;
  Family current = registry().front().spec.family;
  for (const RegisteredCheck& check : registry()) {
    if (check.spec.family == current) continue;
    EXPECT_TRUE(closed.insert(current).second);
    current = check.spec.family;
    EXPECT_FALSE(closed.contains(current));
  }
}

TEST(Registry, AMulticlassTaskHasAveragesForMetricsOfOneClass) {
  for (const char* metric : {"recall", "precision", "f1"}) {
    const RegisteredCheck* one = find_check(Family::accuracy, metric);
    ASSERT_NE(one, nullptr);
    EXPECT_TRUE(has(one->spec.scope, ScopeKey::klass));
    const RegisteredCheck* average = find_check(Family::accuracy, std::string(metric) + "_macro");
    ASSERT_NE(average, nullptr);
    EXPECT_TRUE(has(average->spec.tasks, Task::multiclass));
  }
}

TEST(Registry, RatesAndRankingKnowHowTheyScatterAndLossesDoNot) {
  for (const char* metric : {"accuracy", "recall", "f1", "roc_auc", "balanced_accuracy"})
    EXPECT_NE(find_check(Family::accuracy, metric)->spread, nullptr) << metric;
  for (const char* metric : {"log_loss", "mae", "rmse", "r2"})
    EXPECT_EQ(find_check(Family::accuracy, metric)->spread, nullptr) << metric;
}

}  // namespace
}  // namespace modelgate
