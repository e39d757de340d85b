// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

using testing::ElementsAre;

/// The short gate file with lines at the top and a check that honours weights.
std::string with_terms(const std::string& lines) {
  return short_gate({{"checks:", lines + "\nchecks:"}, {"metric: recall", "metric: accuracy"}});
}

TEST(Terms, waivers_are_relative_to_the_gate_file) {
  EXPECT_EQ(plan_of(with_terms("waivers: waivers.yaml")).waivers, "waivers.yaml");
}

TEST(Terms, ledger) {
  const Plan plan = plan_of(with_terms("ledger: {path: golden.ledger.json, budget: 10, looks: 3}"));
  ASSERT_TRUE(plan.ledger);
  EXPECT_EQ(plan.ledger->path, "golden.ledger.json");
  EXPECT_EQ(plan.ledger->written, "golden.ledger.json");
  EXPECT_EQ(plan.ledger->budget, 10U);
  EXPECT_EQ(plan.ledger->looks, 3U);
  EXPECT_EQ(plan.ledger->line, 11);
  EXPECT_EQ(plan_of(with_terms("ledger: {path: l.json, budget: 1}")).ledger->looks, 1U);
}

TEST(Terms, nothing_stands_where_nothing_is_written) {
  const Plan plan = plan_of(short_gate());
  EXPECT_EQ(plan.waivers, "");
  EXPECT_FALSE(plan.ledger);
  EXPECT_FALSE(plan.first_release_terms);
  EXPECT_FALSE(plan.target_prevalence);
  EXPECT_FALSE(plan.costs);
  EXPECT_EQ(plan.reports.row_evidence, RowEvidence::off);
  EXPECT_EQ(plan.reports.suppress_below, 0U);
}

TEST(Terms, a_first_release_in_the_file_needs_no_option) {
  const Plan plan = plan_of(
      short_gate({{"production: {model: old.pt}\n",
                   "first_release: {owner: model-risk, reason: nothing is deployed yet, until: 2028-02-29}\n"}}));
  ASSERT_TRUE(plan.first_release_terms);
  EXPECT_EQ(plan.first_release_terms->owner, "model-risk");
  EXPECT_EQ(plan.first_release_terms->reason, "nothing is deployed yet");
  EXPECT_EQ(plan.first_release_terms->until, "2028-02-29");
  EXPECT_EQ(plan.first_release_terms->line, 6);
  EXPECT_FALSE(plan.first_release);
}

TEST(Terms, reports) {
  const Plan plan = plan_of(with_terms("reports: {row_evidence: hashed, suppress_below: 5}"));
  EXPECT_EQ(plan.reports.row_evidence, RowEvidence::hashed);
  EXPECT_EQ(plan.reports.suppress_below, 5U);
  EXPECT_EQ(plan_of(with_terms("reports: {row_evidence: plain}")).reports.row_evidence, RowEvidence::plain);
  EXPECT_EQ(plan_of(with_terms("reports: {row_evidence: off}")).reports.row_evidence, RowEvidence::off);
}

TEST(Terms, target_prevalence) { EXPECT_EQ(plan_of(with_terms("target_prevalence: 0.02")).target_prevalence, 0.02); }

TEST(Terms, weights_of_every_kind_and_clusters) {
  const auto with_dataset = [](const std::string& line, const std::string& metric = "accuracy") {
    return plan_of(short_gate({{"  label: y", "  label: y\n  " + line}, {"metric: recall", "metric: " + metric}}))
        .dataset;
  };
  EXPECT_EQ(with_dataset("weight: w").weight_kind, WeightKind::sampling);
  EXPECT_EQ(with_dataset("weight: {column: w}").weight_kind, WeightKind::sampling);
  EXPECT_EQ(with_dataset("weight: {column: w, kind: exposure}", "log_loss").weight_kind, WeightKind::exposure);
  EXPECT_EQ(with_dataset("weight: {column: w, kind: frequency}").weight_kind, WeightKind::frequency);
  EXPECT_EQ(with_dataset("cluster: customer").cluster, "customer");
}

TEST(Terms, reference_group_and_small_groups) {
  const Plan plan = plan_of(gate_with_check(
      "{metric: tpr, attributes: [sex], max_regression: 0.05, reference_group: M, small_groups: report}", "bias"));
  EXPECT_EQ(plan.checks.at(0).reference_group, "M");
  EXPECT_TRUE(plan.checks.at(0).small_groups_listed);
}

TEST(Terms, attributes_may_declare_their_groups) {
  const Plan plan = plan_of(gate_with_check(
      "{metric: tpr, attributes: [{column: sex, values: [F, M]}], max_regression: 0.05, reference_group: M}", "bias"));
  EXPECT_THAT(plan.checks.at(0).attribute.value_or(Scope{}).values, ElementsAre("F", "M"));
  EXPECT_EQ(plan.checks.at(0).base_id, "bias.tpr.max_regression.attribute=sex");
}

TEST(Terms, a_fine_latency_margin_is_warned_of) {
  const auto warnings_of = [](const std::string& check) { return plan_of(gate_with_check(check, "latency")).warnings; };
  EXPECT_THAT(
      warnings_of("{metric: latency, max_regression: 1%}"),
      ElementsAre("latency.latency.max_regression (line 13): two processes of the same model differ by up to 2 %, "
                  "so a margin of 1% will seldom be decided; 5% is usual"));
  EXPECT_THAT(warnings_of("{metric: latency, max_regression: 2%}"), ElementsAre());
  EXPECT_THAT(warnings_of("{metric: latency, max: 1ms}"), ElementsAre());
}

TEST(Terms, each_level_of_isolation_is_read) {
  for (const Isolation level : {Isolation::none, Isolation::partial, Isolation::full}) {
    const std::string runtime =
        "runtime: {isolation: " + std::string(to_string(level)) + ", allow_native_unisolated: true}\nchecks:";
    const std::string gate = short_gate({{"checks:", runtime}});
    EXPECT_EQ(plan_of(gate).runtime.isolation, level);
    EXPECT_TRUE(plan_of(gate).runtime.allow_native_unisolated);
  }
}

TEST(Terms, the_systems_allocator_wants_a_wide_latency_margin) {
  const auto warnings_of = [](const std::string& margin) {
    return plan_of(gate_with_check("{metric: latency, max_regression: " + margin + "}", "latency") +
                   "runtime: {allocator: system}\n")
        .warnings;
  };
  const auto warnings = warnings_of("5%");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], testing::HasSubstr("runtime.allocator: system"));
  EXPECT_THAT(warnings[0], testing::HasSubstr("write 10% or more"));
  EXPECT_THAT(warnings_of("10%"), ElementsAre());
}

TEST(Terms, a_multilabel_task_names_its_label_columns) {
  const Plan plan = plan_of(short_gate({{"binary", "multilabel"},
                                        {"label: y", "label: {columns: [cat, dog]}"},
                                        {"metric: recall", "metric: f1_macro"}}));
  EXPECT_THAT(plan.dataset.label.columns, ElementsAre("cat", "dog"));
  EXPECT_EQ(plan.model(Role::candidate).output.kind, OutputKind::probability);
  EXPECT_EQ(plan.model(Role::candidate).output.positive_threshold, 0.5);
}

TEST(Terms, a_ranking_names_its_query_and_puts_out_scores) {
  const Plan plan = plan_of(short_gate({{"binary", "ranking"},
                                        {"label: y", "label: relevance\n  query: search"},
                                        {"metric: recall", "metric: ndcg@10"}}));
  EXPECT_EQ(plan.dataset.query, "search");
  EXPECT_EQ(plan.model(Role::candidate).output.kind, OutputKind::score);
  EXPECT_FALSE(plan.model(Role::candidate).output.positive_threshold);
}

TEST(Terms, costs_of_two_classes) {
  const Plan plan = plan_of(
      short_gate({{"checks:", "costs: {fp: 1, fn: 20}\nchecks:"}, {"metric: recall", "metric: expected_cost"}}));
  ASSERT_TRUE(plan.costs);
  EXPECT_EQ(plan.costs->false_positive, 1.0);
  EXPECT_EQ(plan.costs->false_negative, 20.0);
  EXPECT_THAT(plan.costs->matrix, ElementsAre());
}

TEST(Terms, costs_of_several_classes_as_rows_or_by_name) {
  const auto costs_of = [](const std::string& lines) {
    const Plan plan = plan_of(short_gate(
        {{"binary", "multiclass"}, {"checks:", lines + "\nchecks:"}, {"metric: recall", "metric: expected_cost"}}));
    return plan.costs.value_or(CostSpec{}).matrix;
  };
  const auto expected = ElementsAre(ElementsAre(0.0, 1.0, 5.0), ElementsAre(2.0, 0.0, 0.5), ElementsAre(1.0, 0.0, 0.0));
  EXPECT_THAT(costs_of("output: {classes: [a, b, c]}\ncosts: [[0, 1, 5], [2, 0, 0.5], [1, 0, 0]]"), expected);
  EXPECT_THAT(costs_of("output: {classes: [a, b, c]}\n"
                       "costs: {c: {a: 1, b: 0}, a: {b: 1, c: 5}, b: {a: 2, b: 0, c: 0.5}}"),
              expected);
}

}  // namespace
}  // namespace modelgate::test
