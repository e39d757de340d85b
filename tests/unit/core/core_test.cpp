// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gate/core/check_spec.hpp"
#include "gate/core/outcome.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {
namespace {

TEST(Names, AreThoseOfTheContract) {
  EXPECT_EQ(to_string(Outcome::not_assessable), "not_assessable");
  EXPECT_EQ(to_string(Reason::straddles_limit), "straddles_limit");
  EXPECT_EQ(to_string(Reason::internal), "internal");
  EXPECT_EQ(to_string(LimitWord::max_regression), "max_regression");
  EXPECT_EQ(to_string(Family::determinism), "determinism");
}

TEST(Names, ReadBackAsTheirValues) {
  EXPECT_EQ(task_from("regression"), Task::regression);
  EXPECT_EQ(family_from("bias"), Family::bias);
  EXPECT_EQ(task_from("Regression"), std::nullopt);
}

TEST(Flags, HoldEachValueTheyWereMadeOf) {
  constexpr auto tasks = flags(Task::binary, Task::regression);
  EXPECT_TRUE(has(tasks, Task::binary));
  EXPECT_FALSE(has(tasks, Task::multiclass));
  EXPECT_TRUE(has(tasks, Task::regression));
}

TEST(InputSpec, IsTheSameWhereverItStandsInTheFile) {
  InputSpec first;
  first.columns = {"amount", "v*"};
  InputSpec second = first;
  second.line = 40;
  EXPECT_EQ(first, second);
  second.nulls.kind = NullPolicy::Kind::nan;
  EXPECT_FALSE(first == second);
}

TEST(Scope, NamesACrossingAsItIsWritten) { EXPECT_EQ((Scope{{"sex", "age_band"}, {}}.text()), "sex & age_band"); }

TEST(RowColumns, FindsACategoryByItsName) {
  RowColumns rows;
  rows.categories.push_back({"sex", {"F", "M"}, {0, 1}});
  ASSERT_NE(rows.category("sex"), nullptr);
  EXPECT_EQ(rows.category("sex")->codes[1], 1);
  EXPECT_EQ(rows.category("age"), nullptr);
}

}  // namespace
}  // namespace modelgate
