// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <span>

#include "checks/cache.hpp"

namespace modelgate {
namespace {

/// Rows so many that one model's order is held at a time.
ScoreTable many_rows(bool with_production) {
  constexpr std::size_t rows = std::size_t{1} << 22U;
  ScoreTable table;
  table.rows.rows = rows;
  table.rows.label_class.resize(rows);
  CategoryColumn group{"group", {"a", "b", "c"}, std::vector<std::uint16_t>(rows)};
  std::mt19937 generator(1);
  std::array<std::vector<float>, 2> scores{std::vector<float>(rows), std::vector<float>(rows)};
  for (std::size_t row = 0; row < rows; ++row) {
    const auto bits = static_cast<std::uint32_t>(generator());
    table.rows.label_class[row] = bits % 5 == 0 ? 1 : 0;
    group.codes[row] = static_cast<std::uint16_t>(bits / 5 % 3);
    const auto signal = static_cast<float>(table.rows.label_class[row]) * 0.2F;
    scores[0][row] = signal + static_cast<float>(bits >> 12U) * 0x1p-21F;
    scores[1][row] = signal + static_cast<float>(generator() >> 22U) * 0x1p-11F;  // ties
  }
  table.rows.categories.push_back(std::move(group));
  for (const Role role : both_roles) {
    Predictions& model = table.models[index_of(role)];
    model.present = role == Role::candidate || with_production;
    if (model.present) model.scores = std::move(scores[index_of(role)]);
  }
  return table;
}

stats::ScoreOrder order_of(const ScoreTable& table, Role role) {
  return stats::order_by_score(std::span<const float>(std::get<std::vector<float>>(table.model(role).scores))).value();
}

TEST(ManyRows, HaveTheSameAucs) {
  const ScoreTable table = many_rows(true);
  EvidenceCache cache(table);
  const std::vector<std::uint8_t> labels(table.rows.label_class.begin(), table.rows.label_class.end());
  const auto& codes = table.rows.categories[0].codes;
  const auto candidate = order_of(table, Role::candidate);
  const auto production = order_of(table, Role::production);
  for (const auto& [scope, partition] :
       {std::pair{std::optional<Scope>{}, stats::Partition{}},
        std::pair{std::optional<Scope>{Scope{{"group"}, {}}}, stats::Partition{codes, 3}}}) {
    const auto wanted = stats::paired_delong(candidate, production, labels, partition);
    const auto& found = cache.aucs(scope).value();
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t group = 0; group < wanted.size(); ++group) {
      EXPECT_EQ(found[group].pair.value().variance(), wanted[group].value().variance());
      EXPECT_EQ(found[group].candidate.value().auc, wanted[group].value().candidate.auc);
      EXPECT_EQ(found[group].production.value().auc, wanted[group].value().production.auc);
    }
  }
}

TEST(ManyRows, OfACandidateAloneHaveItsAuc) {
  const ScoreTable table = many_rows(false);
  EvidenceCache cache(table);
  const std::vector<std::uint8_t> labels(table.rows.label_class.begin(), table.rows.label_class.end());
  const auto wanted = stats::delong(order_of(table, Role::candidate), labels).front().value();
  const auto& found = cache.aucs({}).value().front();
  EXPECT_EQ(found.candidate.value().auc, wanted.auc);
  EXPECT_EQ(found.candidate.value().variance, wanted.variance);
  EXPECT_FALSE(found.production.has_value());
  EXPECT_FALSE(found.pair.has_value());
}

}  // namespace
}  // namespace modelgate
